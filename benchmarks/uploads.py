"""What an upload costs the clerk, the server and everybody else: `make bench-uploads`.

    python benchmarks/uploads.py [--home FOLDER] [--json FILE] [--clerks 20] [--viewers 50]

A file of 12,000 rows, as XLSX and CSV, from the drop to the first map drawn in Chromium, beside the time plain pandas
takes to read the same file; check and commit by themselves; memory; and twenty clerks at once while others look.
Every number of the table but sizes is in seconds. The store is a copy: nothing is committed to the one given.
"""

import argparse
import asyncio
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import office  # noqa: E402 - after the path, as this is a script
from clerks import Clerk  # noqa: E402
from compare import imported, reruns, serving, sides  # noqa: E402
from load import rss  # noqa: E402
from painting import Watched, launch, tab  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from playwright.sync_api import Error as BrowserError  # noqa: E402

from components.uploads.resting import IDLE  # noqa: E402
from data import derive, upload  # noqa: E402
from data.registry import counties  # noqa: E402
from data.store import open_store  # noqa: E402
from tests.support.browser import find_chromium  # noqa: E402

COUNTY = next(entry for entry in counties() if entry.slug == "wanzhou")
ROWS, CHECKED_ROWS = 12_000, 20_000
ROUNDS = 3
VIEWERS, THINK, TURNS = 50, 5.0, 6
CLERKS = 20
ACTOR = quote("基准（测试）")
_MB = 2**20
# The engines pandas has for a workbook: the first is what it takes when nobody says which.
ENGINES = {".xlsx": ("openpyxl", "calamine"), ".csv": ("c",)}
_READ = """
import sys, time, pandas as pd
path, engine = sys.argv[1:]
read = pd.read_csv if path.endswith(".csv") else pd.read_excel
read(path, engine=engine)
began = time.perf_counter()
read(path, engine=engine)
print(time.perf_counter() - began)
"""
# In every frame: when a file was given to the page, and when the first shape of a map was drawn.
_WATCH = """(() => {
  const now = () => performance.timeOrigin + performance.now()
  window.__drawn = 0
  addEventListener('change', (e) => { if (e.target.type === 'file') window.__dropped = now() }, true)
  const real = CanvasRenderingContext2D.prototype.fill
  CanvasRenderingContext2D.prototype.fill = function (...args) {
    if (!window.__drawn) { window.__drawn = now(); requestAnimationFrame(() => { window.__drawn = now() }) }
    return real.apply(this, args)
  }
})()"""

Numbers = dict[str, list[float]]


def note(numbers: Numbers, name: str, value: float) -> None:
    """Keep one number, and tell whoever waits for the table."""
    numbers.setdefault(name, []).append(value)
    print(f"  {name}: {value:.3g}", file=sys.stderr, flush=True)


# ---- one clerk -------------------------------------------------------------------------------------------------------


def by_pandas(path: Path, numbers: Numbers) -> None:
    """Read a file by pandas in a process of its own: all of it, and a second reading in the same process."""
    for engine in ENGINES[path.suffix]:
        began = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-c", _READ, str(path), engine], check=True, capture_output=True, text=True
        ).stdout
        lasted = time.perf_counter() - began
        name = f"{path.suffix[1:]}, pandas {engine}"
        # The process read the file twice.
        note(numbers, f"{name}, fresh process", lasted - float(told))
        note(numbers, f"{name}, read again", float(told))


def to_first_map(browser: Browser, origin: str, path: Path, numbers: Numbers) -> None:
    """Drop a file on the page in a new tab; wait until its map is drawn."""
    with tab(browser, origin) as watched:
        page = watched.page
        page.context.add_init_script(_WATCH)
        watched.load(f"{origin}/{COUNTY.slug}/upload")
        watched.quiet()
        page.set_input_files("input[type=file]", path)
        drawn = _drawn(watched)
        note(numbers, f"{path.suffix[1:]}, drop to first map", (drawn - page.evaluate("window.__dropped")) / 1000)


def _drawn(watched: Watched) -> float:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for frame in watched.page.frames[1:]:
            with suppress(BrowserError):  # a frame that is just being filled cannot be asked
                if drawn := frame.evaluate("window.__drawn"):
                    watched.page.wait_for_timeout(100)  # the frame that is drawn next says when
                    return float(frame.evaluate("window.__drawn") or drawn)
        watched.page.wait_for_timeout(50)  # not `sleep`: frames that have come are only known after a call
    raise TimeoutError("no map was drawn")


def alone(home: Path, folder: Path, numbers: Numbers) -> None:
    """Check 20,000 rows, and commit and take back 12,000, in this process."""
    who = upload.Actor("benchmark")
    with open_store(f"sqlite:///{home / 'store.db'}") as store:
        newest = upload.newest_date(store, COUNTY)
        for suffix in (".xlsx", ".csv"):
            raw = office.write(office.long_table(COUNTY, CHECKED_ROWS), folder / f"check{suffix}").read_bytes()
            for _ in range(ROUNDS):
                began = time.perf_counter()
                checked = upload.check(COUNTY, raw, f"check{suffix}", None, newest)
                note(numbers, f"{suffix[1:]}, check of 20,000 rows", time.perf_counter() - began)
        for turn in range(ROUNDS):
            path = office.write(office.long_table(COUNTY, ROWS, seed=turn), folder / "commit.csv")
            checked = upload.check(COUNTY, path.read_bytes(), path.name, None, newest)
            if not checked.ok:
                raise RuntimeError("; ".join(checked.messages("en", 5)))
            began = time.perf_counter()
            batch = upload.commit(store, COUNTY, checked, path.read_bytes(), who)
            note(numbers, "commit of 12,000 rows, newest month", time.perf_counter() - began)
            began = time.perf_counter()
            upload.undo(store, COUNTY, batch.number, who)
            note(numbers, "its undo", time.perf_counter() - began)


# ---- many clerks -----------------------------------------------------------------------------------------------------


async def at_once(url: str, paths: list[Path], pid: int, *, commit: bool, cookie: str = "") -> dict[str, Any]:
    """Let as many clerks as there are files drop theirs at once, and commit it.

    Returns
    -------
    dict
        Seconds of each drop and commit, exceptions drawn, clerks who saw no map; memory before, after and, if nothing
        is committed, once the files rest, in MB.
    """
    headers = {"Cookie": "; ".join(filter(None, (f"xianjie_actor={ACTOR}", cookie)))}
    clerks = [Clerk(url, headers=headers) for _ in paths]
    await asyncio.gather(*(clerk.open() for clerk in clerks))
    before = rss(pid)
    drops = await asyncio.gather(*(clerk.drop(path) for clerk, path in zip(clerks, paths, strict=True)))
    after = rss(pid)
    if not commit:
        await asyncio.sleep(2 * IDLE)  # what is held rests packed while the clerks read
    rested = rss(pid)
    blind = sum(clerk.maps == 0 for clerk in clerks)
    commits = await asyncio.gather(*(clerk.commit() for clerk in clerks)) if commit else []
    await asyncio.gather(*(clerk.socket.close() for clerk in clerks))
    errors = sum(clerk.errors for clerk in clerks)
    return {
        "drops": drops,
        "commits": commits,
        "errors": errors,
        "blind": blind,
        "before": before,
        "after": after,
        "rested": rested,
    }


@contextmanager
def looking(url: str, pid: int, viewers: int, turns: int, cookie: str = "") -> Iterator[dict[str, Any]]:
    """Let viewers look at a page, from a process of their own, while the block runs; what they saw is there after."""
    command = [sys.executable, str(ROOT / "benchmarks" / "load.py"), url, f"--sessions={viewers}", f"--think={THINK}"]
    command += [f"--reruns={turns}", "--change=数据截至", f"--pid={pid}"]
    command += [f"--cookie={cookie}"] if cookie else []
    found: dict[str, Any] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        time.sleep(20)  # they have come in
        yield found
        found |= json.loads(process.communicate()[0])


def together(
    server: Any, folder: Path, clerks: int, viewers: int, rounds: int, numbers: Numbers, failed: dict[str, int]
) -> None:
    """Measure viewers alone, beside clerks who drop 12,000 rows each, and beside townships that send their own."""
    page, uploads = f"{server.url}/{COUNTY.slug}/funds", f"{server.url}/{COUNTY.slug}/upload"
    big = [
        office.write(office.long_table(COUNTY, ROWS, seed=n), folder / f"全区指标{n}.xlsx")
        for n in range(100, 100 + clerks)
    ]
    size = statistics.mean(path.stat().st_size for path in big) / _MB
    reruns(page, "--reruns=3")
    asyncio.run(at_once(uploads, big[:1], server.pid, commit=False))
    quiet = asyncio.run(at_once(uploads, big, server.pid, commit=False))  # viewers have caches of their own
    for when, at in (("in use", "after"), ("at rest", "rested")):
        grown = (quiet[at] - quiet["before"]) / len(big)
        note(numbers, f"memory grown per file {when}, MB", grown)
        note(numbers, f"memory grown per file {when}, times its size", grown / size)
    kinds = (("12,000 rows each", False), ("own tables, committed", True))
    with looking(page, server.pid, viewers, TURNS):
        pass  # every date has been looked at once
    for turn, (name, commit) in enumerate(kinds * rounds):
        made = office.townships_tables(COUNTY, clerks, seed=turn) if commit else {}  # no file is stored twice
        paths = [office.write(frame, folder / f"{town}.xlsx") for town, frame in made.items()] or big
        with looking(page, server.pid, viewers, TURNS) as without:
            pass
        note(numbers, "viewers p95, no clerks", without["p95_ms"] / 1000)
        with looking(page, server.pid, viewers, TURNS) as beside:
            found = asyncio.run(at_once(uploads, paths, server.pid, commit=commit))
        note(numbers, f"viewers p95, {len(paths)} clerks, {name}", beside["p95_ms"] / 1000)
        note(numbers, f"clerks' drop, slowest, {name}", max(found["drops"]))
        if commit:
            note(numbers, f"clerks' commit, slowest, {name}", max(found["commits"]))
        failed[name] = failed.get(name, 0) + found["errors"] + beside["errors"] + found["blind"]


def copied(source: Path, target: Path) -> None:
    """Copy a store as it stands."""
    with closing(sqlite3.connect(source / "store.db")) as old, closing(sqlite3.connect(target / "store.db")) as new:
        old.backup(new)


def table(numbers: Numbers) -> str:
    """Return the median of each number."""
    return "\n".join(f"{name:<52}{statistics.median(values):>10.3g}" for name, values in numbers.items())


def main() -> None:
    """Measure, print a table and, if asked, write everything as JSON; ends with 1 if anybody's upload failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clerks", type=int, default=CLERKS, help="clerks at once")
    parser.add_argument("--viewers", type=int, default=VIEWERS, help="viewers meanwhile")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often viewers and clerks are measured in turns")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    parser.add_argument("--home", type=Path, help="a store that holds the sample already; it is copied")
    parser.add_argument("--only", choices=("alone", "browser", "together"), help="only this part")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # as Ctrl-C: the server is ended too
    numbers: Numbers = {}
    failed: dict[str, int] = {}
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="xianjie-bench-") as temporary:
        home = Path(temporary)
        if options.home:
            copied(options.home, home)
            with open_store(f"sqlite:///{home / 'store.db'}") as store:
                for entry in counties():
                    derive.catch_up(store, entry)  # figures computed by another version of the code
        else:
            imported(COUNTY.slug, home)
        files = [office.write(office.long_table(COUNTY, ROWS), home / f"指标{suffix}") for suffix in ENGINES]
        if options.only in {None, "alone"}:
            alone(home, home, numbers)
        ours, _ = sides(COUNTY.slug, home, home)
        if options.only != "alone":
            with serving(ours) as server:
                reruns(f"{server.url}/{COUNTY.slug}/upload", "--reruns=1")
                if options.only in {None, "browser"}:
                    with sync_playwright() as playwright:
                        browser = launch(playwright, find_chromium())
                        for _ in range(ROUNDS):
                            for path in files:
                                by_pandas(path, numbers)
                                to_first_map(browser, server.url, path, numbers)
                        browser.close()
                if options.only in {None, "together"}:
                    together(server, home, options.clerks, options.viewers, options.rounds, numbers, failed)
    print(f"load {before:.1f} before, {os.cpu_count()} processors\n{table(numbers)}")
    print("failures:", failed or "none looked for")
    if options.json:
        result = {"processors": os.cpu_count(), "load_before": before, "numbers": numbers, "failed": failed}
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")
    if any(failed.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
