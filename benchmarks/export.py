"""Write what our pages show of a county to two plain files, for a page that has no store."""

import json
from pathlib import Path

import pandas as pd

from data import progress
from data.places import plan_regions
from data.plan import load_plan
from data.registry import County
from data.store import Store
from geo.boundaries import load_boundaries

COLUMNS = ["indicator", "area", "region", "level", "value", "target", "expected", "gap", "status", "reported", "of"]


def export(store: Store, county: County, folder: Path) -> None:
    """Write `progress.parquet` (every indicator, region and date) and `villages.geojson` of a county's first plan."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = load_plan(county.plans[0])
    places = plan_regions(plan, store.rows(county.code, "villages"))
    cube = progress.Cube(plan, store.measures(county.code, plan.id), places)
    frames = [progress.evaluate(cube, day, county.bands)[COLUMNS].assign(as_of=pd.Timestamp(day)) for day in cube.dates]
    frame = pd.concat(frames, ignore_index=True)
    frame["indicator"] = frame["indicator"].map({i.id: i.name_zh for i in plan.indicators})
    frame["name"] = frame["region"].map(dict(zip(places["code"], places["name"], strict=True)))
    frame.loc[frame["region"] == plan.top_region, "level"] = "top"
    frame.to_parquet(folder / "progress.parquet", index=False)
    villages = load_boundaries(county.code).within(plan.top_region).level("village")
    shapes = {"type": "FeatureCollection", "features": [dict(feature) for feature in villages]}
    (folder / "villages.geojson").write_text(json.dumps(shapes, ensure_ascii=False, default=str), "utf-8")
