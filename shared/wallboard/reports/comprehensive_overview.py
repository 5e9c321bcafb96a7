"""Comprehensive Overview."""

from functools import partial

from wallboard.model.results import MetricInput
from wallboard.reports._overview import CUBES, EntriesOutput, entries, names
from wallboard.reports._report import Report

REPORT = Report(
    id="clr3m5n8k000d08jqar7s8t4n",
    name="Comprehensive Overview Report",
    description="Ratings, people, conversations and messages of the account, with changes, days and who has most.",
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
    names=partial(names, tokens=False),
    build=partial(entries, tokens=False),
    table="data",
)
