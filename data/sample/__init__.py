"""Sample data of the five counties: deterministic, plausible, imperfect, and marked as 示例数据 in every file name.

Nobody and nothing in it is real except the places and the plans' own names: households and persons are codes, problems
and projects are types. `write_sample` writes the ten tables as the files an office would hold, `sample_files` gives the
same rows as typed frames.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.sample.facts import facts
from data.sample.files import write_table
from data.sample.ledgers import assets, funds, projects
from data.sample.people import snapshots, villages
from data.sample.records import actions, issues, staff
from data.sample.story import REASONS, SETTINGS, story
from data.tables import tables, typed

__all__ = ["REASONS", "SampleFile", "sample_counties", "sample_files", "story", "write_sample"]


FILE_ROWS = 30_000


@dataclass(frozen=True)
class SampleFile:
    """One written file: where it is, which table it holds and what to say about it."""

    path: Path
    table: str
    note: str


def sample_counties() -> tuple[str, ...]:
    """Return the slugs of the counties there is sample data for."""
    return tuple(SETTINGS)


def sample_files(county_slug: str) -> dict[str, pd.DataFrame]:
    """Return the ten tables of a county as typed frames, by table id.

    Parameters
    ----------
    county_slug
        As in the registry: banan, wanzhou, mouding, qijiang or baiyin.

    Returns
    -------
    dict of DataFrame
        Every table of `data.tables`, in its order, with rows sorted by date and key. Built anew at each call.

    Raises
    ------
    KeyError
        No sample data for this county.
    """
    told = story(county_slug)
    register = villages(told)
    households, persons = snapshots(told)
    frames = {
        "villages": register,
        "households": households,
        "persons": persons,
        "facts": facts(told, register),
        "projects": projects(told),
        "funds": funds(told),
        "assets": assets(told),
        "issues": issues(told),
        "actions": actions(told, register),
        "staff": staff(told, register),
    }
    return {table_id: _ordered(table_id, typed(table_id, frames[table_id])) for table_id in tables()}


def _ordered(table_id: str, frame: pd.DataFrame) -> pd.DataFrame:
    key = tables()[table_id].key
    first = [name for name in ("as_of", "month") if name in key]
    return frame.sort_values([*first, *(name for name in key if name not in first)], kind="stable", ignore_index=True)


def write_sample(county_slug: str, folder: Path) -> list[SampleFile]:
    """Write the ten tables of a county as office files: XLSX, and CSV with a byte order mark for the big ones.

    Parameters
    ----------
    county_slug
        As in the registry.
    folder
        Where the files go; made if missing. Files of the same names are replaced.

    Returns
    -------
    list of SampleFile
        In the order of `data.tables`, which is also a good order to import them in.

    Raises
    ------
    KeyError
        No sample data for this county.
    OSError
        The folder cannot be written.
    """
    told = story(county_slug)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table_id, frame in sample_files(county_slug).items():
        stem = f"示例数据_{told.name}_{tables()[table_id].name_zh.partition('（')[0]}"
        note = "示例数据，非真实数据" + ("；经纬度取示意单元内的点，非实测" if table_id == "villages" else "")
        for label, part in _parts(frame):
            written.append(SampleFile(write_table(table_id, part, folder / f"{stem}{label}"), table_id, note))
    return written


def _parts(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Split a very long table by half-year, as an office does so that the files stay below upload limits."""
    if len(frame) <= FILE_ROWS:
        return [("", frame)]
    second = frame["as_of"].dt.month > 6
    label = "_" + frame["as_of"].dt.year.astype(str) + second.map({False: "年上半年", True: "年下半年"})
    return [(str(name), part) for name, part in frame.groupby(label, sort=True)]
