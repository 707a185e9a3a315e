"""What pages are made of: builders of HTML and figures, and the few elements that need Streamlit."""
