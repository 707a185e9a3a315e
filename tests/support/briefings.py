"""A briefing by hand, with every kind of block, for the writers of documents: what they must write is in sight."""

import datetime as dt

from data.briefing.model import (
    Briefing,
    Chart,
    Column,
    Items,
    Map,
    Number,
    Paragraph,
    Section,
    Series,
    Shade,
    Table,
    Told,
)
from geo.boundaries import Boundaries

FORMULA = '=HYPERLINK("http://x","y")'
CONTROL = "甲\x08乙\x0b村"
TOWNS = tuple(f"第{n}镇" for n in range(1, 31))
STATUSES = ("far_behind", "behind", "slightly_behind", "on_schedule", "done")


def percent(value: float) -> Number:
    return Number(value, "%", f"{value:g}%")


def briefing(lang: str = "zh", *, sample: bool = True) -> Briefing:
    """Return a briefing of one part about all, one about an area with a chart of 30 towns, and an annex."""
    stacked = Chart(
        "areas",
        "各领域指标状态",
        "stacked",
        ("监测帮扶", "产业就业"),
        (Series("已完成", (3.0, 0.0), colour="#009E73"), Series("滞后", (1.0, 2.0), colour="#D55E00")),
        note="按状态统计",
    )
    values = tuple(float(40 + n) for n in range(29))
    bars = Chart(
        "toilets",
        "卫生厕所普及率",
        "bars",
        (*TOWNS[:28], FORMULA, CONTROL),
        (Series("卫生厕所普及率", (*values, None), tuple(STATUSES[n % 5] for n in range(30))),),
        unit="%",
        line=(75.5, "序时应达"),
        words={"behind": "滞后", "done": "达标"},
    )
    lines = Chart(
        "trend",
        "走势",
        "lines",
        ("7 月", "8 月"),
        (Series("实绩", (1.5, None), colour="#2A75AB"),),
        "万元",
        (2.0, "应达"),
    )
    wide = Table(
        "indicators",
        "监测帮扶指标",
        (
            Column("指标", 2.6),
            Column("数值", right=True),
            Column("差距（百分点）", right=True),
            Column("状态"),
            Column("时限"),
            Column("位次", right=True),
        ),
        (
            (FORMULA, percent(46.25), Number(-3.75, "百分点", "−3.8"), Told("behind", "滞后"), dt.date(2023, 9, 5), 1),
            (
                CONTROL,
                Number(9650.0, "万元", "9\u202f650 万元"),
                Number(2, "百分点", "+2"),
                Told("done", "达标"),
                None,
                2,
            ),
            *(
                ("很长的指标名称" * 4 + str(n), percent(n), None, Told("no_data", "未报"), None, n)
                for n in range(3, 40)
            ),
        ),
        note="说明",
    )
    small = Table("small", "两行/表:1", (Column("名"), Column("数", right=True)), (("甲", percent(50)), ("乙", None)))
    same = Table("small2", "两行/表:1", small.columns, small.rows)
    shades = (Shade("滞后", "#D55E00"), Shade("达标", "#009E73"))
    sections = (
        Section(
            "overall",
            "总体进展",
            "12 项可评定指标 7 项达序时",
            (Paragraph("截至 9 月 30 日，12 项中 7 项达序时。"), stacked, small, same, lines),
        ),
        Section(
            "areas",
            "分领域进展",
            sections=(
                Section(
                    "livable",
                    "和美乡村",
                    "和美乡村：3 项滞后",
                    (
                        Paragraph("共 3 项指标。"),
                        Items(
                            (
                                "卫生厕所普及率：应达 75.5%，实际 46.3%；按近速预计不足。牵头单位：局。",
                                *(f"第{n}项：" + "情况说明文字" * 12 + "。更多说明。" for n in range(9)),
                            )
                        ),
                        bars,
                        Map("toilets", "卫生厕所普及率", "township", shades, {}),
                        wide,
                    ),
                ),
            ),
        ),
        Section("annex", "指标口径", "指标口径", (Items(("第一条。", "第二条。")),)),
    )
    statement = ("示例数据：均为编造。",) if sample else ()
    return Briefing(
        lang,
        "关于示例县2023年9月工作进展情况的通报",
        "示例县",
        "示例计划",
        dt.date(2023, 9, 30),
        (*statement, "数据截至 2023 年 9 月 30 日。数据版本 worked-3。"),
        "worked-3",
        sample,
        "来源：示例计划；数据截至 2023 年 9 月 30 日；版本 worked-3",
        sections,
        1,
        (),
    )


NOWHERE = Boundaries(())
"""Boundaries for writers whose maps are stood in for."""
