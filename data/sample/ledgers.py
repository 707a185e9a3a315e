"""Projects, funds and assets: the ledgers of the project owners, the finance office and the village collectives.

Linkage funds are booked per township, so that townships can be ranked; the county figure is their sum. What the county
keeps itself (land revenue, integrated funds, leader training) has county rows only, so nothing is counted twice.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.sample.people import Texts
from data.sample.story import YEAR, Bools, Floats, Story, within_year

KINDS = (
    "industry",
    "infrastructure",
    "water",
    "farmland",
    "courtyard",
    "housing",
    "governance",
    "training",
    "employment",
    "greenhouse",
)
KIND_SHARES = (0.3, 0.24, 0.09, 0.07, 0.09, 0.04, 0.05, 0.04, 0.04, 0.04)
KIND_NAMES = {
    "industry": ("特色种植基地", "农产品加工", "冷链仓储", "生态养殖"),
    "infrastructure": ("产业道路硬化", "入户路建设", "生产便桥", "太阳能路灯"),
    "water": ("人饮管网改造", "蓄水池整治"),
    "farmland": ("高标准农田建设",),
    "courtyard": ("庭院经济",),
    "housing": ("农房抗震改造",),
    "governance": ("乡村治理数字化",),
    "training": ("实用技术培训",),
    "employment": ("帮扶车间", "公益岗位"),
    "greenhouse": ("设施大棚",),
}
LINKED = ("industry", "courtyard", "greenhouse", "farmland")

# Spending of received linkage funds in percent by month. Banan in 2023 reaches the milestone of April, misses that of
# June narrowly and that of September clearly, and is still short of it in October.
SPENT = {
    "central": (2.9, 7.2, 16.4, 31.2, 38.7, 48.6, 52.9, 57.6, 63.4, 72.8, 85.0, 96.5),
    "provincial": (3.6, 8.4, 18.9, 34.0, 42.5, 53.8, 58.6, 64.9, 71.6, 80.4, 90.2, 97.8),
    "county": (5.2, 11.0, 22.0, 36.5, 46.0, 57.5, 63.0, 69.5, 77.0, 84.6, 92.0, 99.0),
}
NATIONAL = (4.8, 10.1, 20.6, 33.8, 42.9, 54.6, 60.7, 66.5, 71.2, 76.3, 84.7, 93.9)
TITLE_LAG = {"wanzhou": -0.5, "baiyin": -0.3}  # registering titles began late there

RECEIVED: Mapping[str, tuple[float, float, float]] = {  # 万元 a year: central, provincial, county
    "banan": (4620, 3150, 1480),
    "wanzhou": (21800, 12600, 5200),
    "mouding": (7900, 4300, 900),
    "qijiang": (640, 410, 150),
    "baiyin": (2350, 1480, 960),
}


def projects(story: Story) -> pd.DataFrame:
    """Return project snapshots: monthly in one-year samples, else quarterly."""
    setting, rng = story.setting, story.rng("projects")
    months = setting.months
    dates = months if len(months) <= 12 else months[(months.month % 3 == 0)]
    table = _project_list(story, rng)
    first, halt = setting.start, _halt(story)
    parts = []
    for date in dates:
        now = (date - first).days / 365.25
        running = np.where(table["halted"], min(now, halt), now)  # a halted project stays as it was
        progress = np.clip((running - table["begin"]) / table["length"], 0, 1)
        status = np.select(
            [
                now < table["begin"] - 0.15,
                progress <= 0,
                progress < 1,
                progress * 0 + now < table["begin"] + table["length"] + 0.12,
            ],
            ["reserve", "approved", "started", "finished"],
            "accepted",
        ).astype(object)
        status = np.where(table["reserve"], "reserve", status)
        status = np.where(table["halted"] & (now >= halt), "suspended", status)
        open_or_done = np.isin(status, ["started", "finished", "accepted", "suspended"])
        paid = np.round(np.where(open_or_done, table["invest"] * progress * table["pays"], 0.0), 2)
        due = np.round(paid * 0.16 * table["relief"], 2)
        short = table["short"] & (date.month >= 6)
        parts.append(
            pd.DataFrame(
                {
                    "as_of": date,
                    **{
                        name: table[name]
                        for name in (
                            "project_id",
                            "name",
                            "village_code",
                            "plan_year",
                            "kind",
                            "operating",
                            "invest",
                            "fiscal",
                        )
                    },
                    "status": status,
                    "paid": paid,
                    "benefit_link": _linked(table, status),
                    "benefit_year": np.where(table["operating"], np.round(table["fiscal"] * table["yield"], 2), 0.0),
                    "govt_invested": table["govt"],
                    "relief_eligible": table["relief"],
                    "relief_included": table["relief"] & ((date.month >= 4) | ~table["unlinked"]),
                    "wages_due": due,
                    "wages_paid": np.round(due * np.where(short, 0.9, 1.0), 2),
                    "wages_late": np.round(due * np.where(short, 0.1, 0.0), 2),
                    "area_mu": table["area"],
                    "people_n": table["people"],
                    "key_listed": table["listed_on"].notna() & (table["listed_on"] <= date),
                    "invest_source": table["source"],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _linked(table: pd.DataFrame, status: Texts) -> Bools:
    """Tell where a benefit link exists: what has none is not begun yet, or farmland."""
    linked = table["kind"].isin(LINKED) & ~table["unlinked"]
    begun = np.isin(status, ["started", "finished", "accepted", "suspended"]) & (table["kind"] != "farmland")
    return np.asarray(linked | (table["operating"] & begun))


def _halt(story: Story) -> float:
    """Return when a project is suspended, in years from the plan's start: some months before the sample ends."""
    return (story.setting.end - story.setting.start).days / 365.25 - 0.3


def _project_list(story: Story, rng: np.random.Generator) -> pd.DataFrame:
    """List what does not change of each project; begin and length in years from the plan's start."""
    count = max(14, round(0.55 * story.n))
    rural = np.flatnonzero(story.rural)
    at = np.sort(rng.choice(rural, count, replace=count > len(rural)))
    years = story.setting.end.year - story.setting.start.year + 1
    year = rng.integers(0, years, count)
    drive = story.drive[at]
    kind = rng.choice(np.array(KINDS, dtype=object), count, p=KIND_SHARES)
    if story.setting.slug == "mouding":
        kind = np.where(kind == "water", "infrastructure", kind)
    if story.setting.slug == "qijiang":
        kind = np.where(kind == "farmland", "infrastructure", kind)
    invest = np.round(np.exp(rng.normal(4.4, 0.6, count)), 0)
    table = pd.DataFrame(
        {
            "at": at,
            "name": [
                f"{story.villages['name'].iloc[v]}{KIND_NAMES[k][(i + v) % len(KIND_NAMES[k])]}项目"
                for i, (v, k) in enumerate(zip(at, kind, strict=True))
            ],
            "plan_year": story.setting.start.year + year,
            "kind": kind,
            "invest": invest,
            "fiscal": np.round(invest * rng.uniform(0.55, 0.95, count), 1),
            "begin": year + np.clip(rng.uniform(0.1, 0.55, count) - 0.08 * drive, 0.06, 0.8),
            "length": np.clip(rng.uniform(0.3, 0.6, count) - 0.06 * drive, 0.2, 0.8),
            "pays": rng.uniform(0.88, 0.99, count),
            "yield": rng.uniform(0.055, 0.083, count),
            "unlinked": rng.random(count) < 0.05,
            "govt": rng.random(count) < 0.85,
            "area": np.where(
                np.isin(kind, ["farmland", "greenhouse", "industry"]), rng.integers(20, 400, count), np.nan
            ),
            "people": rng.integers(40, 900, count),
            "source": rng.choice(
                np.array(["fiscal", "mixed", "east_west", "private"], dtype=object), count, p=[0.7, 0.16, 0.1, 0.04]
            ),
            "reserve": rng.random(count) < 0.07,
        }
    )
    table["listed_on"] = pd.Series(pd.NaT, index=table.index, dtype="datetime64[ns]")
    named = _named_projects(story)
    table = pd.concat([table, named], ignore_index=True) if len(named) else table
    count = len(table)
    table["village_code"] = story.villages["code"].to_numpy()[table["at"].to_numpy(int)]
    table["project_id"] = [f"X{story.code}{number:04d}" for number in range(1, count + 1)]
    table["operating"] = table["kind"].isin(["industry", "greenhouse", "courtyard"])
    table["relief"] = (
        table["govt"].astype(bool) & table["kind"].isin(["infrastructure", "farmland"]) & (table["invest"] % 5 < 3)
    )
    behind = (story.villages["character"] == "behind").to_numpy()[table["at"].to_numpy(int)]
    under_way = ((_halt(story) - table["begin"]) / table["length"]).between(0.15, 0.85) & ~table["reserve"].astype(bool)
    candidates = table.index[under_way & (table["kind"] != "water")]
    table["halted"] = table.index == min(candidates, key=lambda at: (not behind[at], at))
    table["short"] = table.index == table.index[table["relief"]][2 if story.setting.slug == "baiyin" else 0]
    table[["unlinked", "govt", "reserve"]] = table[["unlinked", "govt", "reserve"]].astype(bool)
    return table


def _named_projects(story: Story) -> pd.DataFrame:
    """List projects at places the plans name: village, name, kind, invest, people, begin, length, key-listed on."""
    named: dict[str, list[tuple[str, str, str, float, int, float, float, str | None]]] = {
        "banan": [
            ("姜家", "姜家“食黑”产业项目", "industry", 860, 1200, 0.2, 0.9, "2023-05-31"),
            ("平原村", "和美乡村庭院经济项目", "courtyard", 320, 640, 0.3, 0.6, "2023-08-31"),
            ("油房村", "数字育苗中心项目", "industry", 540, 300, 0.5, 0.9, None),
            ("滩子口", "耘间乡村治理数字平台项目", "governance", 180, 900, 0.4, 0.8, None),
        ],
        "mouding": [
            ("官河", "官河村供水保障项目", "water", 258, 2900, 0.15, 0.5, None),
            ("飒马场", "飒马场村饮水安全专项项目", "water", 212, 860, 0.25, 0.75, None),
            ("平屯", "绿色食品加工园项目", "industry", 12600, 2100, 0.3, 1.6, None),
        ],
        "qijiang": [
            ("小卷洞", "小卷洞村高标准农田项目", "farmland", 460, 820, 0.4, 0.7, None),
            ("岚垭", "岚垭村高标准农田项目", "farmland", 390, 610, 0.7, 0.8, None),
            ("大石板", "大石板村高标准农田项目", "farmland", 270, 540, 1.2, 0.9, None),
        ],
    }
    columns = ["at", "name", "kind", "invest", "people", "begin", "length", "listed_on"]
    table = pd.DataFrame(named.get(story.setting.slug, []), columns=columns)
    table["at"] = story.find(*table["at"])
    return table.assign(
        plan_year=story.setting.start.year + table["begin"].astype(int),
        fiscal=(table["invest"] * 0.7).round(1),
        listed_on=pd.to_datetime(table["listed_on"]),
        unlinked=False,
        govt=True,
        reserve=False,
        source="fiscal",
        **{"yield": 0.07, "pays": 0.99, "area": np.nan},
    )


def funds(story: Story) -> pd.DataFrame:
    """Return the monthly funds table, amounts of the year so far."""
    setting, towns = story.setting, story.towns
    weight = towns["n"].to_numpy() * (0.5 + 1.2 * towns["remote"].to_numpy())
    weight = weight / weight.sum()
    pace = 1 + 0.12 * towns["drive"].to_numpy()
    pace = pace / (pace * weight).sum()
    late = (towns["character"] == "late").to_numpy()
    parts = []
    for date in setting.months:
        growth = 1.05 ** (date.year - setting.start.year)
        for tier, total in zip(SPENT, RECEIVED[setting.slug], strict=True):
            batch = 0.72 if date.month < 5 else 1.0  # the second batch arrives in May
            received = np.round(total * growth * batch * weight, 2)
            spent = received * _balanced(SPENT[tier][date.month - 1] / 100, pace, weight)
            industry = 0.623 if tier == "central" else 0.545
            part = pd.DataFrame(
                {
                    "geo_code": towns["code"],
                    "as_of": date,
                    "year": date.year,
                    "tier": tier,
                    "fund": "linkage",
                    "received": received,
                    "spent": np.round(spent, 2),
                    "industry": np.round(received * industry, 2),
                    "employment": np.round(received * 0.07, 2),
                    "national_avg": NATIONAL[date.month - 1],
                }
            )
            parts.append(part[~(late & (date.month == 2))])
        parts.append(_county_funds(story, date, growth))
    return pd.concat(parts, ignore_index=True)


def _balanced(share: float, pace: Floats, weight: Floats) -> Floats:
    """Shares of the townships in proportion to their pace, none above 1, whose weighted mean is `share`."""
    local = np.minimum(share * pace, 1.0)
    for _ in range(20):
        local = np.minimum(local * share / (local * weight).sum(), 1.0)
    return local


def _county_funds(story: Story, date: pd.Timestamp, growth: float) -> pd.DataFrame:
    done = YEAR[date.month - 1]
    total = sum(RECEIVED[story.setting.slug])
    rural = 0.41 if story.setting.slug != "baiyin" else 0.16 + 0.055 * (date.year - 2021)
    land = total * 2.2 * growth * done
    rows = [
        ("county", "land_revenue", land, land * 0.7, land * rural),
        ("all", "integrated", total * 0.8 * growth, total * 0.8 * growth * done * 0.93, np.nan),
        ("county", "leader_training", 88.0 if date.month >= 3 else 40.0, 82.0 * done, np.nan),
    ]
    frame = pd.DataFrame(rows, columns=["tier", "fund", "received", "spent", "rural_use"]).round(2)
    return frame.assign(geo_code=story.setting.top, as_of=date, year=date.year, national_avg=NATIONAL[date.month - 1])


def assets(story: Story) -> pd.DataFrame:
    """Return asset snapshots: quarterly in one-year samples, else half-yearly; three assets a village."""
    setting, rng = story.setting, story.rng("assets")
    snapshots = setting.snapshots
    dates = snapshots[(snapshots.month % 3 == 0) | (snapshots == snapshots[-1])] if len(snapshots) > 6 else snapshots
    count = 3 * story.n
    at = np.repeat(np.arange(story.n), 3)
    kind = np.where(
        np.tile(np.arange(3), story.n) == 0, "operating", np.where(rng.random(count) < 0.6, "public", "household")
    ).astype(object)
    original = np.round(np.exp(rng.normal(3.4, 0.7, count)), 1)
    due = np.where(kind == "operating", np.round(original * rng.uniform(0.03, 0.07, count), 2), 0.0)
    u = {name: rng.random(count) for name in ("registered", "title", "manager", "custodian", "paid", "late")}
    drive = story.drive[at]
    idle = int(np.flatnonzero((kind == "operating") & (story.villages["character"] == "behind").to_numpy()[at])[0])
    lost = int(np.flatnonzero(kind == "public")[7 if count > 60 else 2])
    base = 0.9 if len(setting.months) <= 12 else 0.42
    parts = []
    for date in dates:
        time = (date.year - setting.start.year) + within_year(date) if date >= setting.start else 0.0
        grown = base + (0.96 - base) * min(1.0, 0.42 * time)
        done = {
            name: u[name] < grown + shift + 0.06 * drive
            for name, shift in (
                ("registered", 0.06),
                ("title", TITLE_LAG.get(setting.slug, -0.1)),
                ("manager", 0.02),
                ("custodian", -0.03),
            )
        }
        season = YEAR[date.month - 1]
        payable = np.round(due * season, 2)
        paid = np.where(u["paid"] < 0.022 * story.risk[at], np.round(payable * 0.4, 2), payable)
        status = np.full(count, "normal", dtype=object)
        status[idle] = "idle"
        if setting.slug == "baiyin" and date.year == 2021:
            status[lost] = "lost"
        parts.append(
            pd.DataFrame(
                {
                    "as_of": date,
                    "asset_id": [
                        f"Z{code}{number}"
                        for code, number in zip(
                            story.villages["code"].to_numpy()[at], np.tile([1, 2, 3], story.n), strict=True
                        )
                    ],
                    "village_code": story.villages["code"].to_numpy()[at],
                    "kind": kind,
                    "original": original,
                    "registered": done["registered"],
                    "title_ok": done["title"],
                    "manager_ok": done["manager"],
                    "custodian_ok": done["custodian"],
                    "revenue": np.where(status == "idle", 0.0, np.round(due * 1.6 * season, 2)),
                    "dividend_due": np.where(status == "idle", 0.0, payable),
                    "dividend_paid": np.where(status == "idle", 0.0, paid),
                    "dividend_late": np.where(status == "idle", 0.0, np.round(payable - paid, 2)),
                    "benefit_link": (kind == "operating") & (status != "idle"),
                    "status": status,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
