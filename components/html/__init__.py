"""Builders of safe HTML as pure functions; no Streamlit."""
