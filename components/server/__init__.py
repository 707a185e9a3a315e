"""The web server around Streamlit: one address per county, cached assets, landing page, health."""
