"""The Streamlit side that pages share: the view they get, filters and URL, cached charts, messages."""
