"""The village register and the household and person snapshots.

Every village has eight households with twenty persons. Who they are is drawn once; what changes with time is decided by
comparing one fixed random number per household or person and subject with a share that moves, so that cases do not
flicker from one snapshot to the next and a better township has fewer of them at any time.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.sample.story import MIGRANTS, Bools, Floats, Story, within_year

Texts = NDArray[np.object_]
Columns = dict[str, Any]

HOUSEHOLDS = 8
SIZES = (3, 2, 3, 2, 3, 2, 3, 2)
HOUSE_OF = np.repeat(np.arange(HOUSEHOLDS), SIZES)
PLACE_OF = np.concatenate([np.arange(size) for size in SIZES])
PERSONS = len(HOUSE_OF)

# Share of cases not in order in a steady village; townships that are behind have about three times as many.
MISSES = {
    "visit": 0.03,
    "income_check": 0.025,
    "responsible": 0.004,
    "file": 0.004,
    "plan": 0.02,
    "dev_measure": 0.014,
    "safety_net": 0.01,
    "income_duty": 0.01,
    "income_measure": 0.1,
    "q1_measure": 0.03,
    "unsafe_owner": 0.01,
    "unsafe_plan": 0.02,
    "water": 0.02,
    "settlement": 0.02,
    "insured": 0.008,
    "insure_aid": 0.004,
    "tilt": 0.01,
    "relief": 0.006,
    "pension": 0.02,
    "permit": 0.05,
    "edu_aid": 0.004,
    "vocational": 0.01,
    "care": 0.02,
    "wage_check": 0.026,
    "referral": 0.05,
    "leader_pool": 0.01,
}

# Works of a plan with a fixed number of houses: kind, houses, subsidy per house in 万元 (from the plan's own figures).
HOUSE_WORKS = {"mouding": (("dilapidated", 16, 1.7), ("seismic", 77, 1.2))}
SETTLEMENTS = {"baiyin": ("银馨家园", "锦华苑小区")}
DAY = np.timedelta64(1, "D")
NEVER = np.datetime64("NaT", "D")


@dataclass
class _Frame:
    """Random numbers of households or persons: one fixed column per subject."""

    story: Story
    village: NDArray[np.intp]
    prefix: str

    def draw(self, subject: str) -> Floats:
        """Uniform numbers of a subject, the same at every call."""
        return self.story.rng(f"{self.prefix}.{subject}").random(len(self.village))

    def holds(self, subject: str, extra: Floats | float = 1.0) -> Bools:
        """Tell where a case is in order; more often so in villages with drive."""
        share = self.story.setting.misses.get(subject, MISSES[subject])
        return self.draw(subject) >= share * self.story.risk[self.village] * extra

    def grown(self, subject: str, share: float, pull: float = 0.12) -> Bools:
        """Tell which about `share` of the cases, more in villages with drive; a growing share only adds cases."""
        return self.draw(subject) < share + pull * self.story.drive[self.village]


def villages(story: Story) -> pd.DataFrame:
    """Return the village register; the positions are those of the schematic cells."""
    own, rng = story.villages, story.rng("villages")
    households = np.where(story.rural, rng.integers(280, 900, story.n), rng.integers(120, 520, story.n))
    poverty = story.rural & (rng.random(story.n) < story.setting.poverty * (0.4 + 1.2 * story.remote))
    weak = story.chosen("weak", max(2, 0.03 * story.n), story.rural, by=-1.0)
    natural = np.where(story.rural, rng.integers(4, 14, story.n), rng.integers(1, 5, story.n))
    if story.setting.slug == "mouding":
        natural = _sum_to(natural, 727)  # the plan's number of natural villages
    return pd.DataFrame(
        {
            "village_code": own["code"],
            "village_name": own["name"],
            "township_code": own["township"],
            "township_name": own["township_name"],
            "county_code": story.code + "000000",
            "unit_type": own["unit_type"],
            "is_poverty_village": poverty,
            "is_key_village": poverty & (rng.random(story.n) < 0.35),
            "is_weak_org": weak,
            "is_heavy_task": story.chosen("heavy", max(3, 0.06 * story.n), story.rural, by=-0.6),
            "on_trunk_road": story.rural & (rng.random(story.n) < 0.45 - 0.3 * story.remote),
            "natural_villages_n": natural,
            "rural_hh_n": households,
            "rural_pop_n": np.round(households * rng.uniform(2.6, 3.3, story.n)),
            "lon": own["lon"].round(4),
            "lat": own["lat"].round(4),
        }
    )


def _sum_to(values: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Scale whole numbers to a total, the rest going to the first ones."""
    scaled = np.maximum(1, np.floor(values * total / values.sum())).astype("int64")
    scaled[: total - scaled.sum()] += 1
    return np.asarray(scaled)


def snapshots(story: Story) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the household and the person snapshots of all dates, consistent with each other."""
    return _Families(story).tables()


class _Families:
    """Households and persons of one county; `at(date)` gives both as they are on a day."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.hh = _Frame(story, np.repeat(np.arange(story.n), HOUSEHOLDS), "hh")
        self.pp = _Frame(story, np.repeat(np.arange(story.n), PERSONS), "pp")
        self.house = np.tile(HOUSE_OF, story.n) + HOUSEHOLDS * self.pp.village
        self._fix_households()
        self._fix_persons()

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        households, persons = [], []
        for date in self.story.setting.snapshots:
            heard = ~self.story.silent_at(date)
            person = self.persons(date)
            household = self.households(date, person)
            listed = heard[self.pp.village]
            if date not in self.story.setting.full:
                listed &= person["is_lifted"] & person["labour"]
            households.append(pd.DataFrame(household)[heard[self.hh.village]])
            persons.append(pd.DataFrame(person)[listed])
        return pd.concat(households, ignore_index=True), pd.concat(persons, ignore_index=True)

    # What never changes

    def _fix_households(self) -> None:
        hh, story = self.hh, self.story
        code = story.villages["code"].to_numpy(object)[hh.village]
        number = np.tile(np.arange(1, HOUSEHOLDS + 1), story.n)
        self.hh_id = np.array([f"H{c}{n:02d}" for c, n in zip(code, number, strict=True)], dtype=object)
        self.village_code = code
        self.lifted = hh.draw("lifted") < story.setting.lifted
        aid = hh.draw("aid")
        self.aid = np.select([aid < 0.12, aid < 0.16, aid < 0.22], ["dibao", "tekun", "low_income"], "none")
        self.poor = self.lifted & (hh.draw("poor") < 0.12 + 0.05 * story.remote[hh.village])
        self.relocated = self.lifted & (hh.draw("relocated") < 0.05 + 0.1 * story.remote[hh.village])
        own = (
            story.villages["township_name"].str.replace(r"(?:街道|镇|乡)$", "", regex=True).to_numpy(object)[hh.village]
        )
        names = SETTLEMENTS.get(story.setting.slug)
        self.settlement = np.array(names, dtype=object)[hh.village % len(names)] if names else own + "安置点"
        self.settlement[~(self.relocated & (hh.draw("settled") < 0.8))] = None
        # a risk found: most before the sample starts, some in its course
        risky = hh.draw("monitored") < 0.11 + 0.05 * story.remote[hh.village]
        span = (story.setting.end - story.setting.start).days
        found = np.datetime64(story.setting.start, "D") + (hh.draw("found") * (span + 420) - 420).astype(int) * DAY
        self.found = np.where(risky, found, NEVER)
        self.enrolled = self.found + (6 + hh.draw("enrolled") * 20).astype(int) * DAY
        channel = hh.draw("channel")
        self.channel = np.select([channel < 0.3, channel < 0.75], ["self", "staff"], "data").astype(object)
        self.unsafe = hh.draw("unsafe") < 0.015 + 0.02 * story.remote[hh.village]
        self.z = story.rng("income").normal(0, 1, len(hh.village))
        self.works = np.full(len(hh.village), "none", dtype=object)
        self.works_at = np.zeros(len(hh.village))  # when in the year's programme, 0 to 1
        self.subsidy = np.zeros(len(hh.village))
        order = np.argsort(hh.draw("works") - 0.6 * story.remote[hh.village], kind="stable")
        plans = HOUSE_WORKS.get(story.setting.slug, (("dilapidated", story.n // 12, 1.4),))
        for kind, count, subsidy in plans:
            chosen, order = order[:count], order[count:]
            self.works[chosen] = kind
            # every house has its turn; those in townships with drive come first
            rank = np.argsort(np.argsort(-story.drive[hh.village[chosen]] + 0.8 * hh.draw("turn")[chosen]))
            self.works_at[chosen] = (rank + 1) / count
            self.subsidy[chosen] = subsidy

    def _fix_persons(self) -> None:
        pp, story, working = self.pp, self.story, self.story.setting.working
        place = np.tile(PLACE_OF, story.n)
        kind, years = pp.draw("kind"), pp.draw("age")
        elderly = np.choose(place, [0.15 - 0.11 * working, 0.28 - 0.21 * working, 0.05 - 0.05 * working])
        child = np.choose(place, [0.0, 0.0, 0.72 - 0.44 * working])
        self.old = kind < elderly
        self.child = ~self.old & (kind < elderly + child)
        adult = np.where(place == 2, 16 + years * 10, 26 + years * 33)
        self.age = np.floor(np.where(self.old, 61 + years * 24, np.where(self.child, 3 + years * 15, adult)))
        stage = pp.draw("stage") < 0.5
        age = self.age
        self.stage = np.select(
            [~self.child, age < 6, age < 12, age < 15, stage],
            ["none", "preschool", "primary", "junior", "vocational"],
            "senior",
        ).astype(object)
        self.disabled = pp.draw("disabled") < 0.05
        self.labour = ~self.old & ~self.child & ~(self.disabled & (pp.draw("unable") < 0.5))
        self.new = (age >= 15) & (age <= 22) & (self.labour | (self.stage == "vocational"))
        number = np.tile(np.arange(1, PERSONS + 1), story.n)
        self.person_id = np.array(
            [f"P{code}{n:03d}" for code, n in zip(self.village_code[self.house], number, strict=True)], dtype=object
        )
        place_of_work = pp.draw("place") + 0.12 * story.remote[pp.village]
        self.place = np.select(
            [place_of_work < 0.34, place_of_work < 0.58, place_of_work < 0.8],
            ["local", "county", "province"],
            "out_province",
        ).astype(object)
        u = pp.draw("channel")
        self.channel_of = np.select(
            [
                np.isin(self.place, ["province", "out_province"]),
                self.place == "county",
            ],
            [
                np.where(u < 0.93, "migrant", "self"),
                np.select([u < 0.15, u < 0.7], ["workshop", "migrant"], "self"),
            ],
            np.select(
                [u < 0.16, u < 0.24, u < 0.33, u < 0.5], ["public_post", "workshop", "work_relief", "self"], "farm"
            ),
        ).astype(object)
        pay = np.select(
            [self.channel_of == "public_post", self.place == "local", self.place == "county", self.place == "province"],
            [900, 2300, 3500, 4500],
            5100,
        )
        pay = pay * np.exp(0.12 * story.rng("pay").normal(0, 1, len(pp.village)))
        self.pay = pay * (1 + 0.05 * story.drive[pp.village])

    # What changes

    def persons(self, date: pd.Timestamp) -> Columns:
        """Persons as they are on a snapshot date, as columns of the table `persons`."""
        pp, house = self.pp, self.house
        setting, risk = self.story.setting, self.story.risk[pp.village]
        monitored = self._monitored(date)[house]
        aid, lifted = self.aid[house], self.lifted[house]
        low = (aid != "none") | self.poor[house]
        progress = within_year(date)
        since = (date - setting.start).days / 365
        # job: a few lose theirs, many migrants are at home around the spring festival
        lost = pp.draw("lost") < 0.02 * risk * (1 + 0.4 * np.sin(date.month))
        at_work = self.labour & (pp.draw("work") < 0.984 + 0.016 * self.story.drive[pp.village] - 0.08 * self.new)
        away = pp.draw("home") < MIGRANTS[date.month - 1]
        home = ~away & np.isin(self.place, ["province", "out_province"])
        employed = at_work & ~lost & ~(home & (pp.draw("idle") < 0.25))
        place = np.where(employed, np.where(home, "local", self.place), "none").astype(object)
        channel = np.where(employed, np.where(home, "farm", self.channel_of), "none").astype(object)
        wage = np.where(employed, np.round(np.where(home, 2100, self.pay) * (1 + 0.055 * since), -1), np.nan)
        before = np.where(employed, np.round(np.where(home, 2100, self.pay) * (1 + 0.055 * (since - 0.25)), -1), np.nan)
        job_lost = self.labour & (lost | (pp.draw("cut") < 0.01 * risk))
        studying = self.stage != "none"
        dropout, cause = self._dropouts(date)
        due = np.select([aid == "tekun", (aid == "dibao") | monitored], ["full", "fixed"], "none").astype(object)
        support = np.isin(aid, ["dibao", "tekun"])
        leader = self._leaders(date)
        full = np.full(len(house), np.datetime64(date, "D"))
        referred = full - (3 + pp.draw("referred") * 20).astype(int) * DAY
        skilled = 0.5 + 0.22 * min(1.0, progress + max(0.0, since - 0.85) * 0.3)
        return {
            "as_of": date,
            "village_code": self.village_code[house],
            "hh_id": self.hh_id[house],
            "person_id": self.person_id,
            "is_lifted": lifted,
            "is_monitored": monitored,
            "is_low_income": low,
            "is_relocated": self.relocated[house],
            "aid_type": np.where(support, aid, "none"),
            "is_disabled": self.disabled,
            "age": self.age,
            "edu_stage": self.stage,
            "compulsory_age": self.child & (self.age >= 6) & (self.age < 15),
            "in_school": studying & ~dropout & ((self.stage != "preschool") | (pp.draw("nursery") < 0.97)),
            "dropout": dropout,
            "dropout_cause": cause,
            "edu_aid_due": studying & lifted & ~dropout,
            "edu_aid_ok": studying & lifted & ~dropout & pp.holds("edu_aid"),
            "vocational_due": self.stage == "vocational",
            "vocational_ok": ((self.stage == "vocational") & pp.holds("vocational"))
            | (self.new & ~studying & pp.grown("schooled", 0.5 + 0.12 * progress)),
            "left_behind": self.child & (pp.draw("behind") < 0.16),
            "care_ok": pp.holds("care"),
            "insured": pp.holds("insured", np.where(lifted | low, 1.0, 6.0)),
            "insure_aid_due": due,
            "insure_aid_ok": (due != "none") & pp.holds("insure_aid"),
            "doctor_signed": pp.grown("doctor", 0.84 + 0.08 * min(1.0, max(0.0, since)), 0.05),
            "tilt_due": pp.draw("ill") < 0.03,
            "tilt_ok": (pp.draw("ill") < 0.03) & pp.holds("tilt"),
            "relief_due": support,
            "relief_ok": support & pp.holds("relief"),
            "pension_aid_due": (support | self.disabled) & (self.age >= 16) & (self.age < 60),
            "pension_aid_ok": (support | self.disabled) & (self.age >= 16) & (self.age < 60) & pp.holds("pension"),
            "permit_due": self.relocated[house],
            "permit_ok": self.relocated[house] & pp.grown("permit", 0.6 + 0.3 * progress) & pp.holds("permit"),
            "labour": self.labour,
            "employed": employed,
            "transferred": employed & (place != "local"),
            "job_place": place,
            "job_channel": channel,
            "wage_month": wage,
            "wage_prev": before,
            "wage_checked_on": np.where(self.labour, self._this_month(pp, "wage_check", full), NEVER),
            "job_lost": job_lost,
            "referral_on": np.where(job_lost & pp.holds("referral"), referred, NEVER),
            "young_labour": self.labour & (self.age <= 45),
            "certificate": self.labour & pp.grown("certificate", skilled),
            "new_labour": self.new,
            "trained": self.labour & pp.grown("trained", 0.35 * progress, 0.05),
            "leader_certified": leader,
            "leader_pool": leader & pp.holds("leader_pool"),
            "farmer_trained": self.labour & pp.grown("farmer", 0.05 * progress, 0.01),
        }

    def households(self, date: pd.Timestamp, person: Columns) -> Columns:
        """Households as they are on a snapshot date, as columns of the table `households`."""
        hh, story, setting = self.hh, self.story, self.story.setting
        monitored = self._monitored(date)
        count = len(hh.village)
        day = np.datetime64(date, "D")
        today = np.full(count, day)
        year = np.datetime64(f"{date.year}-01-01", "D")
        kind = np.where(self.lifted, "unstable", "marginal")
        kind = np.where(hh.draw("sudden") < 0.2, "sudden", kind)
        found = np.where(self.found <= day, self.found, NEVER)
        enrolled = np.where(monitored, self.enrolled, NEVER)
        labour = np.bincount(self.house, person["labour"], count)
        income, before = self._income(date)
        fell = income < before
        tasked = self.lifted | monitored
        look = year + np.maximum(5, 365 * (hh.draw("look") * 1.02 - 0.08 * story.drive[hh.village])).astype(int) * DAY
        planned = self._income_plans(date, fell, tasked)
        progress = within_year(date)
        water = hh.holds("water", (0.25 + 1.9 * story.remote[hh.village]) * (1.5 if date.month in (4, 5) else 1.0))
        cause = hh.draw("water.cause")
        works, done = self._house_works(date)
        unsafe_lived = self.unsafe & (hh.draw("lived") < 0.25) & (day < np.datetime64(setting.start, "D") + 130 * DAY)
        new_unsafe = self._newly_unsafe(date)
        return {
            "as_of": date,
            "village_code": self.village_code,
            "hh_id": self.hh_id,
            "is_lifted": self.lifted,
            "monitor_type": np.where(monitored, kind, "none"),
            "aid_type": self.aid,
            "is_low_income_lifted": self.poor,
            "is_relocated": self.relocated,
            "settlement": self.settlement,
            "found_channel": np.where(np.isnat(found), "none", self.channel),
            "risk_found_on": found,
            "enrolled_on": enrolled,
            "risk_open": monitored & (self.enrolled + (150 + 400 * hh.draw("solved")).astype(int) * DAY > day),
            "relapsed": np.zeros(count, dtype=bool),
            "members_n": np.tile(SIZES, story.n),
            "labour_n": labour,
            "employed_n": np.bincount(self.house, person["employed"], count),
            "income_pc": income,
            "income_pc_prev": before,
            "visited_on": self._visits(date, tasked),
            "lookback_on": np.where(monitored & (look <= day), look, NEVER),
            "income_checked_on": np.where(tasked, self._this_month(hh, "income_check", today), NEVER),
            "responsible_ok": tasked & hh.holds("responsible"),
            "file_ok": tasked & hh.holds("file"),
            "plan_ok": (monitored | (self.aid != "none")) & hh.holds("plan"),
            "dev_measures_n": np.where(
                (labour > 0) & hh.holds("dev_measure"), np.floor(1 + hh.draw("measures") * 3), 0
            ),
            "safety_net_ok": (labour == 0) & hh.holds("safety_net"),
            "income_duty_ok": self.poor & hh.holds("income_duty"),
            "income_measure_on": planned,
            "courtyard_project": self.lifted & hh.grown("courtyard", 0.3 + 0.5 * progress, 0.16),
            "house_safe": ~unsafe_lived & ~new_unsafe,
            "unsafe_lived_in": unsafe_lived,
            "unsafe_house": self.unsafe,
            "unsafe_owner_ok": self.unsafe & hh.holds("unsafe_owner"),
            "unsafe_plan_ok": self.unsafe & hh.holds("unsafe_plan"),
            "house_works": works,
            "house_done_on": done,
            "house_subsidy": np.where(np.isnat(done), np.where(works == "none", np.nan, 0.0), self.subsidy),
            "house_new_unsafe": new_unsafe,
            "water_l_day": np.where(~water & (cause < 0.4), 15, 45 + np.round(hh.draw("litres") * 40)),
            "water_dist_m": np.where(~water & (cause >= 0.4) & (cause < 0.6), 950, np.round(hh.draw("way") * 300)),
            "water_vert_m": np.where(~water & (cause >= 0.6) & (cause < 0.7), 95, np.round(hh.draw("climb") * 40)),
            "water_min": np.where(~water & (cause >= 0.4) & (cause < 0.7), 28, np.round(hh.draw("walk") * 12)),
            "water_quality_ok": water | (cause < 0.7),
            "toilet_ok": hh.grown(
                "toilet", 0.62 + 0.2 * min(1.0, progress + 0.4 * (date.year > setting.start.year)), 0.1
            ),
            "settlement_served": self.relocated & hh.holds("settlement"),
        }

    def _monitored(self, date: pd.Timestamp) -> Bools:
        return np.asarray(self.enrolled <= np.datetime64(date, "D"))

    @staticmethod
    def _this_month(frame: _Frame, subject: str, today: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
        """Return a day of the month of `today`, or of an earlier month where the check was missed."""
        month = str(today[0])[:7]
        missed = frame.draw(f"{subject}.{month}") < MISSES[subject] * frame.story.risk[frame.village]
        back = (frame.draw(f"{subject}.day") * 24).astype(int) + np.where(missed, 34, 0)
        return today - back * DAY

    def _visits(self, date: pd.Timestamp, tasked: Bools) -> NDArray[np.datetime64]:
        """Monthly visits of lifted and monitored households, half-yearly ones of all others; fewer in September."""
        hh, risk = self.hh, self.story.risk[self.hh.village]
        monthly = self.story.setting.snapshots.size > len(self.story.setting.months)
        today = np.full(len(hh.village), np.datetime64(date, "D"))
        miss = MISSES["visit"] * risk * (2.9 if monthly and date.month == 9 else 1.0)
        missed = hh.draw(f"visit.{date:%Y-%m}") < miss
        day = (hh.draw(f"visit.day.{date:%Y-%m}") * 27).astype(int)
        if not monthly:
            return today - (day * 4 + np.where(missed, 190, 0)) * DAY
        half = np.datetime64(f"{date.year}-{'01' if date.month <= 6 else '07'}-01", "D")
        turn = half + (hh.draw("turn.half") * 165).astype(int) * DAY
        other = np.where(turn <= today, turn, turn - 182 * DAY)
        return np.where(tasked, today - (day + np.where(missed, 31, 0)) * DAY, other)

    def _income(self, date: pd.Timestamp) -> tuple[Floats, Floats]:
        """Income of the last twelve months and of those before; one township loses a harvest late in the sample."""
        story, village, setting = self.story, self.hh.village, self.story.setting
        years = (date - setting.snapshots[0]).days / 365
        level = 1 + 0.06 * story.drive - 0.14 * story.remote + np.where(story.rural, 0.0, 0.08)
        level = level[village] * np.where(self.lifted, 1.0, 1.15) * np.where(self.poor, 0.68, 1.0)
        growth = 0.115 + 0.02 * story.drive[village] + 0.055 * self.hh_noise
        hit = (story.villages["character"] == "dropped").to_numpy()[village]
        hit = hit & (date >= setting.end - pd.Timedelta(days=100))
        growth = growth - np.where(hit, 0.15, 0.0)
        income = setting.income * level * np.exp(0.2 * self.z) * (1.105**years) * np.where(hit, 0.87, 1.0)
        return np.round(income), np.round(income / (1 + growth))

    @property
    def hh_noise(self) -> Floats:
        return self.story.rng("growth").normal(0, 1, len(self.hh.village))

    def _income_plans(self, date: pd.Timestamp, fell: Bools, tasked: Bools) -> NDArray[np.datetime64]:
        """Low-income lifted households get measures in the first quarter, others when their income falls."""
        hh = self.hh
        day = np.datetime64(date, "D")
        year = np.datetime64(f"{date.year}-01-01", "D")
        wait = np.where(hh.holds("q1_measure"), 30 + hh.draw("spring") * 55, 96 + hh.draw("spring") * 40)
        spring = year + wait.astype(int) * DAY
        later = day - (hh.draw("autumn") * 25).astype(int) * DAY
        made = np.where(self.poor, spring <= day, fell & tasked & hh.holds("income_measure"))
        return np.where(made, np.where(self.poor, spring, later), NEVER)

    def _house_works(self, date: pd.Timestamp) -> tuple[Texts, NDArray[np.datetime64]]:
        """Houses are finished one after another through the year; seismic works, begun later, lag."""
        pace = np.where(self.works == "seismic", 388, 352)
        done = np.datetime64(self.story.setting.start, "D") + (self.works_at * pace).astype(int) * DAY
        return self.works, np.where((self.works != "none") & (done <= np.datetime64(date, "D")), done, NEVER)

    def _newly_unsafe(self, date: pd.Timestamp) -> Bools:
        """Two houses hurt by the summer rains of the first year, repaired half a year later."""
        hurt = np.zeros(len(self.hh.village), dtype=bool)
        months = (date.year - self.story.setting.start.year) * 12 + date.month
        if 7 <= months <= 12:
            hurt[np.argsort(self.hh.draw("rain") - 0.3 * self.story.remote[self.hh.village])[:2]] = True
        return hurt

    def _dropouts(self, date: pd.Timestamp) -> tuple[Bools, Texts]:
        """One child out of school for health reasons, and one senior pupil who left in spring and is back in autumn."""
        dropout = np.zeros(len(self.pp.village), dtype=bool)
        cause = np.full(len(self.pp.village), "none", dtype=object)
        lifted = self.lifted[self.house]
        ill = np.flatnonzero((self.stage == "junior") & ~lifted)[:1]
        poor = np.flatnonzero((self.stage == "senior") & lifted)[3:4]
        if self.story.setting.slug == "baiyin":
            dropout[ill], cause[ill] = True, "health"
        if self.story.setting.slug == "mouding" and 3 <= date.month <= 8:
            dropout[poor], cause[poor] = True, "hardship"
        return dropout, cause

    def _leaders(self, date: pd.Timestamp) -> Bools:
        """Leaders certified in the course of the year: one a village in time, in some a second one."""
        house, slot = self.house % HOUSEHOLDS, np.tile(PLACE_OF, self.story.n)
        first, second = (house == 0) & (slot == 0), (house == 2) & (slot == 0)
        when = self.pp.draw("leader.village")  # read at the first person of each village
        when = when.reshape(self.story.n, PERSONS)[:, 0] * 1.12 - 0.1 * self.story.drive
        time = within_year(date) + (date.year - self.story.setting.start.year)
        return np.asarray((first & (when < time)[self.pp.village]) | (second & (when + 0.62 < time)[self.pp.village]))
