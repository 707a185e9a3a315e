"""Places ranked by their whole plan, by examples that can be checked with a pencil."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.worked import A1, A2, A3, B1, B2, B3

from data import tally
from data.ranking import (
    CHANGE,
    FEW,
    LEVEL,
    NOTHING,
    Named,
    board,
    by_month,
    change_reason,
    level_reason,
    named,
    weighed,
)
from data.registry import Ranking, counties, read

PLACES = (A1, A2, A3, B1, B2, B3)
# Four indicators of money, two of roads.
AREA = {f"m{n}": "funds" for n in range(1, 5)} | {f"r{n}": "livable_villages" for n in range(1, 3)}
STATUS = {"+": "on_schedule", "*": "done", "-": "behind", "x": "far_behind", "?": "no_data", ".": "not_due"}
DUE = {"target": 100.0, "expected": 100.0, "schedule_share": 1.0, "unit": "%", "comparator": ">="}


def rows(*places, gaps=None, marks=()):
    """Make progress rows: a place and a sign per indicator, m1 to m4 and then r1 and r2."""
    return pd.DataFrame(
        [
            {
                "indicator": one,
                "region": region,
                "status": STATUS[sign],
                "marks": marks,
                "gap": (gaps or {}).get((region, one), 0.0 if sign in "+*" else -8.0),
                **DUE,
            }
            for region, signs in places
            for one, sign in zip(AREA, signs, strict=True)
            if sign != " "
        ]
    )


def boarded(now, before=None, *, rule=None, area=None, places=PLACES):
    rule = rule or Ranking(minimum=4)
    made = [None if f is None else weighed(f, AREA, rule, area) for f in (now, before)]
    return board(made[0], made[1], places, rule.least(area))


# ---- the score -------------------------------------------------------------------------------------------------------


def test_the_score_is_the_share_of_what_is_judged():
    # Of six, one is not due and one not reported: four are judged, three of them fine.
    found = boarded(rows((A1, "+*-+.?")))
    assert found.loc[A1, ["score", "fine", "judged"]].tolist() == [75, 3, 4]


def test_without_weights_it_is_the_share_of_the_overview():
    now, before = rows((A1, "++--+x"), (A2, "+*+-.?")), rows((A1, "+---+x"), (A2, "+++++?"))
    found = boarded(now, before)
    shares = tally.shares(now, AREA, before)
    for code in (A1, A2):
        assert found.loc[code, "score"] == pytest.approx(shares.loc[code, "total"])
        assert found.loc[code, "change"] == pytest.approx(shares.loc[code, "change"])


def test_weights_are_those_of_areas_however_many_targets_they_have():
    # Money 3 of 4 = 75 %, roads 0 of 2 = 0 %: by count 3/6 = 50, weighed 80 to 20 it is 0.8 x 75 = 60.
    now = rows((A1, "+++---"))
    assert boarded(now).loc[A1, "score"] == 50
    rule = Ranking(minimum=4, weights={"funds": 80, "livable_villages": 20})
    assert boarded(now, rule=rule).loc[A1, "score"] == 60
    worth = weighed(now, AREA, rule).set_index("indicator")["worth"]
    assert worth.round(9).to_dict() == {"m1": 20, "m2": 20, "m3": 20, "m4": 20, "r1": 10, "r2": 10}


def test_an_area_without_anything_judged_leaves_its_weight_to_the_others():
    rule = Ranking(minimum=4, weights={"funds": 80, "livable_villages": 20})
    assert boarded(rows((A1, "+++-.?")), rule=rule).loc[A1, "score"] == 75


def test_an_area_without_a_weight_does_not_count():
    found = boarded(rows((A1, "+++---")), rule=Ranking(minimum=4, weights={"funds": 1}))
    assert found.loc[A1, ["score", "judged"]].tolist() == [75, 4]


def test_one_area_alone_needs_no_weights():
    rule = Ranking(minimum=4, weights={"funds": 1})
    found = boarded(rows((A1, "----+-"), (A2, "----++")), rule=rule, area="livable_villages")
    assert found["score"].dropna().to_dict() == {A1: 50, A2: 100}
    assert found["level_rank"].dropna().to_dict() == {A2: 1, A1: 2}


def test_targets_to_strive_for_do_not_count():
    assert boarded(rows((A1, "++++++"), marks=("strive",))).loc[A1, "apart"] == NOTHING


# ---- ranks -----------------------------------------------------------------------------------------------------------


def test_ties_share_the_better_rank():
    now = rows((A1, "+++---"), (A2, "++++++"), (A3, "++++++"), (B1, "+-----"), (B2, "---+++"))
    assert boarded(now)["level_rank"].dropna().to_dict() == {A2: 1, A3: 1, A1: 3, B2: 3, B1: 5}


def lead(place, *gaps, expected=50.0, **fields):
    """Return rows of a place in the first indicators, of which 50 % is due and 100 % asked, by their gaps."""
    made = [
        {
            "indicator": one,
            "region": place,
            "status": "on_schedule" if gap is None or gap >= 0 else "behind",
            "marks": (),
            "gap": gap,
            **DUE,
            "expected": expected,
            "schedule_share": expected / 100,
            **fields,
        }
        for one, gap in zip(AREA, gaps, strict=False)
    ]
    return pd.DataFrame(made).astype({"gap": float})


def parted(*places, before=None, rule=None):
    return boarded(pd.concat(places), before, rule=rule or Ranking(minimum=1))


def test_equal_scores_are_parted_by_how_far_what_is_behind_lies_behind():
    # Of four 75 are fine everywhere: 25 x 10 % = 2.5, 25 x 30 % = 7.5; what the others lead by makes up for nothing.
    found = parted(lead(A1, 50, 50, 50, -30), lead(A2, 0, 0, 0, -10), lead(A3, 9, 0, 0, -30), lead(B1, 0, 0, -1, -1))
    assert found["shortfall"].dropna().to_dict() == pytest.approx({A1: 7.5, A2: 2.5, A3: 7.5, B1: 0.5})
    assert found["level_rank"].dropna().to_dict() == {A2: 1, A1: 2, A3: 2, B1: 4}
    assert found["early"].isna().all()


def test_a_gap_of_more_than_the_whole_and_a_yes_or_no_missed_count_as_the_whole():
    missed = lead(A2, 0, None)
    missed.loc[missed["indicator"] == "m2", ["status", "target", "expected"]] = ["far_behind", 0.0, 0.0]
    found = parted(lead(A1, 0, -300), missed)
    assert found["shortfall"].dropna().to_dict() == {A1: 50, A2: 50}
    assert found["level_rank"].dropna().to_dict() == {A1: 1, A2: 1}


def test_the_shortfall_is_weighed_like_the_score():
    weights = {"funds": 80, "livable_villages": 20}
    now = pd.concat([lead(A1, -10, 0, 0, 0, 0, 0), lead(A2, 0, 0, 0, 0, -40, -40)])
    found = boarded(now, rule=Ranking(minimum=1, weights=weights))
    # 80 / 4 = 20 points at 10 %; two of 10 points at 40 %.
    assert found["shortfall"].dropna().to_dict() == {A1: 2, A2: 8}
    assert found["score"].dropna().to_dict() == {A1: 80, A2: 80}


def test_full_scores_are_parted_by_the_part_of_what_is_not_due_that_is_done():
    # A1 has 20 of 100 that are not due, A2 30; A3 all of it, and no more than all counts.
    found = parted(lead(A1, 10, 10), lead(A2, 30, 0), lead(A3, 50, 80))
    assert found["early"].dropna().to_dict() == {A1: 20, A2: 30, A3: 100}
    assert found["level_rank"].dropna().to_dict() == {A3: 1, A2: 2, A1: 3}


def test_who_has_nothing_left_to_do_stands_behind_nobody():
    # Of A1 all has fallen due and is met; A2 is done with what others have to do until December.
    found = parted(lead(A1, 0, 0, expected=100.0), lead(A2, 50, 50), lead(A3, 49, 50))
    assert found["level_rank"].dropna().to_dict() == {A1: 1, A2: 1, A3: 3}


@pytest.mark.parametrize(("fields", "early"), [({}, 20), ({"unit": "人"}, 20), ({"comparator": "<="}, 100)])
def test_rates_and_amounts_leave_room_up_to_the_target_and_ceilings_none(fields, early):
    # Amounts: half is due, half is not; a gap of 10 points is a fifth of it.
    assert parted(lead(A1, 10, 10, **fields)).loc[A1, "early"] == pytest.approx(early)


def test_a_yes_or_no_has_no_room():
    assert parted(lead(A1, 10, None)).loc[A1, "early"] == 20


def test_equal_increments_are_parted_by_what_was_caught_up():
    before = pd.concat([lead(A1, -20, -20), lead(A2, -20, -20), lead(A3, 0, 0), lead(B1, 0, -4)])
    found = parted(lead(A1, -20, -10), lead(A2, -20, -30), lead(A3, 0, 0), lead(B1, 0, 0), before=before)
    assert found["change"].dropna().to_dict() == {A1: 0, A2: 0, A3: 0, B1: 50}
    assert found["caught_up"].dropna().to_dict() == {A1: 5, A2: -5, A3: 0, B1: 2}
    assert found["change_rank"].dropna().to_dict() == {B1: 1, A1: 2, A3: 3, A2: 4}


def test_parted_places_are_named_one_by_one():
    up, down = named(parted(lead(A1, 10, 10), lead(A2, 30, 0), lead(A3, 0, -9), lead(B1, 0, -8)), LEVEL, Ranking())
    assert up == Named((A2, A1), 0)
    assert down == Named((A3, B1), 0)


GAPS = st.lists(st.one_of(st.none(), st.integers(-120, 120)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(GAPS, GAPS), min_size=2, max_size=6))
def test_parting_never_reverses_an_order_and_leaves_true_ties(places):
    now = pd.concat([lead(code, *gaps) for code, (gaps, _past) in zip(PLACES, places, strict=False)])
    past = pd.concat([lead(code, *gaps) for code, (_gaps, gaps) in zip(PLACES, places, strict=False)])
    found = boarded(now, past, rule=Ranking(minimum=1), places=PLACES[: len(places)])
    for rank, keys in (("level_rank", ("score", "shortfall", "early")), ("change_rank", ("change", "caught_up"))):
        for _one, a in found.iterrows():
            for _other, b in found.iterrows():
                first = a[keys[0]] - b[keys[0]]
                if first > 1e-6:
                    assert a[rank] < b[rank]
                if all(a[k] == b[k] or (pd.isna(a[k]) and pd.isna(b[k])) for k in keys):
                    assert a[rank] == b[rank]
    assert (found["shortfall"] <= 100 - found["score"] + 1e-9).all()
    assert found["early"].dropna().between(0, 100).all()
    assert (found["early"].notna() == (found["score"] == 100)).all()


@settings(max_examples=40, deadline=None)
@given(GAPS, st.data())
def test_doing_more_never_costs_a_place_its_rank(gaps, data):
    n = data.draw(st.integers(0, len(gaps) - 1))
    if gaps[n] is None:
        return
    more = [*gaps[:n], gaps[n] + data.draw(st.integers(1, 60)), *gaps[n + 1 :]]
    found = parted(lead(A1, *gaps), lead(A2, *more))
    assert found.loc[A2, "level_rank"] == 1


def test_a_tie_by_another_way_of_adding_up_is_a_tie():
    # One of three and two of six: a third, whatever the machine makes of its last digit.
    found = boarded(rows((A1, "+--..."), (A2, "++----")), rule=Ranking(minimum=3))
    assert found["level_rank"].dropna().to_dict() == {A1: 1, A2: 1}


def test_below_the_minimum_nobody_is_ranked_or_compared():
    now = rows((A1, "++++.."), (A2, "+++..?"), (A3, "......"))
    before = rows((A1, "+++..."), (A2, "++++.."), (A3, "++++.."))
    found = boarded(now, before)
    assert found["apart"].to_dict() == {A1: "", A2: FEW, A3: NOTHING, B1: NOTHING, B2: NOTHING, B3: NOTHING}
    assert found["level_rank"].dropna().to_dict() == {A1: 1}
    assert found["change"].isna().all()  # A1 had too few then


def test_increments_are_in_percentage_points_and_rank_apart_from_the_level():
    now = rows((A1, "+++++-"), (A2, "+++---"), (A3, "++----"))
    before = rows((A1, "+++++-"), (A2, "------"), (A3, "+++---"))
    found = boarded(now, before)
    assert found["change"].dropna().round(6).to_dict() == {A1: 0, A2: 50, A3: pytest.approx(-16.666667)}
    assert found["change_rank"].dropna().to_dict() == {A2: 1, A1: 2, A3: 3}
    assert found["level_rank"].dropna().to_dict() == {A1: 1, A2: 2, A3: 3}
    assert found["level_rank_before"].dropna().to_dict() == {A1: 1, A3: 2, A2: 3}


def test_without_a_comparison_date_there_is_no_increment():
    found = boarded(rows((A1, "++++--")))
    assert found[["change", "change_rank", "level_rank_before"]].isna().all(axis=None)


# ---- who is named ----------------------------------------------------------------------------------------------------


def scored(**values):
    return pd.DataFrame({"score": values}).assign(level_rank=lambda f: f["score"].rank(ascending=False, method="min"))


def test_so_many_up_and_so_many_down():
    found = scored(a=90, b=80, c=70, d=60, e=50, f=40)
    assert named(found, LEVEL, Ranking(red=2, black=1)) == (Named(("a", "b"), 0), Named(("f",), 0))


def test_never_more_than_half_on_either_side():
    assert named(scored(a=90, b=80, c=70), LEVEL, Ranking()) == (Named(("a",), 0), Named(("c",), 0))


def test_who_shares_a_rank_is_named_together_or_not_at_all():
    found = scored(a=90, b=80, c=80, d=80, e=50, f=40, g=40, h=10)
    up, down = named(found, LEVEL, Ranking(red=3, black=3))
    assert up == Named(("a",), 3)  # b, c and d would make four
    assert down == Named(("h", "f", "g"), 0)


def test_where_all_are_alike_nobody_is_named():
    up, down = named(scored(a=80, b=80, c=80, d=80), LEVEL, Ranking())
    assert (up.places, up.tied) == ((), 4)
    assert (down.places, down.tied) == ((), 4)


def test_a_full_score_is_nothing_to_be_named_down_for():
    up, down = named(scored(a=100, b=100, c=100, d=50), LEVEL, Ranking(red=2, black=2))
    assert up == Named((), 3)
    assert down == Named(("d",), 0)


def test_by_increment_only_who_rose_and_only_who_fell():
    found = pd.DataFrame({"change": {"a": 5.0, "b": 0.0, "c": 0.0, "d": -5.0, "e": float("nan")}})
    found["change_rank"] = found["change"].rank(ascending=False, method="min")
    assert named(found, CHANGE, Ranking()) == (Named(("a",), 0), Named(("d",), 0))


def test_who_is_not_ranked_is_not_named():
    # A3 with three judged stands above all others, B1 with two below: neither is ranked.
    now = rows((A1, "+++++-"), (A2, "++++--"), (A3, "+++..."), (B1, "--...."), (B2, "+-----"), (B3, "++----"))
    up, down = named(boarded(now), LEVEL, Ranking())
    assert up.places == (A1, A2)
    assert down.places == (B2, B3)


# ---- why -------------------------------------------------------------------------------------------------------------


def test_what_sets_a_place_apart_is_what_the_others_lack():
    now = weighed(rows((A1, "++++--"), (A2, "+-++--"), (A3, "+-++--"), (B1, "+-+-++")), AREA, Ranking())
    ranked = [A1, A2, A3, B1]
    up = level_reason(A1, now, ranked, up=True)
    assert (up.indicator, up.peers_fine, up.peers) == ("m2", 0, 3)  # nobody else is fine there
    down = level_reason(A1, now, ranked, up=False)
    assert (down.indicator, down.peers_fine, down.peers) == ("r1", 1, 3)


def test_of_equal_reasons_the_worst_status_then_the_widest_gap_is_told():
    gaps = {(A1, "m1"): -9.0, (A1, "m2"): -40.0, (A1, "m3"): -30.0, (A1, "m4"): -9.0}
    now = weighed(rows((A1, "-xx-++"), (A2, "++++++"), gaps=gaps), AREA, Ranking())
    assert level_reason(A1, now, [A1, A2], up=False).indicator == "m2"


def test_weights_decide_what_counts_most():
    # Both are what only A1 lacks; a road is worth 40 of its points, a matter of money 5.
    now = weighed(
        rows((A1, "x+++-+"), (A2, "++++++")), AREA, Ranking(weights={"funds": 20, "livable_villages": 80})
    )  # fmt: skip
    assert level_reason(A1, now, [A1, A2], up=False).indicator == "r1"


def test_a_rise_is_told_by_what_has_become_fine():
    gaps = {(A1, "m2"): 3.0, (A1, "m3"): 9.0}
    now, then = rows((A1, "+++---"), (A2, "++++++"), gaps=gaps), rows((A1, "+-----"), (A2, "++++++"))
    found = change_reason(
        A1, weighed(now, AREA, Ranking()), weighed(then, AREA, Ranking()), now, [A1, A2], up=True
    )  # fmt: skip
    assert (found.indicator, found.status_before) == ("m3", "behind")  # by 17 points, m2 by 11


def test_a_fall_is_told_by_what_has_ceased_to_be_fine():
    now, then = rows((A1, "+-x---")), rows((A1, "++----"))
    found = change_reason(A1, weighed(now, AREA, Ranking()), weighed(then, AREA, Ranking()), now, [A1], up=False)
    assert (found.indicator, found.status_before, found.peers) == ("m2", "on_schedule", 0)


def test_a_fall_by_silence_is_told_by_what_is_no_longer_judged():
    now, then = rows((A1, "+?----")), rows((A1, "++----"))
    found = change_reason(A1, weighed(now, AREA, Ranking()), weighed(then, AREA, Ranking()), now, [A1], up=False)
    assert (found.indicator, found.status_before) == ("m2", "on_schedule")


def test_what_fell_due_meanwhile_and_is_not_met_makes_a_fall():
    now, then = rows((A1, "++++x+")), rows((A1, "++++.+"))
    found = change_reason(A1, weighed(now, AREA, Ranking()), weighed(then, AREA, Ranking()), now, [A1], up=False)
    assert (found.indicator, found.status_before) == ("r1", None)


# ---- months and settings ---------------------------------------------------------------------------------------------


def test_months_stand_side_by_side_by_the_same_rules():
    april, may = pd.Timestamp("2023-04-30"), pd.Timestamp("2023-05-31")
    both = pd.concat(
        [
            rows((A1, "+---.."), (A2, "+++...")).assign(as_of=april),
            rows((A1, "++--.."), (A2, "++++..")).assign(as_of=may),
        ]
    )
    found = by_month(both, AREA, Ranking(minimum=4), [A1, A2, B1])
    assert found[april].dropna().to_dict() == {A1: 25}  # A2 had three
    assert found[may].dropna().to_dict() == {A1: 50, A2: 100}
    assert found.loc[B1].isna().all()


HEAD = "counties:\n- {slug: demo, code: '500113', name_zh: 示例, name_en: Demo, plans: [x], ranking: "


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("{weights: {roads: 3}}", ("demo › ranking › weights", "roads", "monitoring")),
        ("{weights: {funds: 0}}", ("demo › ranking › weights", "funds", "权重须大于 0")),
        ("{minimum: 0}", ("demo › ranking › minimum", "greater than or equal to 1")),
        ("{reds: 3}", ("demo › ranking › reds",)),
    ],
)
def test_a_wrong_setting_is_told_with_its_county(setting, told):
    with pytest.raises(ValueError, match=r"counties\.yaml") as found:
        read(f"{HEAD}{setting}}}\n")
    assert all(part in str(found.value) for part in told)


def test_what_a_county_sets_is_taken_and_the_rest_has_its_default():
    (entry,) = read(f"{HEAD}{{weights: {{funds: 2}}, red: 5}}}}\n")
    assert entry.ranking == Ranking(weights={"funds": 2}, minimum=5, minimum_in_area=2, red=5, black=3)
    assert all(entry.ranking.minimum >= 1 for entry in counties())


def test_a_county_with_weights_is_still_a_key_of_caches():
    one, same = (read(f"{HEAD}{{weights: {{funds: 2}}}}}}\n")[0] for _n in range(2))
    assert len({one, same}) == 1


def test_where_nothing_is_judged_in_the_weighted_areas_nobody_is_ranked():
    """A county that weighs areas, at a date before anything of them is due: a board without ranks, not a failure."""
    rule = Ranking(weights={"funds": 60, "livable_villages": 40}, minimum=1)
    early = rows((A1, "...???"), (A2, "......"))
    found = boarded(early, rule=rule, places=(A1, A2))
    assert found["apart"].tolist() == [NOTHING, NOTHING]
    assert found["level_rank"].isna().all()
    assert named(found, "level", rule) == (Named((), 0), Named((), 0))
    # Later one is judged: it is compared with nothing.
    later = boarded(rows((A1, "++--+-"), (A2, "......")), early, rule=rule, places=(A1, A2))
    assert later["level_rank"].fillna(0).tolist() == [1, 0]
    assert later["change"].isna().all()
    months = by_month(early.assign(as_of=pd.Timestamp("2023-01-31")), AREA, rule, (A1, A2))
    assert months.shape == (2, 1)
    assert months.isna().all(axis=None)
