"""Measures the app against what it stands on: `python -m bench` prints one table of ratios."""
