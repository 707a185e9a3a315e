"""The long fact table: what line departments, townships and villages report of each item of `data/items.yaml`.

Counts of villages are reached by taking the villages in the order of `Story.chosen`, so the county figure follows the
curve written here while the better townships get there first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data.sample.story import MIGRANTS, YEAR, Bools, Floats, Story, within_year
from data.tables import tables

Curve = Callable[[pd.Timestamp], float]


class _Facts:
    """Rows of the fact table under construction."""

    def __init__(self, story: Story, register: pd.DataFrame) -> None:
        self.story = story
        self.register = register
        self.codes = story.villages["code"].to_numpy(object)
        self.months = story.setting.months
        self.quarters = self.months[(self.months.month % 3 == 0) | (self.months == self.months[-1])]
        self.parts: list[dict[str, Any]] = []

    def flows(
        self, item: str, amounts: Mapping[pd.Timestamp, Floats], among: Bools | None = None, dept: str = ""
    ) -> None:
        """Add a row per village and month with the amount of the month; who missed a month reports it with the next."""
        waiting = np.zeros(self.story.n)
        reported = {}
        for date, amount in amounts.items():
            waiting = waiting + amount
            reported[date] = waiting
            waiting = np.where(self.story.silent_at(date), waiting, 0.0)
        self.villages(item, pd.DatetimeIndex(list(amounts)), among, dept, value=lambda date: reported[date])

    def villages(
        self, item: str, dates: pd.DatetimeIndex, among: Bools | None = None, dept: str = "", **columns: Any
    ) -> None:
        """Add a row per village and date; a column is a function of the date giving one value per village."""
        among = np.ones(self.story.n, dtype=bool) if among is None else among
        for date in dates:
            listed = among & ~self.story.silent_at(date)
            rows = {name: np.broadcast_to(of(date), self.story.n)[listed] for name, of in columns.items()}
            codes = self.codes[listed]
            self._add(item, date, dept or "各镇街", geo_level="village", geo_code=codes, village_code=codes, **rows)

    def flags(
        self, item: str, dates: pd.DatetimeIndex, share: Curve, among: Bools | None = None, dept: str = ""
    ) -> None:
        """Add 0/1 rows: at each date a share of the villages has 1, the first in the village order of the item."""
        total = self.story.n if among is None else int(among.sum())
        self.villages(
            item,
            dates,
            among,
            dept,
            value=lambda date: self.story.chosen(item, share(date) * total, among).astype(float),
        )

    def named(self, item: str, dates: pd.DatetimeIndex, names: Sequence[str], count: Curve, dept: str = "") -> None:
        """Add 0/1 rows of villages given by name; at each date the first `count` of them have 1."""
        where = self.story.find(*names)
        for date in dates:
            codes = self.codes[where]
            value = (np.arange(len(where)) < count(date)).astype(float)
            self._add(
                item, date, dept or "区农业农村委", geo_level="village", geo_code=codes, village_code=codes, value=value
            )

    def place(self, item: str, level: str, code: str, dates: pd.DatetimeIndex, dept: str = "", **columns: Any) -> None:
        """Add one row per date for a county, township, site, project or body; a column is a function of the date."""
        village = columns.pop("village_code", None)
        for date in dates:
            values = {name: [of(date)] for name, of in columns.items()}
            self._add(item, date, dept or "牵头部门", geo_level=level, geo_code=[code], village_code=village, **values)

    def county(self, item: str, dates: pd.DatetimeIndex, dept: str = "", **columns: Any) -> None:
        """Add one row per date for the plan's top region."""
        level = "township" if self.story.setting.slug == "qijiang" else "county"
        self.place(item, level, self.story.setting.top, dates, dept, **columns)

    def heads(self, item: str, total: float, migrant: float, shift: float = 0.0) -> None:
        """Add head counts the labour office gives directly: one row a township and their sum for the county."""
        weight = (self.story.towns["n"] * (1 + 0.4 * self.story.towns["remote"])).to_numpy()
        for date in self.months:
            season = 1 - migrant * (1 - MIGRANTS[date.month - 1]) + shift * (date.month - 10) / 10
            value = np.round(total * season * weight / weight.sum())
            self._add(
                item,
                date,
                "县人力社保局",
                geo_level="township",
                geo_code=self.story.towns["code"].to_numpy(object),
                value=value,
            )
            self._add(
                item, date, "县人力社保局", geo_level="county", geo_code=[self.story.setting.top], value=[value.sum()]
            )

    def frame(self) -> pd.DataFrame:
        """All rows."""
        columns = {}
        for column in tables()["facts"].columns:
            dtype = "datetime64[ns]" if column.type == "date" else float if column.numeric else object
            blank = np.nan if column.numeric else None
            columns[column.name] = np.concatenate(
                [np.broadcast_to(np.asarray(part.get(column.name, blank), dtype), part["rows"]) for part in self.parts]
            )
        return pd.DataFrame(columns)

    def _add(self, item: str, date: pd.Timestamp, dept: str, **columns: Any) -> None:
        self.parts.append(
            {"as_of": date, "item": item, "source_dept": dept, "rows": len(columns["geo_code"]), **columns}
        )

    # Shapes used by several counties

    def spread(self, subject: str, low: float, high: float) -> Floats:
        """One fixed number per village."""
        return self.story.rng(f"facts.{subject}").uniform(low, high, self.story.n)

    def ramp(self, first: float, last: float) -> Curve:
        """Return a share that goes from `first` to `last` over the sample, by the seasons of each year."""
        start, end = self.story.setting.start, self.story.setting.end
        years = end.year - start.year + within_year(end)

        def share(date: pd.Timestamp) -> float:
            done = date.year - start.year + within_year(date)
            return first + (last - first) * done / years

        return share

    def from_month(self, first: str, value: float = 1.0) -> Curve:
        """Return a curve that is nothing before a day, then a value."""
        return lambda date: value if date >= pd.Timestamp(first) else 0.0

    def collective(
        self, median: float, dates: pd.DatetimeIndex, width: float = 0.45, among: Bools | None = None
    ) -> None:
        """Add the collective income of the year so far, in 万元."""
        z = self.story.rng("facts.collective").normal(0, width, self.story.n)
        year = median * np.exp(z + 0.28 * self.story.drive - 0.12 * self.story.remote)
        first = self.story.setting.start.year
        self.villages(
            "collective_income",
            dates,
            among,
            "村集体",
            value=lambda date: np.round(
                year * 1.09 ** (date.year - first) * (0.35 * date.month / 12 + 0.65 * YEAR[date.month - 1]), 2
            ),
        )

    def survey(
        self, item: str, dates: pd.DatetimeIndex, first: float, last: float, *, asked: int = 20, dept: str = ""
    ) -> None:
        """Add numerator and denominator of an opinion survey, `asked` households a village."""
        ramp, u = self.ramp(first, last), self.spread(item, -0.06, 0.06)
        self.villages(
            item,
            dates,
            None,
            dept,
            numerator=lambda date: np.clip(np.round(asked * (ramp(date) + u + 0.04 * self.story.drive)), 0, asked),
            denominator=lambda _: np.full(self.story.n, float(asked)),
        )

    def rate(
        self,
        item: str,
        dates: pd.DatetimeIndex,
        share: Curve,
        size: Floats,
        among: Bools | None = None,
        *,
        dept: str = "",
    ) -> None:
        """Add numerator and denominator whose county rate follows `share`; villages with drive are ahead of it."""
        among = np.ones(self.story.n, dtype=bool) if among is None else among
        rank = np.zeros(self.story.n)
        order = np.flatnonzero(among)[
            np.argsort(-(self.story.drive + self.spread(item, -0.5, 0.5))[among], kind="stable")
        ]
        rank[order] = (np.arange(len(order)) + 0.5) / len(order)

        def done(date: pd.Timestamp) -> Floats:
            wanted = share(date)
            # better villages are further on; the loop keeps the county total on the curve
            local = np.clip(wanted * (1 + 0.5 * (1 - wanted) * (0.5 - rank) * 2), 0, 1)
            for _ in range(8):
                error = wanted - (local * size)[among].sum() / size[among].sum()
                local = np.clip(local + error, 0, 1)
            whole = np.floor(np.cumsum(np.where(among, local * size, 0)) + 1e-6)
            return np.minimum(np.diff(whole, prepend=0), size)

        self.villages(item, dates, among, dept, numerator=done, denominator=lambda _: size)


def facts(story: Story, register: pd.DataFrame) -> pd.DataFrame:
    """Return the fact table of a county.

    Parameters
    ----------
    story
        The county.
    register
        The rows of the table `villages`, in village order.
    """
    built = _Facts(story, register)
    {"banan": _banan, "wanzhou": _wanzhou, "mouding": _mouding, "qijiang": _fuhuan, "baiyin": _baiyin}[
        story.setting.slug
    ](built)
    return built.frame()


def _steps(*steps: tuple[str, float]) -> Curve:
    """Return a value that changes on days."""
    return lambda date: max((value for day, value in steps if date >= pd.Timestamp(day)), default=0.0)


def _series(dates: pd.DatetimeIndex, values: Iterable[float]) -> Curve:
    table = dict(zip(dates, values, strict=True))
    return lambda date: table[date]


def _banan(f: _Facts) -> None:
    story, rural, months = f.story, f.story.rural, f.months
    key = (f.register["is_poverty_village"] | f.register["is_key_village"]).to_numpy()
    f.survey("policy_awareness", f.quarters, 0.82, 0.91, dept="区乡村振兴局")
    money = f.spread("tilt", 5, 60) * np.where(key, 3.2, 1.0)
    f.villages(
        "fund_tilt",
        f.quarters,
        None,
        "区财政局",
        numerator=lambda date: np.round(money * key * within_year(date), 2),
        denominator=lambda date: np.round(money * within_year(date), 2),
    )
    f.collective(24, months.union(months - pd.offsets.MonthEnd(12)))  # the year before too: its growth is measured
    # five of six kinds of risk are screened by autumn
    f.county("risk_types_screened", months, "区乡村振兴局", value=lambda date: float(date.month in (2, 3, 5, 7, 9)))
    for name, number in (("平原村", 22), ("滩子口村", 16), ("油房村", 9)):
        for at in story.find(name):
            code = f.codes[at]
            f.place(
                "courtyard_demo_households",
                "village",
                code,
                months,
                "区农业农村委",
                village_code=code,
                value=lambda date, n=number: float(round(n * within_year(date))),
            )
    sales = np.array([610, 690, 820, 900, 880, 1010, 960, 1040, 1490, 1250], dtype=float)
    f.county("consumption_assistance_sales", months, "区乡村振兴局", value=_series(months, sales))
    f.county("workshops_new", months, "区人力社保局", value=lambda date: float(date.month == 8))
    f.county("labour_brand", months[2:], "区人力社保局", value=lambda _: 1.0)
    f.county("public_post_subsidy", months, "区人力社保局", value=lambda date: 600.0 if date.month < 7 else 650.0)
    f.flags(
        "model_village",
        f.quarters,
        lambda date: _steps(("2023-06-01", 1), ("2023-09-01", 2))(date) / 6,
        story.chosen("model", 6, rural),
    )
    due = np.array([4, 6, 8, 10, 11, 13, 14, 16, 17, 18], dtype=float)
    done = np.array([4, 6, 8, 9, 11, 12, 13, 15, 15, 17], dtype=float)
    f.county(
        "rural_construction_on_time",
        months,
        "区农业农村委",
        numerator=_series(months, done),
        denominator=_series(months, due),
    )
    f.flags(
        "digital_governance",
        f.quarters,
        lambda date: _steps(("2023-03-01", 1), ("2023-06-01", 2), ("2023-09-01", 4))(date) / 5,
        story.chosen("digital", 5, rural),
    )
    f.flags("points_system", months, f.ramp(0.42, 0.735), rural, "区委组织部")
    f.flags("list_system", months, f.ramp(0.55, 0.872), rural, "区委组织部")
    f.flags(
        "courtyard_governance",
        f.quarters,
        lambda date: _steps(("2023-06-01", 1), ("2023-09-01", 3))(date) / 6,
        story.chosen("courtyards", 6, rural),
    )
    f.flags("civilised_village", f.quarters, f.ramp(0.585, 0.645), rural, "区委宣传部")
    f.county("project_library", months, "区乡村振兴局", value=f.from_month("2023-08-31"))
    weak = f.register["is_weak_org"].to_numpy()
    f.flags("weak_org_plan", months, lambda date: min(1.0, date.month / 4), weak, "区委组织部")


def _wanzhou(f: _Facts) -> None:
    story, rural, quarters = f.story, f.story.rural, f.quarters
    f.county(
        "double_10bn_output",
        quarters,
        "区农业农村委",
        value=lambda date: round(78000 * (1 + 0.05 * (date.quarter - 2)) * (1.12 if date.year == 2022 else 1)),
    )
    zones = (
        "农文旅融合发展示范带",
        "生猪种养循环示范带",
        "优质农产品供给示范带",
        "现代山地特色高效农业发展示范区",
        "城乡融合发展示范区",
    )
    for name, since in zip(zones, ("2021-09-30", "2021-12-31", "2022-09-30", "2099-01-01", "2099-01-01"), strict=True):
        f.place("spatial_unit", "site", name, quarters, "区农业农村委", value=f.from_month(since))
    f.flags("one_village_one_product", quarters, f.ramp(0.32, 0.66), story.chosen("ovop", 40, rural), "区农业农村委")
    size = np.round(f.spread("workshops", 1, 3.4))
    workshops = story.chosen("workshops", 90)
    f.villages(
        "workshops_count",
        quarters,
        workshops,
        "区人力社保局",
        value=lambda date: np.where(
            story.chosen("workshop.open", 0.8 * 90 + 2 * (date.year - 2021) * 90 * 0.1, workshops), size, 0.0
        ),
    )
    key = story.towns.sort_values(["remote", "code"], ascending=[False, True]).head(11).sort_values("code")
    for number, code in enumerate(key["code"]):
        f.place(
            "assistance_group",
            "township",
            code,
            quarters,
            "区委组织部",
            value=f.from_month("2021-06-30" if number < 7 else "2021-12-31"),
        )
    for number, name in enumerate(("重点乡镇帮扶专班", "重点村帮扶专班")):
        f.place(
            "assistance_task_force",
            "body",
            name,
            quarters,
            "区委组织部",
            value=f.from_month(("2021-06-30", "2021-09-30")[number]),
        )
    f.place("henghe_leading_group", "township", story.town("恒合"), quarters, "区委", value=f.from_month("2021-06-30"))
    f.flags("demo_village", quarters, f.ramp(0.1, 0.6), story.chosen("demo", 20, rural), "区农业农村委")
    f.flags("points_system", quarters, f.ramp(0.3, 0.68), rural, "区委组织部")
    f.flags("list_system", quarters, f.ramp(0.4, 0.81), rural, "区委组织部")
    f.collective(13, f.months, among=rural)


def _mouding(f: _Facts) -> None:
    story, rural, months, quarters = f.story, f.story.rural, f.months, f.quarters
    f.county("rural_income", quarters, "县统计局", value=_series(quarters, (3980, 7420, 11260, 12480)))
    entities = np.round(826 * _weights(f, "entities"))
    entities[0] += 826 - entities.sum()
    added = _integers(f, "entities.new", f.ramp(0, 262), months)
    f.flows("market_entities_net", added, None, "县市场监管局")
    stock = {date: entities + sum((added[d] for d in months if d <= date), np.zeros(story.n)) for date in months}
    f.villages("market_entities_total", months, None, "县市场监管局", value=lambda date: stock[date])
    f.county(
        "leading_enterprises", months, "县农业农村局", value=_series(months, (52, 52, 53, 54, 54, 55, 56, 57, 57, 58))
    )
    services = np.round(f.spread("services", 0, 2.6))
    f.villages(
        "service_entities",
        quarters,
        None,
        "县农业农村局",
        value=lambda date: np.where(story.chosen("services", 30 + 3 * date.month), services, 0.0),
    )
    _greenhouses(f)
    natural = f.register["natural_villages_n"].to_numpy(float)
    f.rate("sewage_rate", months, f.ramp(0.46, 0.805), natural, dept="县农业农村局")
    f.rate("garbage_rate", months, f.ramp(0.63, 0.902), natural, dept="县农业农村局")
    created = _integers(f, "beautiful", f.ramp(0, 588), months, natural)
    f.flows("beautiful_villages", created, None, "县农业农村局")
    total = {date: sum((created[d] for d in months if d <= date), np.zeros(story.n)) for date in months}
    f.villages(
        "beautiful_village_rate",
        months,
        None,
        "县农业农村局",
        numerator=lambda date: total[date],
        denominator=lambda _: natural,
    )
    commended = _integers(f, "commended", f.ramp(0, 128), months, natural)
    f.flows("commended_villages", commended, None, "县农业农村局")
    f.flags("village_plan", months, f.ramp(0.52, 0.884), rural, "县自然资源局")
    f.flags(
        "model_village",
        quarters,
        lambda date: _steps(("2023-03-01", 1), ("2023-06-01", 3), ("2023-09-01", 5))(date) / 9,
        story.chosen("model", 9, rural),
    )
    trunk = f.register["on_trunk_road"].to_numpy()
    f.flags("trunk_road_village", months, f.ramp(0.3, 0.79), trunk, "县交通运输局")
    f.rate(
        "roadside_flowers", months, f.ramp(0.25, 0.858), np.round(f.spread("flowers", 2, 9)), trunk, dept="县交通运输局"
    )
    f.flags("influencer_spot", quarters, f.ramp(0.2, 0.6), story.chosen("spots", 5, rural), "县文化旅游局")
    sites = story.chosen("sites", 12, by=0)
    f.rate(
        "settlement_facility",
        months,
        lambda date: 1.0 if date.month >= 7 else 0.93,
        np.full(story.n, 8.0),
        sites,
        dept="县搬迁安置办",
    )
    for at in story.find("平屯"):
        f.place(
            "building_head_rate",
            "village",
            f.codes[at],
            months,
            "县搬迁安置办",
            village_code=f.codes[at],
            numerator=lambda date: min(26.0, 21 + date.month // 2),
            denominator=lambda _: 26.0,
        )
    f.named(
        "red_property_org",
        quarters,
        ("茅阳", "兴和", "平屯", "金马", "清波邑"),
        _steps(("2023-03-01", 2), ("2023-06-01", 3), ("2023-09-01", 4)),
        "县委组织部",
    )
    schooling = {
        "preschool_enrol": (3310, (97.6, 97.9, 98.4, 98.4)),
        "primary_enrol": (9870, (100, 100, 100, 100)),
        "junior_enrol": (4420, (101.4, 101.4, 101.2, 101.2)),
        "senior_enrol": (4150, (95.2, 95.2, 95.9, 95.9)),
        "disabled_enrol": (96, (100, 100, 100, 100)),
        "primary_retention": (9870, (100, 100, 100, 100)),
        "junior_retention": (4420, (99.95, 99.93, 99.82, 99.82)),
        "nine_year_retention": (1480, (97.3, 97.3, 97.6, 97.6)),
        "senior_retention": (3970, (98.4, 98.2, 98.3, 98.3)),
    }
    for item, (size, percents) in schooling.items():
        f.county(
            item,
            quarters,
            "县教育体育局",
            numerator=_series(quarters, [round(size * p / 100) for p in percents]),
            denominator=lambda _, n=size: float(n),
        )
    f.county(
        "vocational_recruitment",
        months,
        "县教育体育局",
        value=lambda date: {8: 260.0, 9: 310.0, 10: 24.0}.get(date.month, 0.0),
    )
    paid = np.array([182, 341, 560, 752, 948, 1150, 1342, 1551, 1748, 1951], dtype=float)
    f.county(
        "inpatient_reimbursement",
        months,
        "县医保局",
        numerator=_series(months, np.round(paid * 0.706, 1)),
        denominator=_series(months, paid),
    )
    f.collective(19, months, 0.38)
    f.named("field_school", quarters, ("官河", "飒马场"), _steps(("2023-03-01", 1), ("2023-06-01", 2)), "县农业农村局")
    f.flags(
        "teaching_point",
        quarters,
        lambda date: _steps(("2023-03-01", 2), ("2023-06-01", 4), ("2023-09-01", 6))(date) / 8,
        story.chosen("points", 8, rural),
    )
    f.county("tasks_quantified", quarters, "县乡村振兴局", value=_series(quarters, (6, 8, 10, 10)))
    f.flags("workshops_count", quarters, f.ramp(0.6, 0.9), story.chosen("workshops", 18), "县人力社保局")
    f.heads("transfer_total", 88120, 0.6)
    f.heads("transfer_by_township_annex2", 88120, 0.6)
    f.heads("transfer_out_province", 20750, 1.0)
    f.heads("lifted_transfer", 5815, 0.6)
    f.heads("lifted_transfer_out", 1408, 1.0)
    f.heads("relocated_transfer", 1124, 0.5)


def _weights(f: _Facts, subject: str) -> Floats:
    weight = np.exp(0.5 * f.story.drive) * f.spread(subject, 0.5, 1.5)
    return np.asarray(weight / weight.sum())


def _integers(
    f: _Facts, subject: str, total: Curve, months: pd.DatetimeIndex, limit: Floats | None = None
) -> dict[pd.Timestamp, Floats]:
    """Split the monthly growth of a running total over the villages in whole numbers, at most `limit` in each."""
    weight = _weights(f, subject) if limit is None else _weights(f, subject) * limit
    weight = weight / weight.sum()
    before, result = np.zeros(f.story.n), {}
    for date in months:
        wanted = round(total(date))
        whole = np.floor(weight * wanted) if limit is None else np.minimum(np.floor(weight * wanted), limit)
        whole = np.maximum(whole, before)
        room = np.full(f.story.n, np.inf) if limit is None else limit - whole
        order = np.argsort(-np.where(room > 0, weight * wanted - whole, -np.inf), kind="stable")
        missing = int(max(0, wanted - whole.sum()))
        while missing:
            step = order[room[order] > 0][:missing]
            whole[step] += 1
            room[step] -= 1
            missing -= len(step)
        result[date] = whole - before
        before = whole
    return result


def _greenhouses(f: _Facts) -> None:
    """Greenhouses in the four townships of the plan, each on its own course towards 2000 mu."""
    courses = {"戌街": 1180, "安乐": 1520, "共和": 1860, "新桥": 1480}
    for name, area in courses.items():
        town = f.story.town(name)
        among = (f.story.villages["township"] == town).to_numpy() & f.story.rural
        weight = np.where(among, f.spread("greenhouse", 0.4, 1.6), 0)
        weight = weight / weight.sum()
        last = within_year(f.months[-1])
        before = 0.0
        shares = {}
        for date in f.months:
            shares[date] = np.round(area * (within_year(date) / last - before) * weight)
            before = within_year(date) / last
        f.flows("greenhouse_area", shares, among, "县农业农村局")


def _fuhuan(f: _Facts) -> None:
    story, quarters = f.story, f.quarters
    f.county(
        "rural_income_growth_gap",
        quarters,
        "镇农业服务中心",
        value=_series(quarters, (0.6, 0.8, 0.9, 1.1, 0.7, 0.4, -0.3, 0.5)),
    )
    f.county(
        "rural_economy_growth_gap",
        quarters,
        "镇经发办",
        value=_series(quarters, (0.2, 0.4, 0.5, 0.6, 0.3, 0.2, -0.2, -0.4)),
    )
    crops = {
        "radish_area": (("崇恩", 520), ("小卷洞", 480), ("盘石", 430), ("东升", 390), ("大石板", 330)),
        "pepper_area": (("崇恩", 46), ("小卷洞", 38), ("盘石", 34), ("东升", 30), ("大石板", 22)),
        "peanut_area": (("文峰", 118), ("松山", 104), ("安育", 92), ("大石板", 74)),
        "nursery_area": (("青岩", 142),),
        "rice_area": (("插旗", 205),),
        "fruit_area_chaqi": (("插旗", 132),),
        "qingyan_fruit_area": (("青岩", 60),),
        "qingyan_photinia_area": (("青岩", 250),),
    }
    for item, places in crops.items():
        ramp = f.ramp(0.15, 1.0)
        for name, area in places:
            code = f.codes[story.find(name)[0]]
            f.place(
                item,
                "village",
                code,
                quarters,
                "镇农业服务中心",
                village_code=code,
                value=lambda date, a=area, r=ramp: float(round(a * r(date))),
            )
    f.named("model_village", quarters, ("青岩",), lambda _: 0, "镇乡村振兴办")
    f.named("sightseeing_garden", quarters, ("青岩",), f.from_month("2022-09-30"), "镇乡村振兴办")
    f.named("livable_village", quarters, ("高滩",), lambda _: 0, "镇乡村振兴办")
    f.rate(
        "paved_natural_villages",
        quarters,
        f.ramp(0.78, 0.93),
        f.register["natural_villages_n"].to_numpy(float),
        dept="镇规建办",
    )
    f.flags("express_point", quarters, f.ramp(0.3, 0.8), dept="镇经发办")
    f.county(
        "destitute_support_ratio",
        quarters,
        "镇民政办",
        numerator=lambda date: 806.0 if date.year == 2021 else 884.0,
        denominator=lambda date: 620.0 if date.year == 2021 else 680.0,
    )
    for number, name in enumerate(("小卷洞", "青岩", "文峰")):
        code = f.codes[story.find(name)[0]]
        f.place(
            "land_needs_met",
            "project",
            f"YD{story.code}{number + 1:02d}",
            quarters,
            "镇规建办",
            village_code=code,
            numerator=lambda date, n=number: 12.0 + 4 * n if date.year == 2022 or n < 2 else 16.0,
            denominator=lambda _, n=number: 12.0 + 4 * n,
        )
    f.county("project_library", quarters, "镇乡村振兴办", value=f.from_month("2021-12-31"))
    f.collective(9, f.months)


def _baiyin(f: _Facts) -> None:
    story, rural, quarters = f.story, f.story.rural, f.quarters
    f.county(
        "lifted_income_growth_gap",
        quarters,
        "区乡村振兴局",
        value=_series(quarters, (1.2, 1.4, 1.1, 0.9, 0.8, 0.3, 0.6)),
    )
    f.county(
        "nine_year_retention",
        quarters,
        "区教育局",
        numerator=_series(quarters, (2386, 2386, 2391, 2391, 2391, 2398, 2398)),
        denominator=lambda _: 2410.0,
    )
    f.county(
        "preschool_enrol",
        quarters,
        "区教育局",
        numerator=lambda date: 6020.0 + 40 * (date.year - 2021),
        denominator=lambda _: 6350.0,
    )
    f.county(
        "senior_enrol",
        quarters,
        "区教育局",
        numerator=lambda date: 4730.0 + 35 * (date.year - 2021),
        denominator=lambda _: 4980.0,
    )
    f.flags(
        "one_village_one_product",
        quarters,
        lambda date: _steps(("2021-09-01", 1), ("2022-09-01", 2))(date) / 6,
        story.chosen("ovop", 6, rural),
        "区农业农村局",
    )
    for number, name in enumerate(("特色产品一", "特色产品二", "特色产品三", "特色产品四")):
        f.place(
            "ganwei_brand",
            "body",
            f"示例{name}",
            quarters,
            "区农业农村局",
            value=f.from_month(("2021-09-30", "2022-03-31", "2099-01-01", "2099-01-01")[number]),
        )
    f.county(
        "industry_benefit_multiple",
        quarters,
        "区统计局",
        numerator=_series(quarters, (1.06, 1.12, 1.17, 1.24, 1.31, 1.36, 1.42)),
        denominator=lambda _: 1.0,
    )
    f.collective(21, f.months, 0.6, rural)
    f.county("display_centre", quarters, "区商务局", value=f.from_month("2022-06-30"))
    categories = (
        "蔬菜",
        "林果",
        "核桃",
        "食醋",
        "长面",
        "肉羊",
        "生猪",
        "奶牛",
        "中药材",
        "食用菌",
        "休闲农业",
        "富硒产品",
        "花卉",
        "水产",
        "小杂粮",
    )
    for number, name in enumerate(categories):
        f.place(
            "industry_category",
            "body",
            name,
            quarters,
            "区农业农村局",
            value=f.from_month(f"{2021 + number // 8}-{(number % 8) + 4:02d}-01" if number < 12 else "2099-01-01"),
        )
    f.flags("workshops_count", quarters, f.ramp(0.5, 0.9), story.chosen("workshops", 14), "区人力社保局")
    for number, (name, village) in enumerate(
        (("水川康养小镇", "水川"), ("四龙休闲水乡小镇", "四龙"), ("银南高铁小镇", ""), ("黄河白银云客小镇", ""))
    ):
        town = story.town(village) if village else ""
        code = story.villages.loc[story.villages["township"] == town, "code"].iloc[0] if town else None
        f.place(
            "characteristic_town",
            "site",
            name,
            quarters,
            "区发改局",
            village_code=code,
            value=f.from_month(("2022-03-31", "2022-12-31", "2099-01-01", "2099-01-01")[number]),
        )
    for number, name in enumerate(("水川", "四龙", "强湾")):
        f.place(
            "leisure_township",
            "township",
            story.town(name),
            quarters,
            "区文旅局",
            value=f.from_month(("2021-12-31", "2022-06-30", "2099-01-01")[number]),
        )
    inns = np.round(f.spread("inns", 0.6, 4.4))
    river = (
        story.villages["township"].isin([story.town("水川"), story.town("四龙"), story.town("强湾")]).to_numpy() & rural
    )
    f.villages("homestays", quarters, river, "区文旅局", value=lambda date: np.round(inns * f.ramp(0.15, 0.72)(date)))
    f.flags("upgraded_village", quarters, f.ramp(0.1, 0.5), story.chosen("upgraded", 10, rural), "区农业农村局")
    f.county(
        "cloud_platform_products",
        f.months,
        "区商务局",
        value=lambda date: float(36 + 4 * ((date.year - 2021) * 12 + date.month - 4)),
    )
    f.survey("satisfaction", quarters, 0.9, 0.945, dept="区乡村振兴局")
    for number, at in enumerate(np.flatnonzero(rural)[[2, 9, 17, 30]]):
        f.place(
            "work_relief_placed",
            "project",
            f"GZ{story.code}{number + 1:02d}",
            quarters,
            "区发改局",
            village_code=f.codes[at],
            numerator=lambda date, n=number: round((90 + 30 * n) * (0.55 + 0.45 * within_year(date) if n else 1.0), 1),
            denominator=lambda _, n=number: 90.0 + 30 * n,
        )
        f.place(
            "land_needs_met",
            "project",
            f"YD{story.code}{number + 1:02d}",
            quarters,
            "区自然资源局",
            village_code=f.codes[at],
            numerator=lambda _, n=number: 10.0 + 6 * n,
            denominator=lambda _, n=number: 10.0 + 6 * n,
        )
    f.rate(
        "teacher_subsidy", quarters, f.ramp(0.985, 1.0), np.round(f.spread("teachers", 3, 18)), rural, dept="区教育局"
    )
    f.rate(
        "agri_insurance",
        quarters,
        f.ramp(0.62, 0.81),
        f.register["rural_hh_n"].to_numpy(float),
        rural,
        dept="区农业农村局",
    )
    f.county(
        "destitute_support_ratio",
        quarters,
        "区民政局",
        numerator=lambda date: 640.0 if date.year == 2021 else 702.0,
        denominator=lambda date: 492.0 if date.year == 2021 else 532.0,
    )
