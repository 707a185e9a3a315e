"""What `streamlit run` starts: the ASGI application, one process for all counties, each below its own address."""

import gc
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from components.server.health import healthz
from components.server.index_page import index_page
from components.server.landing import landing, landing_page
from components.server.prefix import CountyPrefix
from data.registry import counties

# What pages import. Loaded before the first visitor comes, who would otherwise wait for it.
_WARM = ("pandas", "plotly.graph_objects", "shapely", "streamlit.components.v1")


def _addresses() -> str:
    """Return the address of every county as lines to read at the console."""
    host = st.get_option("server.address")
    if host in (None, "127.0.0.1", "0.0.0.0", "::"):  # noqa: S104 - an address to show, nothing is bound here
        host = "localhost"
    base = f"http://{host}:{st.get_option('server.port')}"
    return "".join(f"  {base}/{county.slug:<10}{county.name_zh} {county.name_en}\n" for county in counties())


@asynccontextmanager
async def lifespan(_: Any) -> AsyncGenerator[None]:
    """Warm the process, then take what is loaded out of the garbage collector's rounds.

    Streamlit collects after every rerun; walking pandas and plotly each time costs more than most pages.
    """
    for module in _WARM:
        import_module(module)
    for lang in ("zh", "en"):
        landing_page(lang)
        for county in counties():
            index_page(county, lang)
    gc.collect()
    gc.freeze()
    sys.stdout.write(_addresses())
    sys.stdout.flush()
    yield


app = st.App(
    Path(__file__).with_name("frame.py"),
    lifespan=lifespan,
    routes=[Route("/", landing), Route("/healthz", healthz)],
    middleware=[Middleware(CountyPrefix)],
)
