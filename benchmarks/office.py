"""Files as offices send them, made anew for each run: many rows for one month, and a township's own table."""

import random
from pathlib import Path

import pandas as pd

from data.intake.units import FLAG
from data.registry import County
from data.tables import items, tables
from geo.regions import regions

DAY = "2022-12-31"
"""The newest month of the sample data of 万州区."""


def long_table(county: County, rows: int, seed: int = 0) -> pd.DataFrame:
    """Return figures by village and item, as the template of the long table asks for them."""
    villages = regions(county.code).query("level == 'village'")["code"]
    chance = random.Random(seed)
    codes = [code for code, item in items().items() if "village" in item.levels and "value" in item.fields]
    made = [("村", place, place, DAY, item, _figure(item, chance), "统计局") for item in codes for place in villages]
    names = ("geo_level", "geo_code", "village_code", "as_of", "item", "value", "source_dept")
    return pd.DataFrame(made[:rows], columns=[tables()["facts"].column(name).zh for name in names])


def townships_tables(county: County, count: int, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Return for each of some townships what it would fill in: a column per item, a row per village."""
    places = regions(county.code)
    towns = places.query("level == 'township'").head(count)
    codes = [code for code, item in items().items() if "village" in item.levels and "value" in item.fields][:6]
    chance, made = random.Random(seed), {}
    for code, name in zip(towns["code"], towns["name"], strict=True):
        villages = places.loc[places["parent"] == code, "name"]
        frame = pd.DataFrame({"乡镇": name, "村名": villages, "日期": DAY})
        for item in codes:
            unit = items()[item].unit
            head = items()[item].name_zh + (f"（{unit}）" if unit != FLAG else "")
            frame[head] = [_figure(item, chance) for _ in villages]
        made[name] = frame
    return made


def _figure(item: str, chance: random.Random) -> int:
    return chance.randint(0, 1) if items()[item].unit == FLAG else chance.randint(1, 90)


def write(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table as the ending of its name says."""
    if path.suffix == ".csv":
        frame.to_csv(path, index=False, encoding="utf-8-sig")
    else:
        frame.to_excel(path, index=False)
    return path
