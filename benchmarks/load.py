"""Many viewers at once: open sessions over websockets as a browser would, rerun the page, time each rerun.

    python benchmarks/load.py http://localhost:8501/banan/funds --sessions 50 --reruns 12 --think 5 --change 数据截至

`--change` lets each rerun choose another option of the select box with that label, as a viewer would.

One rerun is the time from sending the message to the server's "script finished". Prints one JSON object. The client
shares the processors with the server when both are on one machine; it does next to nothing with what it receives.
"""

import argparse
import asyncio
import json
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from websockets.typing import Subprotocol

_PATIENCE = 180.0  # seconds for one rerun
_AT_ONCE = 10  # sessions that open at the same time
_MB = 2**20


@dataclass
class Viewer:
    """One open page.

    Parameters
    ----------
    url : str
        The page as in the browser's address bar: scheme, host, county, page, query.
    headers : dict
        Sent with the connection, such as cookies.
    """

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    socket: websockets.ClientConnection = field(init=False)
    page_hash: str = ""
    known: set[str] = field(default_factory=set)
    boxes: dict[str, tuple[str, list[str]]] = field(default_factory=dict)  # by label: widget and its options
    chosen: dict[str, str] = field(default_factory=dict)
    received: int = 0
    errors: int = 0

    async def open(self) -> float:
        """Connect and run the script for the first time; return the seconds that took."""
        parts = urlsplit(self.url)
        county = parts.path.strip("/").split("/")[0]
        base = f"{parts.scheme.replace('http', 'ws')}://{parts.netloc}{'/' if county else ''}{county}"
        stream = f"{base}/_stcore/stream"
        began = time.perf_counter()
        self.socket = await websockets.connect(
            stream,
            subprotocols=[Subprotocol("streamlit"), Subprotocol("none")],
            additional_headers={"Origin": f"{parts.scheme}://{parts.netloc}"} | self.headers,
            max_size=None,
            compression=None,
            open_timeout=_PATIENCE,
            ping_interval=None,
        )
        await self.rerun()
        return time.perf_counter() - began

    def choose(self, label: str, turn: int) -> None:
        """Choose another of the first three options of a select box, which takes effect at the next rerun.

        Raises
        ------
        LookupError
            The page has no select box of this label.
        """
        if label not in self.boxes:
            raise LookupError(f"{self.url} has no select box '{label}', only {sorted(self.boxes)}")
        widget, options = self.boxes[label]
        self.chosen[widget] = options[turn % min(3, len(options))]

    async def rerun(self, query: str | None = None) -> float:
        """Run the script again, with another query if one is given; return the seconds until it had finished."""
        parts = urlsplit(self.url)
        message = BackMsg()
        state = message.rerun_script
        state.query_string = parts.query if query is None else query
        state.page_script_hash = self.page_hash
        if not self.page_hash:
            state.page_name = parts.path.strip("/").partition("/")[2]
        state.cached_message_hashes.extend(self.known)
        self.fill(state.widget_states)
        state.context_info.locale, state.context_info.timezone = "zh-CN", "Asia/Shanghai"
        state.context_info.url = self.url
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        await asyncio.wait_for(self._finished(), _PATIENCE)
        return time.perf_counter() - began

    def fill(self, states: WidgetStates) -> None:
        """Say what the page's widgets hold."""
        for widget, option in self.chosen.items():
            states.widgets.add(id=widget, string_value=option)

    def see(self, reply: ForwardMsg) -> None:
        """Take note of one message of the server."""

    async def _finished(self) -> None:
        started = False
        while True:
            raw = await self.socket.recv(decode=False)
            self.received += len(raw)
            reply = ForwardMsg.FromString(raw)
            self.see(reply)
            if reply.hash and reply.metadata.cacheable:
                self.known.add(reply.hash)
            kind = reply.WhichOneof("type")
            if kind == "new_session":
                started = True
            elif kind == "navigation":  # only this names the page asked for; new_session names the main script
                self.page_hash = reply.navigation.page_script_hash
            elif kind == "delta":
                element = reply.delta.new_element
                self.errors += element.WhichOneof("type") == "exception"
                if element.WhichOneof("type") == "selectbox":
                    self.boxes[element.selectbox.label] = (element.selectbox.id, list(element.selectbox.options))
            elif (
                kind == "script_finished"
                and started
                and reply.script_finished != ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
            ):
                return


@dataclass(frozen=True)
class Load:
    """What to do: how many viewers, how often each reruns, how long they think, and what they change."""

    url: str
    sessions: int = 1
    reruns: int = 20
    think: float = 0.0
    queries: Sequence[str] = ()
    change: str | None = None
    pid: int | None = None
    cookie: str | None = None


def milliseconds(seconds: Sequence[float], share: float) -> float:
    """Return a quantile in milliseconds."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)


async def measure(load: Load) -> dict[str, Any]:
    """Carry out a load and return what was measured.

    Returns
    -------
    dict
        `first_*_ms` connect and first run, `p50_ms`, `p95_ms`, `max_ms` of later reruns, `reruns_per_s`,
        `kb_per_rerun` received, `errors` exceptions drawn; of the server with its children `cpu_ms` per rerun, `rss_mb`
        and `peak_rss_mb`.
    """
    headers = {"Cookie": load.cookie} if load.cookie else {}
    viewers = [Viewer(load.url, headers) for _ in range(load.sessions)]
    gate = asyncio.Semaphore(_AT_ONCE)

    async def enter(viewer: Viewer) -> float:
        async with gate:
            return await viewer.open()

    async def stay(viewer: Viewer, chance: random.Random) -> list[float]:
        taken = []
        await asyncio.sleep(chance.random() * load.think)  # nobody clicks in step
        for turn in range(load.reruns):
            query = load.queries[(turn + chance.randrange(9)) % len(load.queries)] if load.queries else None
            if load.change:
                viewer.choose(load.change, turn + 1)
            taken.append(await viewer.rerun(query))
            await asyncio.sleep(load.think * (0.5 + chance.random()))
        return taken

    memory: list[float] = []
    watch = asyncio.create_task(_sample(load.pid, memory)) if load.pid else None
    first = await asyncio.gather(*map(enter, viewers))
    before = sum(viewer.received for viewer in viewers)
    began, worked = time.perf_counter(), processor(load.pid) if load.pid else 0.0
    runs = await asyncio.gather(*(stay(viewer, random.Random(seed)) for seed, viewer in enumerate(viewers)))
    lasted = time.perf_counter() - began
    taken = [seconds for run in runs for seconds in run]
    result: dict[str, Any] = {
        "url": load.url,
        "sessions": load.sessions,
        "think_s": load.think,
        "first_p50_ms": round(statistics.median(first) * 1000, 1),
        "first_max_ms": round(max(first) * 1000, 1),
        "reruns": len(taken),
        "p50_ms": milliseconds(taken, 0.5),
        "p95_ms": milliseconds(taken, 0.95),
        "max_ms": milliseconds(taken, 1),
        "reruns_per_s": round(len(taken) / lasted, 1),
        "kb_per_rerun": round((sum(viewer.received for viewer in viewers) - before) / len(taken) / 1024, 1),
        "errors": sum(viewer.errors for viewer in viewers),
    }
    if watch and load.pid:
        watch.cancel()
        cpu = (processor(load.pid) - worked) / len(taken) * 1000
        result |= {"cpu_ms": round(cpu, 1), "rss_mb": rss(load.pid), "peak_rss_mb": max(memory)}
    await asyncio.gather(*(viewer.socket.close() for viewer in viewers))
    return result


def rss(pid: int) -> float:
    """Return the memory of a process and its children in MB."""
    return round(sum(p.memory_info().rss for p in _family(pid)) / _MB, 1)


def processor(pid: int) -> float:
    """Return the seconds for which a process and its children have held a processor."""
    return sum(times.user + times.system for times in (p.cpu_times() for p in _family(pid)))


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


async def _sample(pid: int, into: list[float]) -> None:
    while True:
        into.append(rss(pid))
        await asyncio.sleep(0.5)


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="page to load, with its county: http://localhost:8501/banan/funds?year=2023")
    parser.add_argument("--sessions", type=int, default=1, help="viewers")
    parser.add_argument("--reruns", type=int, default=20, help="reruns of each")
    parser.add_argument("--think", type=float, default=0.0, help="mean seconds between the reruns of one viewer")
    parser.add_argument("--queries", nargs="*", default=[], help="queries to change between, such as lang=en lang=zh")
    parser.add_argument("--change", help="label of a select box whose option changes at each rerun, such as 数据截至")
    parser.add_argument("--pid", type=int, help="process of the server, for its memory")
    parser.add_argument("--cookie", help="sent with each connection, such as that of somebody who has signed in")
    options = parser.parse_args()
    print(json.dumps(asyncio.run(measure(Load(**vars(options)))), ensure_ascii=False))


if __name__ == "__main__":
    main()
