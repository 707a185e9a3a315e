"""The server as in app.py around a page that holds one of each widget; for the tests of Streamlit's chrome."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from components.server.prefix import CountyPrefix

app = st.App(Path(__file__).with_name("chrome_page.py"), middleware=[Middleware(CountyPrefix)])
