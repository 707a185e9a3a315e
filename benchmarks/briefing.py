"""What a bulletin costs the office, the server and everybody else: `make bench-briefing`.

    python benchmarks/briefing.py [--home FOLDER] [--json FILE] [--viewers 50] [--rounds 3]

Word, PowerPoint, Excel and the offline page of 万州区 (610 villages): with every section by themselves, and as the page
offers them, fetched as a browser would, one after the other without pause, while others look. Rounds with and without
documents take turns: compare the lines of one run. Nothing is changed in a store that is given.
"""

import argparse
import asyncio
import datetime as dt
import json
import os
import resource
import signal
import statistics
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from compare import imported, reruns, serving, sides  # noqa: E402 - after the path, as this is a script
from load import Viewer, rss  # noqa: E402
from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: E402
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: E402
from uploads import VIEWERS, copied, looking, note  # noqa: E402

from data import upload  # noqa: E402
from data.briefing import files, press  # noqa: E402
from data.briefing.compose import FULL  # noqa: E402
from data.briefing.facts import Since, from_store  # noqa: E402
from data.plan import load_plan  # noqa: E402
from data.registry import counties  # noqa: E402
from data.store import open_store  # noqa: E402

COUNTY = next(entry for entry in counties() if entry.slug == "wanzhou")
FORMS = ("docx", "pptx", "xlsx", "html")
ROUNDS, TURNS = 3, 6
LASTING = 30.0  # seconds for which the office asks for documents, while viewers make their turns
_PATIENCE = 300.0

Numbers = dict[str, list[float]]


@dataclass
class Office(Viewer):
    """One open page of the bulletin and the person who takes its files along."""

    waiting: dict[str, str] = field(default_factory=dict)  # what a button would fetch, by the widget's id
    answers: dict[str, Any] = field(default_factory=dict)
    session: str = ""

    def see(self, reply: ForwardMsg) -> None:
        """Take note of the session and the buttons."""
        kind = reply.WhichOneof("type")
        if kind == "new_session":
            self.session = reply.new_session.initialize.session_id
        elif kind == "delta" and reply.delta.new_element.WhichOneof("type") == "download_button":
            button = reply.delta.new_element.download_button
            self.waiting[button.id] = button.deferred_file_id

    async def take(self, form: str) -> float:
        """Press a format's button and fetch the file; return the seconds that took.

        Raises
        ------
        RuntimeError
            The server said that it could not make it.
        """
        file = next(value for name, value in self.waiting.items() if name.endswith(f"brief_{form}"))
        message = BackMsg()
        request = message.backend_operation_request
        request.request_id, request.session_id, request.deferred_file.file_id = form, self.session, file
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        answer = await asyncio.wait_for(self._answer(), _PATIENCE)
        if answer.error_msg:
            raise RuntimeError(f"{form}: {answer.error_msg}")
        parts = urlsplit(self.url)
        url = f"{parts.scheme}://{parts.netloc}/{COUNTY.slug}{answer.deferred_file.url}"
        body = await asyncio.to_thread(_fetched, url)
        if not body:
            raise RuntimeError(f"{form}: an empty file")
        return time.perf_counter() - began

    async def _answer(self) -> Any:
        while True:
            reply = ForwardMsg.FromString(await self.socket.recv(decode=False))
            if reply.WhichOneof("type") == "backend_operation_response":
                return reply.backend_operation_response


def _fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=_PATIENCE) as response:
        return bytes(response.read())


def alone(home: Path, numbers: Numbers) -> None:
    """Make each format once in processes of their own; seconds, processor and memory of these."""
    with open_store(f"sqlite:///{home / 'store.db'}") as store:
        day = upload.newest_date(store, COUNTY)
        if day is None:
            raise RuntimeError("no data")
        facts = from_store(store, COUNTY, load_plan(COUNTY.plans[0]), day, Since(day.replace(day=1) - dt.timedelta(1)))
    whole = _children()
    for form in FORMS:
        before, began = _children(), time.perf_counter()
        press.make(files.content(facts, form, sections=FULL), facts.boundaries, form)
        note(numbers, f"{form}, s", time.perf_counter() - began)
        note(numbers, f"{form}, s of a processor", _children() - before)
    note(numbers, "all four, s of a processor", _children() - whole)
    note(numbers, "largest of their processes, MB", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def asking(url: str, seconds: float, pid: int) -> dict[str, Any]:
    """Take along every format, one after the other, until the time is over; each at least once.

    Returns
    -------
    dict
        Seconds of each file, and the memory of the server with its children, sampled the while, in MB.
    """
    office, taken, memory = Office(url), [], [rss(pid)]
    await office.open()
    until = time.monotonic() + seconds

    async def sample() -> None:
        while True:
            memory.append(rss(pid))
            await asyncio.sleep(0.1)

    watch = asyncio.create_task(sample())
    while time.monotonic() < until or len(taken) < len(FORMS):
        taken.append(await office.take(FORMS[len(taken) % len(FORMS)]))
    watch.cancel()
    await office.socket.close()
    return {"taken": taken, "peak": max(memory), "errors": office.errors}


def beside_viewers(server: Any, viewers: int, rounds: int, numbers: Numbers) -> int:
    """Measure viewers with and without documents in turns; return how many exceptions anybody saw."""
    page, bulletin = f"{server.url}/{COUNTY.slug}/funds", f"{server.url}/{COUNTY.slug}/briefing"
    errors = 0
    reruns(page, "--reruns=3")
    held = psutil.Process(server.pid).memory_info().rss / 2**20
    first = asyncio.run(asking(bulletin, 0, server.pid))
    note(numbers, "server with its processes: added at most, no viewers, MB", first["peak"] - held)
    for _ in range(rounds):
        with looking(page, server.pid, viewers, TURNS) as without:
            pass
        with looking(page, server.pid, viewers, TURNS) as beside:
            found = asyncio.run(asking(bulletin, LASTING, server.pid))
        errors += without["errors"] + beside["errors"] + found["errors"]
        note(numbers, "viewers p95 without, s", without["p95_ms"] / 1000)
        note(numbers, "viewers p95 beside documents, s", beside["p95_ms"] / 1000)
        note(numbers, "times as long", beside["p95_ms"] / without["p95_ms"])
        note(numbers, "a file beside viewers, s", statistics.median(found["taken"]))
        note(numbers, "added at most beside viewers, MB", found["peak"] - without["peak_rss_mb"])
    note(numbers, "server alone, grown in the end, MB", psutil.Process(server.pid).memory_info().rss / 2**20 - held)
    return errors


def main() -> None:
    """Measure, print a table and, if asked, write everything as JSON; ends with 1 if anybody saw an exception."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=VIEWERS, help="viewers meanwhile")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds with and without documents")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    parser.add_argument("--home", type=Path, help="a store that holds the sample already; it is copied")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # as Ctrl-C: the server is ended too
    numbers: Numbers = {}
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="xianjie-bench-") as temporary:
        home = Path(temporary)
        if options.home:
            copied(options.home, home)
        else:
            imported(COUNTY.slug, home)
        alone(home, numbers)
        ours, _ = sides(COUNTY.slug, home, home)
        with serving(ours) as server:
            errors = beside_viewers(server, options.viewers, options.rounds, numbers)
    print(f"load {before:.1f} before, {os.cpu_count()} processors")
    print("\n".join(f"{name:<60}{statistics.median(values):>10.3g}" for name, values in numbers.items()))
    print("exceptions seen:", errors)
    if options.json:
        result = {"processors": os.cpu_count(), "load_before": before, "numbers": numbers}
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")
    if errors:
        sys.exit(1)


if __name__ == "__main__":
    main()
