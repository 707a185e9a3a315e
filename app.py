"""What `streamlit run` starts: the ASGI application, one process for all counties, each below its own address."""

import ast
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pkgutil import resolve_name
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit.runtime import runtime
from streamlit.runtime.pages_manager import PagesManager

from components.server import downloads, keeping_up, logs, memory
from components.server.compare import compare, compare_file
from components.server.health import healthz
from components.server.index_page import index_page
from components.server.landing import landing, landing_page
from components.server.metrics import Counting, metrics
from components.server.owner import OwnedMedia
from components.server.prefix import CountyPrefix
from components.server.providers import SettingsError, providers
from components.server.site import PAGES, ROOT
from components.server.watched import Watched
from data import upload
from data.access import ModeError, mode
from data.home import home
from data.registry import counties

FRAME = ROOT / "frame.py"


def _load_what_pages_import() -> None:
    """Import what the frame and the pages import, which the first visitor would otherwise wait for."""
    for script in (FRAME, *(page.file for page in PAGES)):
        for node in ast.parse(script.read_text("utf-8")).body:
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            for name in names:
                resolve_name(name)


def _addresses() -> str:
    """Return the address of every county as lines to read at the console."""
    host = st.get_option("server.address")
    if host in (None, "127.0.0.1", "0.0.0.0", "::"):  # noqa: S104 - an address to show, nothing is bound here
        host = "localhost"
    base = f"http://{host}:{st.get_option('server.port')}"
    return "".join(f"  {base}/{county.slug:<10}{county.name_zh} {county.name_en}\n" for county in counties())


@asynccontextmanager
async def lifespan(_: Any) -> AsyncGenerator[None]:
    """Warm the process, then take what is loaded out of the garbage collector's rounds."""
    memory.collect_now_and_then()
    _load_what_pages_import()
    for lang in ("zh", "en"):
        landing_page(lang)
        for county in counties():
            index_page(county, lang)
    memory.settle()
    upload.compute_apart()
    # Beside the server, which answers at once; whoever comes first waits for this computation, not for a second one.
    keeping_up.start(after_loading=memory.settle)
    sys.stdout.write(_addresses())
    sys.stdout.flush()
    yield


logs.start(Counting())

# Streamlit takes a folder `pages/` for its own old kind of pages until a script has called `st.navigation`: the first
# visitor of a process, coming by a deep link, would get the page without its frame.
PagesManager.uses_pages_directory = False
# Streamlit's own would hand a download to whoever knows its address.
setattr(runtime, "MediaFileManager", OwnedMedia)  # noqa: B010 - it does not export the name

try:
    if mode() == "oidc":
        providers()
except (ModeError, SettingsError) as wrong:
    sys.exit(str(wrong))

downloads.install()
os.environ["XIANJIE_HOME"] = str(home())  # asked again and again: from here on without a look at the disk

app = st.App(
    FRAME,
    lifespan=lifespan,
    routes=[
        Route("/", landing),
        Route("/compare", compare),
        Route("/compare.xlsx", compare_file),
        Route("/healthz", healthz),
        Route("/metrics", metrics),
    ],
    middleware=[Middleware(Watched), Middleware(CountyPrefix)],
)
