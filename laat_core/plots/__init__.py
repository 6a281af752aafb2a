"""Figures: data in, plotly figure out."""
