"""A real Chromium for a test, and what is asked of every page in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from playwright.sync_api import TimeoutError as BrowserTimeoutError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # one page of an address after the other finds its scripts compiled
    "--font-render-hinting=none",
    # Each page lives for seconds: machine code for what runs often, and threads to paint beside it, never pay.
    "--js-flags=--no-turbofan --no-maglev",
    "--num-raster-threads=1",
]
PATIENCE = 20_000  # ms: other tests share the processors
expect.set_options(timeout=PATIENCE)

VIEWPORT = {"width": 1366, "height": 768}

# Streamlit's own English, as it stands in its client: none of it may be seen on a Chinese page.
ENGLISH = (
    "Drag and drop",
    "Browse files",
    "Upload",
    "per file",
    "Choose an option",
    "Choose options",
    "Choose a date",
    "No results",
    "No options to select",
    "Select all",
    "Select one or more options",
    "Search",
    "Settings",
    "Rerun",
    "Running...",
    "Stop",
    "Connecting",
    "Connection error",
    "Download as CSV",
    "Fullscreen",
    "Close fullscreen",
    "Show/hide columns",
    "Sort ascending",
    "Sort descending",
    "Pin column",
    "Unpin column",
    "Hide column",
    "Autosize",
    "Download plot as a PNG",
    "Download plot as PNG",
    "Zoom in",
    "Zoom out",
    "Autoscale",
    "Reset axes",
    "Box Select",
    "Lasso Select",
    "Page not found",
    "View all",
    "Clear all",
    "Clear value",
    "Remove file",
    "Press Enter to apply",
    "Main menu",
    "Close",
    "Copy to clipboard",
    "Link to heading",
    "Skip to main content",
    "file upload",
)

_SHOWN = """() => {
  const seen = new Set(), shown = (e) => e && e.getClientRects().length > 0;
  const add = (s) => { if (s && s.trim()) seen.add(s.trim()); };
  const walk = (root) => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) if (shown(texts.currentNode.parentElement)) add(texts.currentNode.nodeValue);
    for (const e of root.querySelectorAll("*")) {
      if (e.shadowRoot) walk(e.shadowRoot);
      if (!shown(e)) continue;
      for (const a of ["placeholder", "title", "aria-label", "alt", "data-title"]) add(e.getAttribute(a));
    }
  };
  walk(document.body);
  return [...seen];
}"""


def find_chromium() -> str | None:
    """Return the machine's Chromium, or None for the one Playwright installed."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run one Chromium until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """What must not happen on a page: requests that leave the origin, script errors, a policy violated."""

    def __init__(self, page: Page, origin: str) -> None:
        self.origin = origin
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._request)
        page.on("websocket", lambda socket: self._address(socket.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._console)

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _address(self, url: str) -> None:
        own = (f"{self.origin}/", f"{self.origin.replace('http', 'ws', 1)}/", "data:", "blob:", "about:")
        if not url.startswith(own):
            self.outside.append(url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.errors.append(message.text)

    def verify(self) -> None:
        """Fail if any of it happened."""
        assert not self.outside, f"requests that left the origin: {self.outside}"
        assert not self.errors, f"errors on the page: {self.errors}"


# Of people who have left, by browser, address and language: the empty page that stayed behind, with its context. Who
# comes next finds the scripts loaded and compiled, which is most of what opening a page costs, and nothing else.
_left: dict[tuple[Browser, str, str], list[Page]] = {}
_NOTES = "cookies,local_storage,indexeddb,service_workers,cache_storage,file_systems,shared_storage,storage_buckets"


@contextmanager
def open_page(
    browser: Browser, url: str, *, locale: str = "zh-CN", viewport: dict[str, int] | None = None
) -> Iterator[Page]:
    """Open an empty page whose relative addresses start at `url`; what `Watch` saw is judged at the end.

    Pages that are open at the same time are of different people; nobody finds a cookie or a note of another.
    """
    free = _left.setdefault((browser, url, locale), [])
    first = free.pop() if free else _arrive(browser, url, locale)
    context = first.context
    page = context.new_page()
    page.set_viewport_size(viewport or VIEWPORT)
    watch = Watch(page, url)
    try:
        yield page
        watch.verify()
    except BaseException:
        context.close()  # in whatever state it is
        raise
    for opened in context.pages:
        if opened is not first:
            opened.close()
    context.new_cdp_session(first).send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": _NOTES})
    context.clear_cookies()
    free.append(first)


def _arrive(browser: Browser, url: str, locale: str) -> Page:
    """Return the first page of somebody new: it keeps the process in which scripts of this address run."""
    # Streamlit's own movements are painted by the processor here, and no rule of ours depends on them.
    context = browser.new_context(base_url=url, locale=locale, accept_downloads=True, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/_stcore/health")
    return page


def settled(page: Page) -> None:
    """Wait until the script of the page has run and what it drew stands.

    Quiet for a moment, not just once: a choice made a moment ago is still on its way to the server, and elements whose
    code the browser loads only when it needs it (charts, tables) stand as skeletons until it has come.
    """
    page.wait_for_function(
        """() => { const app = document.querySelector('[data-testid="stApp"]'), now = performance.now();
                   const busy = app?.dataset.testScriptState !== 'notRunning'
                     || document.querySelector('[data-testid="stSkeleton"]');
                   if (busy) { globalThis.quietSince = null; return false; }
                   return now - (globalThis.quietSince ??= now) > 200; }""",
        polling=50,  # ms: asked at each frame, a page would never rest
    )


def comes_to(page: Page, script: str, wanted: object) -> object:
    """Return what a script finds on the page once that is what is wanted, or else what it still finds in the end.

    For geometry, which is right when the last font, chart or style sheet has come.
    """
    with suppress(BrowserTimeoutError):
        page.wait_for_function(
            f"wanted => JSON.stringify(({script})()) === JSON.stringify(wanted)", arg=wanted, polling=50
        )
    return page.evaluate(script)


def english_chrome(page: Page) -> list[str]:
    """Return what of Streamlit's own English can be read on the page: texts, hints, labels of buttons."""
    shown = page.evaluate(_SHOWN)
    return sorted({text for text in shown for word in ENGLISH if text == word or (len(word) > 8 and word in text)})


def screenshot(page: Page, path: Path) -> Path:
    """Take a picture of the whole page, for the eyes of whoever works on it."""
    page.screenshot(path=path, full_page=True)
    return path
