"""What the pages need to show results. The only place that knows Streamlit."""
