"""One figure a file: results in, ``go.Figure`` out. The only place that knows plotly."""
