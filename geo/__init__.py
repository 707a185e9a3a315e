"""Places: codes and names, shapes, maps. No Streamlit here."""
