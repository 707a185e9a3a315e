"""The tile grid: one equal square per village, grouped by township; a map on which every village counts the same."""

from dataclasses import dataclass
from math import ceil, sqrt

import pandas as pd

HEAD = 1
"""Rows a township's name takes above its squares."""
NAME = 4
"""Columns a township needs at least, for its name."""


@dataclass(frozen=True)
class Group:
    """A township's block: its name in the top row, its squares below."""

    code: str
    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Tile:
    """One village's square."""

    code: str
    name: str
    township: str
    x: int
    y: int


@dataclass(frozen=True)
class TileGrid:
    """A layout in units of one square; `width` and `height` include everything."""

    width: int
    height: int
    groups: tuple[Group, ...]
    tiles: tuple[Tile, ...]


def tile_grid(regions: pd.DataFrame, columns: int = 40) -> TileGrid:
    """Lay out the villages of some regions (as `geo.regions` returns them) in at most `columns` columns.

    Townships follow each other in the order of their codes, left to right in shelves, one column and one row apart, so
    that everybody finds a township where it was last time. The shape of a block follows its number of villages.
    """
    towns = regions[regions["level"] == "township"]
    villages = regions[regions["level"] == "village"]
    groups, tiles = [], []
    x = y = shelf = widest = 0
    for town, name in zip(towns["code"], towns["short_name"], strict=True):
        own = villages[villages["parent"] == town]
        if own.empty:
            continue
        width = min(columns, max(NAME, ceil(sqrt(1.6 * len(own)))))
        height = HEAD + ceil(len(own) / width)
        if x and x + width > columns:
            x, y, shelf = 0, y + shelf + 1, 0
        groups.append(Group(town, name, x, y, width, height))
        for i, (code, short) in enumerate(zip(own["code"], own["short_name"], strict=True)):
            tiles.append(Tile(code, short, town, x + i % width, y + HEAD + i // width))
        shelf, widest = max(shelf, height), max(widest, x + width)
        x += width + 1
    return TileGrid(widest, y + shelf, tuple(groups), tuple(tiles))
