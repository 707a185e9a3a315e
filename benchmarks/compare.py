"""Our pages beside a tutorial-style page on the same data, interleaved in one run: `make bench`.

    python benchmarks/compare.py [--rounds 3] [--counties wanzhou mouding] [--json FILE] [--home FOLDER]

Starts both servers on the loopback with sample data of their own, drives them with one Chromium and with a websocket
client, and prints a table: ours, tutorial, ratio. Last paint is the last change of document or canvas before one second
of quiet, in any frame. Everything stops when the run ends.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from export import export  # noqa: E402 - after the path, as this is a script
from painting import Watched, launch, tab  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from components.server.site import PAGES  # noqa: E402
from data.registry import County  # noqa: E402
from data.registry import county as find_county  # noqa: E402
from data.store import open_store  # noqa: E402
from geo.regions import regions  # noqa: E402
from tests.support.browser import find_chromium  # noqa: E402

DATE = "数据截至"  # the label of the as-of date, ours and the tutorial's
START_WITHIN = 120.0  # seconds
QUICK_RERUNS = 12
VIEWERS, THINK, TURNS = 50, 5.0, 4


@dataclass
class Server:
    """A running server."""

    url: str
    pid: int


@dataclass
class Side:
    """One of the two to be compared: how it is started and how a viewer changes a filter.

    `at` is where it is started: ours beside its code, or what is installed would run. `folder` has its log.
    """

    name: str
    command: list[str]
    at: Path
    folder: Path
    environment: Mapping[str, str]
    path: str
    indicator: Callable[[Watched, int], Callable[[], object]]
    date: Callable[[Watched, int], Callable[[], object]]
    server: Server | None = None
    numbers: dict[str, list[float]] = field(default_factory=dict)

    @property
    def running(self) -> Server:
        """Return its server.

        Raises
        ------
        RuntimeError
            It has not been started.
        """
        if self.server is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self.server

    @property
    def url(self) -> str:
        """Return the page's address."""
        return self.running.url + self.path

    def note(self, name: str, value: float) -> None:
        """Keep one number, and tell whoever waits for the table."""
        self.numbers.setdefault(name, []).append(value)
        print(f"  {self.name}: {name} {_number(value)}", file=sys.stderr, flush=True)


# ---- servers ---------------------------------------------------------------------------------------------------------


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(side: Side) -> Iterator[Server]:
    """Start a server; it is ended by its process id when the block ends."""
    port = free_port()
    log = side.folder / f"{side.name}.log"
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("XIANJIE_", "STREAMLIT_"))}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [part.format(port=port) for part in side.command],
            cwd=side.at,
            env=variables | dict(side.environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _answers(f"{url}/_stcore/health", process, log)
        side.server = Server(url, process.pid)
        yield side.server
    finally:
        side.server = None
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _answers(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"no answer from {url}:\n{log.read_text(errors='replace')[-2000:]}")


def imported(slug: str, home: Path) -> float:
    """Load the sample data of a county into an empty store; return the seconds of the whole command."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "cli", "demo", "--county", slug],
        cwd=ROOT,
        env=os.environ | {"XIANJIE_HOME": str(home)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


# ---- what a viewer does ----------------------------------------------------------------------------------------------


def _our_indicator(watched: Watched, turn: int) -> Callable[[], object]:
    rows = watched.page.locator(".st-key-board_urgent [data-id]")
    return lambda: rows.nth(1 + turn % 3).click()


def _our_date(watched: Watched, turn: int) -> Callable[[], object]:
    return _option(watched, watched.page.locator(".st-key-asof input"), turn)


def _tutorial_box(label: str) -> Callable[[Watched, int], Callable[[], object]]:
    return lambda watched, turn: _option(watched, watched.page.get_by_label(label).first, turn)


def _option(watched: Watched, box: Any, turn: int) -> Callable[[], object]:
    """Open a select box beforehand; the act that counts is choosing the option."""
    box.click()
    watched.quiet()
    return lambda: watched.page.get_by_role("option").nth(1 + turn % 3).click()


def sides(slug: str, home: Path, folder: Path) -> tuple[Side, Side]:
    """Return ours and the tutorial page for one county."""
    serve = [sys.executable, "-m", "cli", "serve", "--port", "{port}"]
    options = ("--server.headless=true", "--server.address=127.0.0.1", "--browser.gatherUsageStats=false")
    script = str(ROOT / "benchmarks" / "tutorial" / "app.py")
    run = [sys.executable, "-m", "streamlit", "run", script, "--server.port={port}", *options, "--", str(folder)]
    return (
        Side("ours", serve, ROOT, folder, {"XIANJIE_HOME": str(home)}, f"/{slug}", _our_indicator, _our_date),
        Side("tutorial", run, folder, folder, {}, "/", _tutorial_box("指标"), _tutorial_box(DATE)),
    )


# ---- measuring -------------------------------------------------------------------------------------------------------


def reruns(url: str, *options: str) -> dict[str, Any]:
    """Let `load.py` drive a page from a process of its own.

    Raises
    ------
    RuntimeError
        The page showed an exception.
    """
    command = [sys.executable, str(ROOT / "benchmarks" / "load.py"), url, *options]
    result: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if result["errors"]:
        raise RuntimeError(f"{url} showed {result['errors']} exceptions")
    return result


def in_browser(browser: Browser, side: Side, turn: int) -> None:
    """Measure one cold load, one reload and two filter changes."""
    with tab(browser, side.running.url) as watched:
        paints = {"cold page": watched.load(side.url), "warm reload": watched.reload()}
        paints["indicator change"] = watched.act(side.indicator(watched, turn))
        paints["date change"] = watched.act(side.date(watched, turn))
        for name, paint in paints.items():
            if paint.outside:
                raise RuntimeError(f"{side.name} asked other hosts: {paint.outside[:3]}")
            side.note(f"{name}, s", paint.seconds)
            side.note(f"{name}, KB", paint.kb)
            if name in {"cold page", "warm reload"}:
                side.note(f"{name}, requests", paint.requests)


def started(browser: Browser, side: Side) -> None:
    """Measure from the start of the process to its first page drawn."""
    began = time.time()
    with serving(side) as server, tab(browser, server.url) as watched:
        watched.load(side.url)
        side.note("start to first page drawn, s", watched.quiet() / 1000 - began)


def addresses(county: County) -> dict[str, str]:
    """Return every page by name, and of the page of places a township's and a village's: those with most below them."""
    found = {page.name: f"/{county.slug}/{page.name}" if page is not PAGES[0] else f"/{county.slug}" for page in PAGES}
    known = regions(county.code)
    largest = known.loc[known["level"] == "village", "parent"].value_counts().idxmax()
    town = known.set_index("code").loc[largest, "name"]
    village = known.loc[known["parent"] == largest, "code"].iloc[0]
    place = found["village"]
    return found | {"a township": f"{place}?town={quote(str(town))}", "a village": f"{place}?village={village}"}


def heaviest(side: Side, county: County) -> str:
    """Return the address of our page with the slowest rerun; every page that shows progress is tried."""
    times: dict[str, float] = {}
    for name, path in addresses(county).items():
        if name not in {"upload", "briefing"}:
            url = side.running.url + path
            try:
                times[url] = reruns(url, "--reruns=8")["p50_ms"]
            except RuntimeError as error:
                print(f"left out: {error}", file=sys.stderr)
    return max(times, key=times.__getitem__)


def by_websocket(side: Side, url: str, sessions: int) -> None:
    """Measure reruns that change the as-of date: one viewer without pause, or many who think."""
    one = sessions == 1
    turns = f"--reruns={QUICK_RERUNS if one else TURNS}"
    think = f"--think={0 if one else THINK}"
    result = reruns(url, turns, think, f"--sessions={sessions}", f"--change={DATE}", f"--pid={side.running.pid}")
    name = "rerun" if one else f"{sessions} viewers"
    side.note(f"{name} p50, s", result["p50_ms"] / 1000)
    side.note(f"{name} p95, s", result["p95_ms"] / 1000)
    if not one:
        side.note(f"{name}, peak RSS, MB", result["peak_rss_mb"])


def compare(browser: Browser, slug: str, home: Path, rounds: int, viewers: int) -> tuple[Side, Side]:
    """Measure one county on both sides, taking turns."""
    folder, county = home / "export" / slug, find_county(slug)
    with open_store(f"sqlite:///{home / 'store.db'}") as store:
        export(store, county, folder)
    ours, tutorial = pair = sides(slug, home, folder)
    for side in pair:
        started(browser, side)
    with ExitStack() as stack:
        for side in pair:
            stack.enter_context(serving(side))
            reruns(side.url, "--reruns=1")  # the first visitor of a process is measured above
        for turn in range(rounds):
            for side in pair if turn % 2 == 0 else pair[::-1]:
                in_browser(browser, side, turn)
        urls = {"ours": heaviest(ours, county), "tutorial": tutorial.url}
        for _ in range(rounds):
            for side in pair:
                by_websocket(side, urls[side.name], 1)
        for side in pair:
            by_websocket(side, urls[side.name], viewers)
    return ours, tutorial


# ---- the table -------------------------------------------------------------------------------------------------------


def table(ours: Side, tutorial: Side) -> str:
    """Return the medians of both sides beside each other, and how many times as much the tutorial page takes."""
    lines = [f"{'':<32}{'ours':>12}{'tutorial':>12}{'ratio':>9}"]
    for name, values in ours.numbers.items():
        mine = statistics.median(values)
        others = tutorial.numbers.get(name)
        line = f"{name:<32}{_number(mine):>12}"
        if others:
            theirs = statistics.median(others)
            line += f"{_number(theirs):>12}" + (f"{theirs / mine:>8.1f}x" if mine else "")
        lines.append(line)
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"


def main() -> None:
    """Measure, print a table per county and, if asked, write everything as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", nargs="+", default=["wanzhou", "mouding"], help="counties by slug")
    parser.add_argument("--rounds", type=int, default=3, help="turns in the browser")
    parser.add_argument("--viewers", type=int, default=VIEWERS, help="viewers at once")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    parser.add_argument("--home", type=Path, help="a store that holds the sample already; then no import is timed")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # as Ctrl-C: the servers are ended too
    result: dict[str, Any] = {"processors": os.cpu_count(), "load_before": os.getloadavg()[0], "counties": {}}
    with tempfile.TemporaryDirectory(prefix="xianjie-bench-") as temporary, sync_playwright() as playwright:
        home = options.home or Path(temporary)
        browser = launch(playwright, find_chromium())
        for slug in options.counties:
            seconds = None if options.home else imported(slug, home)
            pair = compare(browser, slug, home, options.rounds, options.viewers)
            if seconds is not None:
                pair[0].note("sample import, s", seconds)
            entry = find_county(slug)
            print(f"\n{entry.name_zh} {entry.name_en}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
            print(table(*pair), flush=True)
            result["counties"][slug] = {side.name: side.numbers for side in pair}
        browser.close()
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), "utf-8")


if __name__ == "__main__":
    main()
