"""Tables as offices keep them, none of the ten upload tables: real villages, invented figures (测试数据)."""

import io

import openpyxl
import pandas as pd

from geo.regions import regions

COUNTY = "500113"


def villages(count: int, county: str = COUNTY) -> pd.DataFrame:
    """Return some villages of a county with their township's name, one of each township first."""
    known = regions(county)
    names = dict(zip(known["code"], known["short_name"], strict=True))
    found = known.loc[known["level"] == "village", ["code", "short_name", "parent"]]
    found = found.assign(town=found["parent"].map(names), turn=found.groupby("parent").cumcount())
    return found.sort_values(["turn", "code"]).head(count)


def drinking_water(count: int = 30, *, lost: str = "乌有村", county: str = COUNTY) -> bytes:
    """Return a workbook with title, unit line, header of two rows, villages, one that does not exist, total, note."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["2023年农村饮水安全巩固提升情况表（测试数据）"])
    sheet.append(["单位：万元、户、%"])
    sheet.append(["序号", "乡镇", "村", "投资（万元）", None, "户数", None, "备注"])
    sheet.append([None, None, None, "计划", "完成", "受益户数（户）", "自来水普及率（%）", None])
    sheet.merge_cells("A1:H1")
    sheet.merge_cells("D3:E3")
    sheet.merge_cells("F3:G3")
    for column in "ABCH":
        sheet.merge_cells(f"{column}3:{column}4")
    chosen = villages(count, county)
    for n, (town, village) in enumerate(zip(chosen["town"], chosen["short_name"], strict=True), 1):
        sheet.append([n, town, village, 10 + n, 5 + n / 2, 100 + n, 80 + n / 10, ""])
    sheet.append([count + 1, chosen["town"].iloc[0], lost, 1, 0.5, 1, 50, "<script>alert(1)</script>"])
    sheet.append(["合计", None, None, sum(10 + n for n in range(1, count + 1)) + 1, None, None, None, None])
    sheet.append(["注：本表为测试数据，数字均为虚构。"])
    sheet.append(["填表人：测试员", None, None, None, "填表日期：2023年9月30日"])
    return _bytes(book)


def by_year() -> bytes:
    """Return townships with a figure in each of four years."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["各镇街种植面积（测试数据）"])
    sheet.append(["单位：亩"])
    sheet.append(["镇街", "2020年", "2021年", "2022年", "2023年"])
    for n, town in enumerate(dict.fromkeys(villages(40)["town"]), 1):
        sheet.append([town, 100 * n, 100 * n + 10, 100 * n + 20, 100 * n + 40])
    return _bytes(book)


def _bytes(book: openpyxl.Workbook) -> bytes:
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()
