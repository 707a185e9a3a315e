"""When a page has stopped painting, and what crossed the network for it. Works the same for any page."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

QUIET = 1.0  # seconds without a change after which the last one counts as the last paint
PATIENCE = 60.0  # seconds for all of it
VIEWPORT = {"width": 1366, "height": 768}

# Runs in every frame before the page's own scripts. A change counts when the browser has drawn it (next frame).
_WATCH = """(() => {
  const now = () => performance.timeOrigin + performance.now()
  const seen = (window.__seen = { changed: 0, acted: 0 })
  const change = () => {
    seen.changed = now()
    requestAnimationFrame(() => { seen.changed = Math.max(seen.changed, now()) })
  }
  const all = { subtree: true, childList: true, attributes: true, characterData: true }
  new MutationObserver(change).observe(document, all)
  const watch = (type, names) => {
    for (const name of names) {
      const real = type.prototype[name]
      if (real) type.prototype[name] = function (...args) { change(); return real.apply(this, args) }
    }
  }
  watch(CanvasRenderingContext2D, ['fillRect', 'clearRect', 'fill', 'stroke', 'fillText', 'drawImage', 'putImageData'])
  for (const type of [window.WebGLRenderingContext, window.WebGL2RenderingContext])
    if (type) watch(type, ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced', 'clear'])
  for (const event of ['pointerdown', 'click', 'keydown'])
    addEventListener(event, (e) => { seen.acted = performance.timeOrigin + e.timeStamp }, true)
})()"""


@dataclass
class Paint:
    """One page load or change.

    Attributes
    ----------
    seconds : from the navigation or the viewer's act to the last paint.
    kb : received, over HTTP and websocket, as it crossed the wire.
    requests : HTTP requests that went to the network.
    outside : addresses asked of other hosts.
    """

    seconds: float
    kb: float
    requests: int
    outside: list[str]


class _Traffic:
    """Counts what a page receives, its frames included."""

    def __init__(self, session: CDPSession, origin: str) -> None:
        self.bytes = 0.0
        self.outside: list[str] = []
        self._origin = origin
        self._asked_for: set[str] = set()
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.requestServedFromCache", self._cached)
        session.on("Network.loadingFinished", self._loaded)
        session.on("Network.webSocketFrameReceived", self._frame)
        session.send("Network.enable")

    @property
    def requests(self) -> int:
        """Number of requests that went to the network."""
        return len(self._asked_for)

    def _asked(self, event: dict[str, Any]) -> None:
        url = str(event["request"]["url"])
        if url.startswith("http"):
            self._asked_for.add(event["requestId"])
            if not url.startswith(self._origin):
                self.outside.append(url)

    def _cached(self, event: dict[str, Any]) -> None:
        self._asked_for.discard(event["requestId"])  # images of the page itself were never counted

    def _loaded(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    def _frame(self, event: dict[str, Any]) -> None:
        response = event["response"]
        size = len(response["payloadData"])
        self.bytes += size * 3 / 4 if response["opcode"] == 2 else size  # binary frames are shown as base64


class Watched:
    """A browser tab of its own, with an empty cache, whose paints are timed."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        page.context.add_init_script(_WATCH)
        self._traffic = _Traffic(page.context.new_cdp_session(page), origin)

    def load(self, url: str) -> Paint:
        """Open an address."""
        return self._time(lambda: self.page.goto(url, wait_until="commit"), "performance.timeOrigin")

    def reload(self) -> Paint:
        """Load the page again, with what the browser has kept."""
        return self._time(lambda: self.page.reload(wait_until="commit"), "performance.timeOrigin")

    def act(self, action: Callable[[], object]) -> Paint:
        """Do what a viewer does; timed from its last click or key."""
        return self._time(action, "window.__seen.acted")

    def quiet(self) -> float:
        """Wait until nothing has changed for a second; return when the last change was, in epoch milliseconds.

        Raises
        ------
        TimeoutError
            The page does not come to rest.
        """
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            # An act starts the second anew: its answer may take a while to come.
            last = max(self._acted(), *map(self._changed, self.page.frames))
            if last and time.time() * 1000 - last > QUIET * 1000 and self._running() == 0:
                return last
            time.sleep(0.1)
        raise TimeoutError(f"{self.page.url} still changes after {PATIENCE:.0f} s")

    def _time(self, action: Callable[[], object], start: str) -> Paint:
        traffic = self._traffic
        bytes_before, requests_before = traffic.bytes, traffic.requests
        action()
        last = self.quiet()
        began = float(self.page.evaluate(start))
        if last <= began:
            raise RuntimeError(f"nothing changed on {self.page.url}")
        kb = (traffic.bytes - bytes_before) / 1024
        return Paint((last - began) / 1000, kb, traffic.requests - requests_before, traffic.outside)

    @staticmethod
    def _changed(frame: Any) -> float:
        try:
            return float(frame.evaluate("window.__seen?.changed ?? 0"))
        except PlaywrightError:  # the frame has just gone
            return 0.0

    def _acted(self) -> float:
        return float(self.page.evaluate("window.__seen?.acted ?? 0"))

    def _running(self) -> int:
        """Whether a script still runs, or has not begun: then a pause is no rest."""
        return int(self.page.locator("[data-test-script-state='running'],[data-test-script-state='initial']").count())


@contextmanager
def tab(browser: Browser, origin: str) -> Iterator[Watched]:
    """Open a tab with an empty cache; closed at the end."""
    context = browser.new_context(viewport=VIEWPORT, locale="zh-CN")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE * 1000)
    try:
        yield Watched(context.new_page(), origin)
    finally:
        context.close()


def launch(playwright: Playwright, executable: str | None) -> Browser:
    """Run one Chromium that asks nobody but the loopback."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    arguments.append("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1")
    return playwright.chromium.launch(executable_path=executable, args=arguments)
