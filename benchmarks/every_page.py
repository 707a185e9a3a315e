"""Every page of ours beside the tutorial-style page, taking turns: the second table of `make bench`.

    python benchmarks/every_page.py [--rounds 3] [--counties wanzhou mouding] [--json FILE] [--home FOLDER]

A page is opened in a tab whose browser has its scripts already, and run again for another as-of date by a websocket
client. Before each page of ours the tutorial page does the same, so both saw the same machine. The processor's seconds
are those of the server alone.
"""

import argparse
import json
import os
import signal
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from compare import DATE, Side, addresses, imported, reruns, serving, sides  # noqa: E402 - after the path
from export import export  # noqa: E402
from painting import Watched, launch, tab  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from data.registry import County  # noqa: E402
from data.registry import county as find_county  # noqa: E402
from data.store import open_store  # noqa: E402
from tests.support.browser import find_chromium  # noqa: E402

RERUNS = 9
MEASURES = ("opened, s", "KB", "rerun, s", "rerun, CPU s", "new date, s")
Numbers = dict[str, dict[str, dict[str, list[float]]]]
"""What was measured: by page, by side ("ours", "tutorial"), by measure."""


class Turn(NamedTuple):
    """One side's turn for one page of ours."""

    page: str
    side: Side
    url: str


def turns(pair: tuple[Side, Side], pages: dict[str, str]) -> Iterator[Turn]:
    """Yield for each page the tutorial's turn and ours."""
    ours, tutorial = pair
    for name, path in pages.items():
        yield Turn(name, tutorial, tutorial.url)
        yield Turn(name, ours, ours.running.url + path)


def note(numbers: Numbers, turn: Turn, measure: str, value: float) -> None:
    """Keep one number, and tell whoever waits for the table."""
    numbers.setdefault(turn.page, {}).setdefault(turn.side.name, {}).setdefault(measure, []).append(value)
    print(f"  {turn.page}, {turn.side.name}: {measure} {value:.3g}", file=sys.stderr, flush=True)


def opened(tabs: dict[str, Watched], pair: tuple[Side, Side], pages: dict[str, str], numbers: Numbers) -> None:
    """Open every page once."""
    for turn in turns(pair, pages):
        paint = tabs[turn.side.name].load(turn.url)
        if paint.outside:
            raise RuntimeError(f"{turn.url} asked other hosts: {paint.outside[:3]}")
        note(numbers, turn, "opened, s", paint.seconds)
        note(numbers, turn, "KB", paint.kb)


def rerun(pair: tuple[Side, Side], pages: dict[str, str], numbers: Numbers, *, first: bool) -> None:
    """Let one viewer of every page change the date without pause; at first nobody has asked for these dates."""
    for turn in turns(pair, pages):
        result = reruns(turn.url, f"--reruns={RERUNS}", f"--change={DATE}", f"--pid={turn.side.running.pid}")
        if first:
            note(numbers, turn, "new date, s", result["max_ms"] / 1000)
        else:
            note(numbers, turn, "rerun, s", result["p50_ms"] / 1000)
            note(numbers, turn, "rerun, CPU s", result["cpu_ms"] / 1000)


def measure(browser: Browser, county: County, home: Path, rounds: int) -> Numbers:
    """Measure every page of one county."""
    folder = home / "export" / county.slug
    with open_store(f"sqlite:///{home / 'store.db'}") as store:
        export(store, county, folder)
    numbers: Numbers = {}
    with ExitStack() as stack:
        pair = sides(county.slug, home, folder)
        for side in pair:
            stack.enter_context(serving(side))
            reruns(side.url, "--reruns=1")  # the first visitor of a process is measured by compare.py
        pages = addresses(county)
        rerun(pair, pages, numbers, first=True)
        tabs = {side.name: stack.enter_context(tab(browser, side.running.url)) for side in pair}
        opened(tabs, pair, pages, {})  # the scripts a page needs come once
        for _ in range(rounds):
            rerun(pair, pages, numbers, first=False)
            opened(tabs, pair, pages, numbers)
    return numbers


def table(numbers: Numbers) -> str:
    """Return a line per page: ours, and how many times as much the tutorial page took in the turns before."""
    lines = [f"{'':<24}" + "".join(f"{name:>20}" for name in MEASURES)]
    for page, found in numbers.items():
        line = f"{page:<24}"
        for name in MEASURES:
            mine, theirs = (statistics.median(found[side][name]) for side in ("ours", "tutorial"))
            line += f"{f'{mine:.3g}':>12}" + (f"{theirs / mine:>7.1f}x" if mine else " " * 8)
        lines.append(line)
    return "\n".join(lines)


def main() -> None:
    """Measure, print a table per county and, if asked, write everything as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", nargs="+", default=["wanzhou", "mouding"], help="counties by slug")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each page")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    parser.add_argument("--home", type=Path, help="a store that holds the sample already")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # as Ctrl-C: the servers are ended too
    result: dict[str, Any] = {"processors": os.cpu_count(), "load_before": os.getloadavg()[0], "counties": {}}
    with tempfile.TemporaryDirectory(prefix="xianjie-bench-") as temporary, sync_playwright() as playwright:
        home = options.home or Path(temporary)
        browser = launch(playwright, find_chromium())
        for slug in options.counties:
            if not options.home:
                imported(slug, home)
            entry = find_county(slug)
            numbers = measure(browser, entry, home, options.rounds)
            print(f"\n{entry.name_zh} {entry.name_en}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
            print(table(numbers), flush=True)
            result["counties"][slug] = numbers
        browser.close()
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), "utf-8")


if __name__ == "__main__":
    main()
