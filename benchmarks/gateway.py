"""What nginx, TLS, limits and sign-in cost viewers, and whether memory grows over hours: `make bench-gateway`.

    python benchmarks/gateway.py [--home FOLDER] [--viewers 50] [--clerks 20] [--rounds 3] [--json FILE]
    python benchmarks/gateway.py --minutes 30 [--home FOLDER] [--viewers 50] [--json FILE]

Two processes on one store behind Debian's nginx with the configuration counties are given (`deploy/nginx`), both with
sign-in: viewers and clerks are members who have come from a provider. A third one asks nobody who they are and stands
before no nginx. Without `--minutes`, in turns: viewers who ask the third, and viewers who come through nginx, alone,
while clerks send their townships' tables through it, and while they commit them too. With it, viewers come, look and
leave again and again, and a clerk commits and takes back; memory is sampled.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests")]

import office  # noqa: E402 - after the path, as this is a script
import psutil  # noqa: E402
from compare import Server, imported, reruns, serving, sides  # noqa: E402
from load import rss  # noqa: E402
from support import nginx, signed  # noqa: E402
from uploads import CLERKS, COUNTY, THINK, TURNS, VIEWERS, at_once, copied, looking  # noqa: E402

from data import derive, upload  # noqa: E402
from data.access import Grant  # noqa: E402
from data.registry import counties  # noqa: E402
from data.store import open_store  # noqa: E402

ROUNDS = 3
SAMPLE_EVERY = 5.0  # seconds
SIGNED_IN = 12 * 3600  # seconds
ROLES = ("viewer", "clerk")
_MB = 2**20


@dataclass(frozen=True)
class Site:
    """The process that is measured, nginx before it, and one that asks for no sign-in."""

    measured: Server
    gateway: nginx.Gateway
    plain: Server

    @property
    def behind(self) -> str:
        """The county through nginx."""
        return f"{self.gateway.url}/{COUNTY.slug}"


@contextmanager
def site(home: Path) -> Iterator[Site]:
    """Run two processes with sign-in behind nginx and one without either, on one store."""
    sign_in = signed.oidc_home(home)
    with open_store(f"sqlite:///{home / 'store.db'}") as store:
        for role in ROLES:
            store.set_member(COUNTY.code, f"city:{role}", [Grant(role)], "benchmark")
    shares = {"first": {"banan", COUNTY.slug}, "second": {"mouding", "qijiang", "baiyin"}, "plain": {COUNTY.slug}}
    with ExitStack() as running:
        servers = {}
        for name, mine in shares.items():
            side, _ = sides(COUNTY.slug, home, home)
            own = {} if name == "plain" else sign_in
            side.name, side.environment = name, {**side.environment, **own, "XIANJIE_COUNTIES": ",".join(sorted(mine))}
            servers[name] = running.enter_context(serving(side))
        ports = [int(servers[name].url.rsplit(":", 1)[1]) for name in ("first", "second")]
        gateway = running.enter_context(nginx.before(home, ports))
        os.environ["SSL_CERT_FILE"] = str(gateway.certificate)  # clients of this process and those it starts
        place = Site(servers["first"], gateway, servers["plain"])
        reruns(f"{place.plain.url}/{COUNTY.slug}/funds", "--reruns=3", "--change=数据截至")
        reruns(f"{place.behind}/funds", "--reruns=3", "--change=数据截至", f"--cookie={come_as('viewer')}")
        yield place


def come_as(role: str) -> str:
    """Return the cookie of a member who has just signed in."""
    return signed.cookie(role, exp=time.time() + SIGNED_IN)["Cookie"]


def through(place: Site, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Measure viewers by themselves without nginx, and viewers beside clerks through it, in turns."""
    tables = office.townships_tables(COUNTY, options.clerks)
    paths = [office.write(frame, folder / f"{name}.xlsx") for name, frame in tables.items()]
    clerks = {"through nginx beside uploads": False, "through nginx beside commits": True}
    numbers: dict[str, list[float]] = {name: [] for name in ("plain", "through nginx", *clerks)}
    drops: list[float] = []
    commits: list[float] = []
    errors = 0
    pid = place.measured.pid
    ways = {
        "plain": (f"{place.plain.url}/{COUNTY.slug}/funds", place.plain.pid, ""),
        "through nginx": (f"{place.behind}/funds", pid, come_as("viewer")),
    }
    for turn in range(options.rounds):
        for name, (page, server, cookie) in ways.items():
            with looking(page, server, options.viewers, TURNS, cookie) as seen:
                pass
            numbers[name].append(seen["p95_ms"] / 1000)
            errors += seen["errors"]
        for name, commit in clerks.items():
            with looking(f"{place.behind}/funds", pid, options.viewers, TURNS, come_as("viewer")) as seen:
                found = asyncio.run(
                    at_once(f"{place.behind}/upload", paths, pid, commit=commit, cookie=come_as("clerk"))
                )
            numbers[name].append(seen["p95_ms"] / 1000)
            errors += seen["errors"] + found["errors"] + found["blind"]
            drops += found["drops"]
            commits += found["commits"]
        _told(f"round {turn + 1}: " + ", ".join(f"{name} {values[-1]:.3g} s" for name, values in numbers.items()))
        _taken_back(folder)
    medians = {f"viewers p95, {name}, s": statistics.median(values) for name, values in numbers.items()}
    plain = medians["viewers p95, plain, s"]
    return {
        **medians,
        **{f"{name}, times the plain figure": medians[f"viewers p95, {name}, s"] / plain for name in clerks},
        "clerks' drop, slowest, s": max(drops),
        "clerks' commit, slowest, s": max(commits),
        "failures": errors,
        "rounds": numbers,
    }


def soak(place: Site, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Let viewers come, look and leave for so many minutes, with an upload each time, and watch the memory."""
    (path,) = (
        office.write(frame, folder / f"{name}.xlsx") for name, frame in office.townships_tables(COUNTY, 1).items()
    )
    pid = place.measured.pid
    samples: list[tuple[float, float, float]] = []
    enough = Event()
    began = time.monotonic()

    def watch() -> None:
        while not enough.wait(SAMPLE_EVERY):
            samples.append((time.monotonic() - began, psutil.Process(pid).memory_info().rss / _MB, rss(pid)))

    watcher = Thread(target=watch)
    watcher.start()
    rounds, errors = [], 0
    try:
        while time.monotonic() - began < options.minutes * 60:
            with looking(f"{place.behind}/funds", pid, options.viewers, 3 * TURNS, come_as("viewer")) as seen:
                found = asyncio.run(
                    at_once(f"{place.behind}/upload", [path], pid, commit=True, cookie=come_as("clerk"))
                )
                _taken_back(folder)
            errors += seen["errors"] + found["errors"]
            rounds.append({"p95_ms": seen["p95_ms"], "until": time.monotonic() - began})
            _told(f"{rounds[-1]['until'] / 60:.0f} min: p95 {seen['p95_ms']} ms, {samples[-1][1]:.0f} MB")
    finally:
        enough.set()
        watcher.join()
    # In the first round caches fill; from its end on memory should stay.
    start, end = rounds[0]["until"], rounds[-2]["until"] if len(rounds) > 2 else rounds[0]["until"]
    early = [sample for sample in samples if start < sample[0] <= rounds[1]["until"]]
    late = [sample for sample in samples if sample[0] > end]
    result: dict[str, Any] = {"minutes": (time.monotonic() - began) / 60, "rounds": len(rounds), "failures": errors}
    for name, column in (("server", 1), ("server with its workers", 2)):
        first, last = (statistics.median(sample[column] for sample in part) for part in (early, late))
        result |= {f"{name}, at the start, MB": first, f"{name}, at the end, MB": last}
        result[f"{name}, grown, %"] = (last / first - 1) * 100
    return result | {"p95_ms": [one["p95_ms"] for one in rounds]}


def _taken_back(home: Path) -> None:
    """Undo what the clerks committed, newest first, so that every round begins with the same rows."""
    with open_store(f"sqlite:///{home / 'store.db'}") as store:
        for batch in sorted(store.batches(COUNTY.code), key=lambda one: -one.number):
            if batch.active and not batch.sample:
                upload.undo(store, COUNTY, batch.number, upload.Actor("benchmark"))


def _told(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure, print, and end with 1 if anybody saw an exception."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a store that holds the sample already; it is copied")
    parser.add_argument("--viewers", type=int, default=VIEWERS, help=f"viewers at once; each thinks {THINK:.0f} s")
    parser.add_argument("--clerks", type=int, default=CLERKS, help="clerks at once")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns of the comparison")
    parser.add_argument("--minutes", type=float, help="soak for so long instead")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # as Ctrl-C: servers and nginx are ended too
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="xianjie-bench-") as temporary:
        home = Path(temporary)
        if options.home:
            copied(options.home, home)
            with open_store(f"sqlite:///{home / 'store.db'}") as store:
                for entry in counties():
                    derive.catch_up(store, entry)
        else:
            imported(COUNTY.slug, home)
        with site(home) as place:
            result = (soak if options.minutes else through)(place, home, options)
    result |= {"load before": before, "load after": os.getloadavg()[0], "processors": os.cpu_count()}
    for name, value in result.items():
        if isinstance(value, int | float):
            print(f"{name:<60}{value:>10.3g}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")
    if result["failures"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
