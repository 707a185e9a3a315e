"""Upload."""

import streamlit as st

st.file_uploader("File", key="file")
