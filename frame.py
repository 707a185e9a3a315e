"""What each session runs: county, filters, navigation."""

import streamlit as st

from components.server.current import current_county
from components.server.site import PAGES

county = current_county()
st.set_page_config(page_title=county.name_zh, layout="wide")
st.markdown(f"**{county.name_zh}**")
page = st.navigation(
    [st.Page(entry.file, title=entry.title, url_path=entry.name, default=entry is PAGES[0]) for entry in PAGES],
    position="top",
)
page.run()
