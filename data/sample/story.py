"""What the sample tells: which townships are ahead or behind and why, and how a year goes.

Everything is drawn from generators seeded by county and subject, so a file has the same bytes on every run. Positions
of village cells serve only to make neighbours alike; they are schematic.
"""

import json
import zlib
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

import geo.regions
from data.registry import county

BOUNDARIES = Path(geo.regions.__file__).with_name("boundaries")
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Share of a year's work done by the end of each month: slow before and after the spring festival, faster before the
# dates on which progress is checked (April, June, September).
YEAR = np.array([0.04, 0.08, 0.17, 0.29, 0.38, 0.52, 0.58, 0.66, 0.77, 0.85, 0.92, 1.0])

# Migrants at work by month, against the autumn level: most go home for the spring festival.
MIGRANTS = np.array([0.62, 0.80, 0.95, 0.98, 0.99, 1.0, 1.0, 1.0, 1.0, 1.0, 0.99, 0.98])

DRIVE = {"ahead": 0.9, "steady": 0.1, "dropped": 0.0, "late": -0.2, "behind": -0.9}
REASONS = {
    "ahead": "班子强、产业基础好，各项工作走在前列",
    "steady": "总体平稳，按序时推进",
    "dropped": "夏季受灾减产，脱贫户收入增速回落，增收措施跟进慢",
    "late": "报表人员更换，部分月份迟报",
    "behind": "山高路远、人手少，饮水、走访和资金支出均慢",
}

# Where townships of a character lie in the order from near to far; large counties have more of them.
_CHARACTERS = (
    (0.08, "ahead"),
    (0.16, "ahead"),
    (0.40, "late"),
    (0.55, "dropped"),
    (0.72, "behind"),
    (0.92, "ahead"),
    (1.00, "behind"),
)
_MORE = ((0.30, "ahead"), (0.64, "behind"), (0.85, "behind"))


@dataclass(frozen=True)
class Setting:
    """What differs between the counties.

    Attributes
    ----------
    months
        Month ends with monthly reports.
    snapshots
        Dates of household and person snapshots.
    full
        Those of them at which every person is listed; at the others only lifted labourers, as labour offices monitor.
    lifted, working
        Share of lifted households, and how strongly adults of working age prevail among the listed persons.
    income
        Net income per head of lifted households at the first snapshot, yuan.
    misses
        Shares of cases not in order, by subject, where they differ from `people.MISSES`.
    """

    slug: str
    top: str
    start: pd.Timestamp
    months: pd.DatetimeIndex
    snapshots: pd.DatetimeIndex
    full: pd.DatetimeIndex
    income: float
    lifted: float = 0.6
    working: float = 0.0
    poverty: float = 0.3
    misses: dict[str, float] = field(default_factory=dict)

    @property
    def end(self) -> pd.Timestamp:
        """The last day of the sample."""
        return self.months[-1]


def _ends(first: str, last: str, frequency: str = "ME") -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.date_range(first, last, freq=frequency).to_numpy("datetime64[ns]"))


def _dates(*days: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.array(days, dtype="datetime64[ns]"))


_HALVES = _dates("2021-06-30", "2021-12-31", "2022-06-30", "2022-12-31")
_YEAR = _ends("2022-12-31", "2023-10-31")

SETTINGS = {
    s.slug: s
    for s in (
        Setting(
            "banan",
            "500113000000",
            pd.Timestamp("2023-01-01"),
            _YEAR[1:],
            _YEAR,
            _dates("2022-12-31", "2023-06-30", "2023-10-31"),
            income=16500,
            lifted=0.94,
            working=1.0,
            poverty=0.25,
            misses={"responsible": 0, "file": 0, "safety_net": 0, "unsafe_owner": 0, "income_duty": 0},
        ),
        Setting(
            "wanzhou",
            "500101000000",
            pd.Timestamp("2021-01-01"),
            _ends("2021-01-31", "2022-12-31"),
            _HALVES,
            _HALVES,
            income=13900,
        ),
        Setting(
            "mouding",
            "532323000000",
            pd.Timestamp("2023-01-01"),
            _YEAR[1:],
            _YEAR,
            _dates("2022-12-31", "2023-03-31", "2023-06-30", "2023-09-30", "2023-10-31"),
            income=13200,
            poverty=0.5,
            misses={"plan": 0, "edu_aid": 0, "tilt": 0, "care": 0.01},
        ),
        Setting(
            "qijiang",
            "500110120000",
            pd.Timestamp("2021-01-01"),
            _ends("2021-01-31", "2022-12-31"),
            _HALVES,
            _HALVES,
            income=14600,
            misses={"safety_net": 0},
        ),
        Setting(
            "baiyin",
            "620402000000",
            pd.Timestamp("2021-04-22"),
            _ends("2021-04-30", "2022-12-31"),
            _HALVES,
            _HALVES,
            income=11200,
            misses={"relief": 0, "insure_aid": 0},
        ),
    )
}


class Story:
    """One county's villages, their characters and their random numbers.

    Parameters
    ----------
    setting
        The county.

    Attributes
    ----------
    villages
        One row per village, sorted by code: code, name, township, township_name, unit_type, lon, lat, remote (0 town
        centre to 1 far), character, drive (about -1 behind to 1 ahead).
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.name = county(setting.slug).name_zh
        self.code = setting.top[:6]
        self.villages = self._villages()
        self.drive: Floats = self.villages["drive"].to_numpy()
        self.remote: Floats = self.villages["remote"].to_numpy()
        self.rural: Bools = (self.villages["unit_type"] == "village").to_numpy()
        self.risk: Floats = np.exp(-1.1 * self.drive)

    def rng(self, subject: str) -> np.random.Generator:
        """Return a generator of its own for a subject, so that one table's change leaves the others alone."""
        return np.random.default_rng([int(self.code), zlib.crc32(subject.encode())])

    @property
    def n(self) -> int:
        """Number of villages."""
        return len(self.villages)

    @cached_property
    def towns(self) -> pd.DataFrame:
        """One row per township: code, name, n (villages), remote, drive, character."""
        grouped = self.villages.groupby("township", sort=True)
        return (
            pd.DataFrame(
                {
                    "name": grouped["township_name"].first(),
                    "n": grouped.size(),
                    "remote": grouped["remote"].mean(),
                    "drive": grouped["drive"].mean(),
                    "character": grouped["character"].first(),
                }
            )
            .rename_axis("code")
            .reset_index()
        )

    def find(self, *names: str) -> list[int]:
        """Return the positions of villages by the beginning of their names, in the order asked."""
        found = [np.flatnonzero(self.villages["name"].str.startswith(name)) for name in names]
        return [int(positions[0]) for positions in found if len(positions)]

    def town(self, name: str) -> str:
        """Return the code of the township whose name begins so."""
        return str(self.towns.loc[self.towns["name"].str.startswith(name), "code"].iloc[0])

    @cached_property
    def silent(self) -> pd.DataFrame:
        """True where a village did not report for a month: index month ends, one column per village position.

        The late township misses two months in a row and catches up; a few other villages miss single months, none
        the first.
        """
        months = self.setting.snapshots.union(self.setting.months)
        silent = self.rng("silent").random((len(months), self.n)) < 0.012 * self.risk
        silent[(months == months[0]) | (months == self.setting.snapshots[0])] = False
        late = (self.villages["character"] == "late").to_numpy()
        silent[-3:-1, late] = True
        silent[-1, late] = False
        return pd.DataFrame(silent, index=months)

    def silent_at(self, date: pd.Timestamp) -> Bools:
        """Where villages do not report at a date; before the sample's months all did."""
        return self.silent.loc[date].to_numpy() if date in self.silent.index else np.zeros(self.n, dtype=bool)

    def chosen(self, subject: str, count: float, among: Bools | None = None, by: float = 1.0) -> Bools:
        """Pick about `count` villages, those with the most drive first, with some chance.

        The order is the same at every call for a subject, so a growing count only ever adds villages.
        """
        among = np.ones(self.n, dtype=bool) if among is None else among
        score = by * self.drive + self.rng(subject).normal(0, 0.6, self.n)
        order = np.argsort(-np.where(among, score, -np.inf), kind="stable")
        picked = np.zeros(self.n, dtype=bool)
        picked[order[: min(round(count), int(among.sum()))]] = True
        return picked

    def _villages(self) -> pd.DataFrame:
        regions = geo.regions.scope(self.setting.top)
        towns = regions[regions["level"] == "township"].set_index("code")["name"]
        own = regions[regions["level"] == "village"].reset_index(drop=True)
        lon, lat = self._places(own["code"])
        frame = pd.DataFrame(
            {
                "code": own["code"],
                "name": own["short_name"],
                "township": own["parent"],
                "township_name": own["parent"].map(towns),
                "unit_type": own["unit_type"],
                "lon": lon,
                "lat": lat,
            }
        )
        town = (frame["unit_type"] == "community").to_numpy()
        distance = np.hypot(lon - lon[town].mean(), lat - lat[town].mean())
        frame["remote"] = np.clip(distance / np.quantile(distance, 0.95), 0, 1) * np.where(town, 0.6, 1.0)
        unit = frame["township"] if len(towns) > 1 else frame["code"]
        frame["character"] = unit.map(self._characters(frame["remote"].groupby(unit).mean().sort_values(kind="stable")))
        noise = self.rng("drive").normal(0, 0.15, len(frame))
        frame["drive"] = frame["character"].map(DRIVE).to_numpy(float) + 0.3 * self._neighbourhood(lon, lat) + noise
        return frame

    def _places(self, codes: pd.Series) -> tuple[Floats, Floats]:
        features = json.loads((BOUNDARIES / f"{self.code}.geojson").read_text("utf-8"))["features"]
        cells = {f["properties"]["code"]: json.dumps(f["geometry"]) for f in features}
        points = shapely.point_on_surface(shapely.from_geojson(codes.map(cells).to_numpy(str)))
        return shapely.get_x(points), shapely.get_y(points)

    def _neighbourhood(self, lon: Floats, lat: Floats) -> Floats:
        """Return a smooth field over the county, about -1 to 1: near villages have near values."""
        rng = self.rng("neighbourhood")
        x, y = ((v - v.min()) / (np.ptp(v) or 1.0) for v in (lon, lat))
        waves = [np.cos(2 * np.pi * (a * x + b * y + c)) for a, b, c in rng.uniform(-1.6, 1.6, (3, 3))]
        return np.asarray(np.mean(waves, axis=0) * 1.5, dtype=float)

    @staticmethod
    def _characters(remote: pd.Series) -> dict[str, str]:
        """Give each township a character by how far it is from the centre; one far township does well all the same."""
        last = len(remote) - 1
        found = dict.fromkeys(remote.index, "steady")
        for share, character in [*_CHARACTERS, *(_MORE if last > 20 else ())]:
            found[remote.index[round(share * last)]] = character
        return found


@cache
def story(county_slug: str) -> Story:
    """Return the story of a county; KeyError if the sample has none."""
    if county_slug not in SETTINGS:
        raise KeyError(f"no sample data for '{county_slug}'; there is some for {', '.join(SETTINGS)}")
    return Story(SETTINGS[county_slug])


def within_year(date: pd.Timestamp) -> float:
    """Return how far a year's work should be at a date, by the seasons of `YEAR`."""
    return float(YEAR[date.month - 1])
