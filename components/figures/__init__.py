"""Figures as pure functions from frames to `plotly.graph_objects`; no Streamlit."""
