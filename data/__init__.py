"""Data of the counties: plans, tables, store, progress. No Streamlit but in `loaders`."""
