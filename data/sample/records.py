"""Lists that people keep: problems found, work done for the plan's tasks, and who is posted to the villages."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.sample.story import Bools, Story, within_year

PROBLEMS = {
    "education": ("适龄儿童劝返复学未完成", "跨省就读学籍信息未核清"),
    "medical": ("慢病签约服务记录不全", "脱贫人口未及时参保"),
    "housing": ("屋面渗漏需修缮", "墙体裂缝待鉴定"),
    "water": ("枯水期水源不足", "末端管网水压不够"),
    "monitoring": ("监测信息更新滞后", "风险消除依据不充分"),
    "income": ("务工收入核实不准", "产业奖补申报滞后"),
    "benefit_link": ("联农带农协议未兑现", "分红公示不规范"),
    "risk": ("农产品滞销风险", "小额信贷临近到期"),
    "inspection": ("督查反馈问题整改", "台账与系统不一致"),
    "clue": ("群众反映低保申请", "来电反映道路损毁"),
    "asset": ("资产管护责任未落实", "租金收取不及时"),
    "governance": ("积分兑换不及时", "村务公开更新慢"),
}
OWNERS = ("村党支部书记岗", "驻村第一书记岗", "镇街乡村振兴办负责人岗", "镇街分管领导岗")
MEASURES = ("入户核实并限期整改", "协调部门现场办理", "纳入月调度跟踪", "明确责任岗位和时限")


def issues(story: Story) -> pd.DataFrame:
    """Return the problem list.

    Nearly all are closed in time. On the last day two problems of the guarantees and one clue are overdue; one of them
    is the unfinished return of a pupil to school.
    """
    setting, rng = story.setting, story.rng("issues")
    count = max(24, round(0.55 * story.n * len(setting.months) / 10))
    weight = story.risk / story.risk.sum()
    at = rng.choice(story.n, count, p=weight)
    span = (setting.end - setting.start).days
    found = setting.start + pd.to_timedelta(np.sort(rng.integers(5, span, count)), unit="D")
    domains = np.array(list(PROBLEMS), dtype=object)
    domain = rng.choice(domains, count)
    allowed = np.where(domain == "water", 45, np.where(domain == "education", 20, 30))
    due = found + pd.to_timedelta(allowed, unit="D")
    took = allowed * rng.uniform(0.25, 0.98, count)
    took = np.where(rng.random(count) < 0.05 * story.risk[at], allowed + rng.integers(3, 20, count), took)
    closed = pd.Series(found + pd.to_timedelta(np.round(took), unit="D"))
    # what was late is closed by the end, and the newest are still open
    last = pd.Series(setting.end - pd.Timedelta(days=2), index=closed.index)
    closed = closed.where(closed <= setting.end, last.where(pd.Series(due <= setting.end)))
    table = pd.DataFrame(
        {
            "village_code": story.villages["code"].to_numpy()[at],
            "geo_code": story.villages["township"].to_numpy()[at],
            "domain": domain,
            "severity": "normal",
            "missed_assessment": False,
            "found_on": found,
            "due_on": due,
            "closed_on": pd.to_datetime(closed.to_numpy()),
            "owner": rng.choice(np.array(OWNERS, dtype=object), count),
            "problem": [PROBLEMS[d][i % 2] for i, d in enumerate(domain)],
            "measure": rng.choice(np.array(MEASURES, dtype=object), count),
        }
    )
    incomplete = rng.random(count) < 0.035
    table.loc[incomplete, "owner"] = None
    behind = np.flatnonzero((story.villages["character"] == "behind").to_numpy())
    for number, (kind, days, problem) in enumerate(_overdue(story)):
        village = story.villages.iloc[behind[(number * 3) % len(behind)]]
        day = setting.end - pd.Timedelta(days=days)
        table.loc[len(table)] = {
            "village_code": village["code"], "geo_code": village["township"], "domain": kind, "severity": "normal",
            "missed_assessment": False, "found_on": day, "due_on": day + pd.Timedelta(days=30), "closed_on": pd.NaT,
            "owner": OWNERS[number % 4], "problem": problem, "measure": MEASURES[number % 4],
        }  # fmt: skip
    table = table.sort_values(["found_on", "village_code", "domain"], kind="stable", ignore_index=True)
    return table.assign(issue_id=[f"W{story.code}{number:05d}" for number in range(1, len(table) + 1)])


def _overdue(story: Story) -> list[tuple[str, int, str]]:
    """Problems overdue on the last day: domain, days since they were found, text."""
    if story.setting.slug in ("qijiang", "baiyin"):
        return [("clue", 50, "群众反映道路损毁尚未修复")]
    return [
        ("education", 75, "适龄儿童劝返复学未完成"),
        ("housing", 62, "墙体裂缝鉴定后未完成修缮"),
        ("clue", 48, "群众反映饮水管网漏损尚未办结"),
    ]


@dataclass(frozen=True)
class _Series:
    """Work that comes back: every county or village does it in each period.

    `missed` is the share of villages' periods not done in time, or, for county series, the list of missed periods.
    Where the plan gives dates (`due`), work falls due on them only; else by `due_day` or the end of each period.
    """

    task: str
    kind: str
    every: str  # M, Q, H, S (semester)
    level: str = "county"
    missed: float = 0.0
    skips: tuple[str, ...] = ()
    due_day: int | None = None
    due: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Once:
    """Work each village (or township) does once: done by a growing share of them."""

    task: str
    kind: str
    first: float  # share done at the start
    last: float  # share done at the end of the sample
    level: str = "village"
    only: str = ""  # a mark of the village register: only these villages


SERIES: dict[str, tuple[_Series, ...]] = {
    "banan": (
        _Series("half_year_screening", "screening", "H", "village", 0.009),
        _Series("dropout_screening", "check", "S", "village"),
        _Series("guarantee_monthly_check", "check", "M", "village", 0.0045),
        _Series("insurance_monthly_check", "check", "M"),
        _Series("taskforce_dispatch", "dispatch", "M"),
        _Series("benefit_link_dispatch", "dispatch", "M", skips=("2023-02",)),
        _Series("work_relief_dispatch", "dispatch", "M"),
        _Series("asset_monthly_dispatch", "dispatch", "M"),
        _Series("project_monthly_notice", "notice", "M"),
        _Series("income_monthly_check", "check", "M"),
        _Series("quarterly_theme_meeting", "meeting", "Q"),
        _Series("quarterly_task_list", "document", "Q"),
    ),
    "wanzhou": (
        _Series("dynamic_monitoring", "screening", "H", "village", 0.02),
        _Series("job_three_tier", "dispatch", "Q"),
    ),
    "mouding": (
        _Series("quarterly_report", "report", "Q", due=("2023-06-30", "2023-09-30", "2023-12-30")),
        _Series("monthly_report", "report", "M", due_day=25, skips=("2023-04",)),
    ),
    "qijiang": (_Series("stage_goal_2025", "document", "H"),),
    "baiyin": (_Series("monthly_report", "report", "M", due_day=20, skips=("2021-10", "2022-02")),),
}
ONCE: dict[str, tuple[_Once, ...]] = {
    "banan": (
        _Once("village_cleaning", "campaign", 0.3, 0.94),
        _Once("five_clean_one_activity", "campaign", 0.2, 0.86),
        _Once("thousand_villages", "campaign", 0.05, 0.66),
        _Once("contiguous_improvement", "campaign", 0.0, 0.48),
        _Once("unannounced_inspection", "inspection", 0.0, 0.75, "township"),
        _Once("courtyard_demo", "pilot", 0.0, 0.3, "township"),
    ),
    "wanzhou": (
        _Once("asset_owner", "register", 0.1, 0.55),
        _Once("key_town_groups", "visit", 0.1, 0.6, "township"),
    ),
    "mouding": (
        _Once("tech_to_villages", "training", 0.1, 0.86, only="is_poverty_village"),
        _Once("toilet_lookback", "lookback", 0.1, 0.88),
        _Once("sewage_lookback", "lookback", 0.05, 0.76),
        _Once("garbage_lookback", "lookback", 0.2, 0.92),
    ),
    "qijiang": (_Once("collective_training", "training", 0.1, 0.8),),
    "baiyin": tuple(
        _Once(task, "campaign", first, last)
        for task, first, last in (
            ("rev_toilet", 0.3, 0.9),
            ("rev_garbage", 0.4, 0.95),
            ("rev_style", 0.2, 0.8),
            ("act_sewage", 0.05, 0.5),
            ("act_film", 0.2, 0.85),
            ("act_planning", 0.1, 0.7),
            ("act_roads", 0.2, 0.75),
            ("act_facilities", 0.1, 0.65),
            ("act_waste", 0.2, 0.7),
        )
    ),
}


PLAN_END = {
    "banan": "2023-12-31",
    "wanzhou": "2025-12-31",
    "mouding": "2023-12-31",
    "qijiang": "2025-12-31",
    "baiyin": "2024-12-31",
}


def actions(story: Story, register: pd.DataFrame) -> pd.DataFrame:
    """Return the record of work for the plan's tasks."""
    parts = [_series(story, series) for series in SERIES[story.setting.slug]]
    parts += [_once(story, once, register) for once in ONCE[story.setting.slug]]
    table = pd.concat(parts, ignore_index=True)
    table["status"] = np.where(
        table["done_on"].notna(), "done", np.where(table["due_on"] <= story.setting.end, "overdue", "doing")
    )
    done = table["status"] == "done"
    proof = story.rng("evidence").random(len(table)) >= 0.012
    kinds = {
        "check": "排查台账",
        "screening": "排查台账",
        "dispatch": "调度纪要",
        "meeting": "会议纪要",
        "report": "报告存档",
    }
    table["evidence"] = table["kind"].map(kinds).fillna("影像和工作记录").where(done & proof, None)
    table["target_n"] = np.where(table["kind"] == "training", 30, 1)
    table["done_n"] = np.where(done, np.where(table["kind"] == "training", 24 + table.index % 7, 1), 0)
    table["action_id"] = [f"G{story.code}{number:06d}" for number in range(1, len(table) + 1)]
    return table


def _periods(story: Story, every: str) -> list[tuple[str, pd.Timestamp, pd.Timestamp]]:
    """Periods begun by the end of the sample: label, first and last day."""
    setting, found = story.setting, []
    day = setting.start.replace(day=1)
    months = {"M": 1, "Q": 3, "H": 6, "S": 6}[every]
    while day <= setting.end:
        first = day.replace(month=(day.month - 1) // months * months + 1)
        last = first + pd.offsets.MonthEnd(months)
        if every == "S":  # the spring term is checked by mid July
            last = pd.Timestamp(f"{day.year}-07-15") if first.month == 1 else pd.Timestamp(f"{day.year}-12-31")
        number = (first.month - 1) // months + 1
        label = f"{day.year}-{first.month:02d}" if every == "M" else f"{day.year}-{every}{number}"
        found.append((label, max(first, setting.start), last))
        day = first + pd.offsets.MonthBegin(months)
    return found


def _series(story: Story, series: _Series) -> pd.DataFrame:
    rng = story.rng(f"actions.{series.task}")
    villages = story.villages if series.level == "village" else story.villages.head(1)
    parts = []
    for label, first, last in _periods(story, series.every):
        given = [day for day in map(pd.Timestamp, series.due) if first <= day <= last]
        if series.due and not given:
            continue
        due = given[0] if given else last.replace(day=series.due_day) if series.due_day else last
        count = len(villages)
        # in a period still running only some have done it already
        running = min(1.0, (story.setting.end - first).days / max(1, (due - first).days))
        span = max(3, (due - first).days - 3)
        when = np.clip(rng.normal(0.72, 0.14, count) * span, 2, span)
        late = rng.random(count) < series.missed * (story.risk if series.level == "village" else 1.0)
        done = pd.Series(first + pd.to_timedelta(np.round(when), unit="D"))
        kept = ~late & (label not in series.skips)
        done = done.where(kept & (done <= story.setting.end) if running < 1 else kept)
        parts.append(
            pd.DataFrame(
                {
                    "task_id": series.task,
                    "geo_level": series.level,
                    "geo_code": villages["code"].to_numpy() if series.level == "village" else story.setting.top,
                    "village_code": villages["code"].to_numpy() if series.level == "village" else None,
                    "kind": series.kind,
                    "period": label,
                    "due_on": due,
                    "done_on": done.to_numpy(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _once(story: Story, once: _Once, register: pd.DataFrame) -> pd.DataFrame:
    setting, rng = story.setting, story.rng(f"actions.{once.task}")
    places = story.villages if once.level == "village" else story.towns
    among: Bools = register[once.only].to_numpy() if once.only else np.ones(len(places), dtype=bool)
    drive = places["drive"].to_numpy()
    order = np.argsort(-np.where(among, drive + rng.normal(0, 0.5, len(places)), -np.inf), kind="stable")
    rank = np.empty(len(places))
    rank[order] = (np.arange(len(places)) + 0.5) / among.sum()
    last = setting.end.year - setting.start.year + within_year(setting.end)
    time = np.clip((rank - once.first) / (once.last - once.first), 0.02, None) * last
    days = pd.date_range(setting.start, setting.end)
    pace = np.array([(d.year - setting.start.year) + _so_far(d) for d in days])
    at = np.searchsorted(pace, time)
    done = pd.Series(days.to_numpy()[np.minimum(at, len(days) - 1)]).where((rank <= once.last) & (at < len(days)))
    code = places["code"].to_numpy()
    due = pd.Timestamp(PLAN_END[setting.slug])
    table = pd.DataFrame(
        {
            "task_id": once.task,
            "geo_level": once.level,
            "geo_code": code,
            "village_code": code if once.level == "village" else None,
            "kind": once.kind,
            "period": [str(d.year) if pd.notna(d) else str(setting.end.year) for d in done],
            "due_on": due,
            "done_on": done.to_numpy(),
        }
    )
    return table[among]


def _so_far(day: pd.Timestamp) -> float:
    """Share of the year's work by a day, between the month ends."""
    before = within_year(day - pd.offsets.MonthEnd(1)) if day.month > 1 else 0.0
    return before + (within_year(day) - before) * day.day / day.days_in_month


def staff(story: Story, register: pd.DataFrame) -> pd.DataFrame:
    """Return the monthly staff table: who is posted to which village, with days and visits."""
    setting, rng = story.setting, story.rng("staff")
    poor = register["is_poverty_village"].to_numpy() | register["is_key_village"].to_numpy()
    tasked = poor | register["is_weak_org"].to_numpy() | register["is_heavy_task"].to_numpy()
    posts = [("first_secretary", tasked), ("team_member", tasked), ("instructor", poor)]
    if setting.slug == "mouding":
        posts.append(("expert", np.ones(story.n, dtype=bool)))
    heads = story.villages.index.isin(story.villages.groupby("township").head(1).index)
    posts.append(("official", heads))
    role = np.concatenate([np.full(int(where.sum()), name, dtype=object) for name, where in posts])
    at = np.concatenate([np.flatnonzero(where) for _, where in posts])
    count = len(at)
    codes = story.villages["code"].to_numpy()[at]
    number = [f"R{code}{str(post)[0].upper()}" for code, post in zip(codes, role, strict=True)]
    diligence = 0.05 * story.drive[at] + rng.normal(0, 0.03, count)
    trained_on, theme_on = rng.random(count), rng.random(count)
    resident, expert = np.isin(role, ["first_secretary", "team_member"]), role == "expert"
    vacant = resident & (rng.random(count) < 0.01 * story.risk[at])
    parts: list[pd.DataFrame] = []
    for date in setting.months:
        length = date.days_in_month
        share = np.where(resident, 0.748, 0.25) + diligence + rng.normal(0, 0.035, count)
        share -= 0.03 if date.month in (1, 2) else 0.0
        days = np.round(np.clip(share, 0, 0.95) * length)
        days = np.where(expert, np.clip(np.round(rng.normal(3.1 + 0.8 * story.drive[at], 0.9)), 0, 8), days)
        came = rng.random(count) < 0.62 + 0.15 * story.drive[at]
        visits = np.where(expert, came, np.where(resident, np.round(days * 0.6), 2)).astype(float)
        time = within_year(date)
        heard = ~story.silent_at(date)[at] & ~vacant
        parts.append(
            pd.DataFrame(
                {
                    "staff_id": number,
                    "village_code": codes,
                    "month": f"{date:%Y-%m}",
                    "as_of": date,
                    "role": role,
                    "days": days,
                    "month_days": length,
                    "visits_n": visits,
                    "trained": resident & (trained_on < np.minimum(0.975, 0.55 + 0.55 * time) + 0.02 * story.drive[at]),
                    "theme_trained": (role != "expert") & (theme_on < 0.55 + 0.6 * time),
                }
            )[heard]
        )
    return pd.concat(parts, ignore_index=True)
