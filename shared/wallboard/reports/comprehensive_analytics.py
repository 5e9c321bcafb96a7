"""Comprehensive Analytics."""

from functools import partial

from wallboard.model.results import MetricInput
from wallboard.reports._overview import CUBES, EntriesOutput, entries, names
from wallboard.reports._report import Report

REPORT = Report(
    id="gpv2an25fuhe2k6v6ckv85v8",
    name="Comprehensive Analytics Report",
    description="The overview, and the tokens with the bots and the contacts that used most.",
    category="overview",
    definition="each entry as the report of its name; lists have at most 100 contacts (20 of those who voted), those with most "
    "first",
    unit="that of each entry",
    time_basis="that of each entry",
    created="2026-11-21",
    input=MetricInput,
    output=EntriesOutput,
    cubes=CUBES,
    ever=("contacts",),
    names=partial(names, tokens=True),
    build=partial(entries, tokens=True),
    table="data",
)
