"""Measurements beside other engines, in one run against one local server: `python -m bench`."""
