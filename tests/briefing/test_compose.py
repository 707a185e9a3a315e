"""What a briefing says, worked out by hand: six villages, a rate that one township keeps pace with, one to be held."""

import datetime as dt

import pytest
from support.briefed import facts
from support.worked import A, B

from data.briefing import areas
from data.briefing.compose import FULL, SECTIONS, compose
from data.briefing.composer import Composer
from data.briefing.facts import code
from data.briefing.model import Briefing, Chart, Items, Map, Number, Paragraph, Table
from data.briefing.overall import _counts


def text(briefing: Briefing, section: str) -> str:
    one = next(s for s in briefing.walk() if s.id == section)
    lines = []
    for block in one.blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, Items):
            lines += block.texts
    return "\n".join(lines)


def blocks(briefing: Briefing, section: str, kind: type) -> list:
    one = next(s for s in briefing.walk() if s.id == section)
    return [b for b in one.blocks if isinstance(b, kind)]


@pytest.fixture(scope="module")
def said() -> Briefing:
    return compose(facts())


def test_the_whole_in_numbers(said: Briefing) -> None:
    # Toilets 75 % of 75 % due: on schedule. Water 54 of 60 households, 90 % of 100 %: behind. Assets: nobody reported.
    told = text(said, "overall")
    assert "截至 2023 年 9 月 30 日，计划 3 项指标中可评定的约束性指标 2 项，达到序时或已完成 1 项，占 50%" in told
    assert "滞后、严重滞后和逾期 1 项" in told
    assert "；未报 1 项。" in told
    assert "推进中" not in told  # there is none
    assert "需重点关注：饮水达标率（滞后）" in told


def test_what_changed_since_the_meeting(said: Briefing) -> None:
    # In August 39 of 60 toilets, 65 % of the 66.7 % that were due: slightly behind. Now on schedule.
    assert "较8月调度会（8 月 31 日）增加 1 项，占比提高 50 个百分点" in text(said, "overall")
    assert text(said, "changes") == "与8月调度会（8 月 31 日）相比：其他好转 1 项。"
    moved = blocks(said, "changes", Table)[0]
    assert [(row[0], row[2], row[3].word) for row in moved.rows] == [("厕所改造率", "略慢", "达序时")]


def test_places_above_and_below_the_line(said: Briefing) -> None:
    told = text(said, "monitoring")
    assert "饮水达标率：应始终保持 100%，9 月 30 日实际 90%，欠 10 个百分点。" in told
    assert "牵头单位：县乡村振兴局。" in told
    assert "达到进度要求的有 1 个：甲镇（100%）；未达到进度要求的有 1 个：乙镇（80%）。" in told


def test_places_ranked(said: Briefing) -> None:
    # 甲镇 2 of 2, 乙镇 none of 2.
    table = blocks(said, "ranking", Table)[0]
    assert [(row[0], row[1], row[2].written) for row in table.rows] == [(1, "甲镇", "100%"), (2, "乙镇", "0%")]
    assert "达到 90% 的有 1 个：甲镇（100%）" in text(said, "ranking")
    assert "不足 60% 的有 1 个：乙镇（0%）" in text(said, "ranking")
    named = blocks(said, "ranking", Items)[0].texts
    assert [name[:5] for name in named] == ["红榜：甲镇", "黑榜：乙镇"]
    assert blocks(said, "ranking", Map)[0].places == {A: 0, B: 4}
    assert blocks(said, "ranking", Chart)[0].series[0].values == (100.0, 0.0)


def test_a_township_narrows_lists_and_not_counts() -> None:
    said = compose(facts(), towns=(B,))
    assert [row[:2] for row in blocks(said, "ranking", Table)[0].rows] == [(2, "乙镇")]
    # 甲镇 keeps pace and is counted, but not named.
    assert "达到进度要求的有 1 个；未达到进度要求的有 1 个：乙镇（80%）" in text(said, "monitoring")
    assert "甲镇" not in text(said, "monitoring")
    assert "2 个镇街按" in text(said, "ranking")
    assert "达到 90% 的有 1 个；不足 60% 的有 1 个：乙镇（0%）。" in text(said, "ranking")
    assert "甲镇" not in text(said, "ranking")
    assert "可评定的约束性指标 2 项" in text(said, "overall")
    assert said.statement[-1] == "表格和名单仅列以下镇街：乙镇。"


def test_what_binds_is_told_first_and_what_does_not_says_so() -> None:
    import dataclasses

    said = facts()
    now = said.now.copy()
    # As far behind as can be, but for reference only; nobody is behind by it at heart.
    soft = (now["indicator"] == "toilets") & (now["region"] == said.top)
    now.loc[soft, ["status", "gap"]] = ["far_behind", -50.0]
    now.loc[soft, "area"] = "monitoring"
    now["marks"] = [("reference",) if one else marks for one, marks in zip(soft, now["marks"], strict=True)]
    c = Composer(dataclasses.replace(said, now=now), "zh")
    c.top["area"] = "monitoring"
    items = areas._area(c, "monitoring").blocks[1]
    assert isinstance(items, Items)
    assert [item.split("：")[0] for item in items.texts] == ["饮水达标率", "厕所改造率（参考）"]


def test_as_many_as_before_of_more_is_no_contradiction() -> None:
    c = Composer(facts(), "zh")
    c.top_before["status"] = c.top["status"]
    extra = c.top_before["indicator"] == "water"
    c.top_before.loc[extra, "status"] = "no_data"  # one of one then, one of two now
    assert "，项数与8月调度会（8 月 31 日）持平，占比降低 50 个百分点" in _counts(c)


def test_what_stands_before_everything() -> None:
    said = compose(facts())
    assert said.statement[0].startswith("示例数据：")
    assert said.statement[1].startswith("数据截至 2023 年 9 月 30 日。")
    assert "example-7" in said.statement[1]
    assert code(facts()) == "example-7"
    assert not any("示例数据" in line for line in compose(facts(sample=False)).statement)


def test_without_a_date_to_compare_with_nothing_is_compared() -> None:
    said = compose(facts(since=False))
    assert "changes" not in [s.id for s in said.walk()]
    assert "较" not in text(said, "overall")
    assert [c.name for c in blocks(said, "ranking", Table)[0].columns][-2:] == ["欠分", "提前完成"]


def test_sections_are_told_in_reading_order_and_known() -> None:
    said = compose(facts(), sections=("ranking", "overall"))
    assert [s.id for s in said.sections] == ["overall", "ranking"]
    with pytest.raises(ValueError, match="no section weather"):
        compose(facts(), sections=("weather",))
    with pytest.raises(ValueError, match="no township"):
        compose(facts(), towns=("1",))
    nothing = {"problems", "tasks", "reporting"}  # of which there is nothing here
    assert [s.id for s in compose(facts(), sections=FULL).sections] == [
        {"details": "areas"}.get(s, s) for s in FULL if s not in nothing
    ]
    assert [s.id for s in compose(facts(), sections=SECTIONS).sections] == [
        s.id for s in compose(facts(), sections=FULL).sections
    ]


def test_every_number_of_the_tables_reads_as_its_value(said: Briefing) -> None:
    cells = [c for s in said.walk() for b in s.blocks if isinstance(b, Table) for row in b.rows for c in row]
    numbers = [c for c in cells if isinstance(c, Number)]
    assert numbers
    for cell in numbers:
        shown = float(cell.written.replace("−", "-").replace("+", "").replace("\u202f", "").rstrip("%").split(" ")[0])
        assert shown == pytest.approx(round(cell.value, 1), abs=0.0501), cell


def test_english_says_the_same() -> None:
    told = text(compose(facts(), "en"), "monitoring")
    assert "Water: 100% must hold at any time; actual 90% on 30 Sep, 10 percentage points behind." in told
    assert "Keeping pace 1: 甲镇 (100%); not keeping pace 1: 乙镇 (80%)." in told


def test_what_an_office_sends_says_the_worst_and_has_no_annex() -> None:
    usual, full = compose(facts()), compose(facts(), sections=FULL)
    assert usual.annex == 0
    assert full.annex == 2
    assert text(usual, "monitoring") == text(full, "monitoring")  # one indicator is behind: it is told in both
    assert [b.id for b in blocks(full, "monitoring", Table)] == ["indicators-monitoring"]
    assert blocks(usual, "monitoring", Table) == []


def test_who_issues_it_and_when_are_said_by_somebody() -> None:
    assert (compose(facts()).issuer, compose(facts()).dated) == ("", None)
    signed = compose(facts(), issuer=" 示例县乡村振兴局 ", dated=dt.date(2023, 11, 3))
    assert (signed.issuer, signed.dated) == ("示例县乡村振兴局", dt.date(2023, 11, 3))
