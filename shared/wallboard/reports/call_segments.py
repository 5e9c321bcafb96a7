"""Call Segments: how long each segment of interactions was."""

from typing import Any

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Cell, Column, longest, mean, percentile


def _time(cell: Cell) -> Any:
    return cell("segments.time")


REPORT = centre_report(
    id="wb-call-segments",
    name="Call Segments Report",
    description="How long each segment of interactions was: billing, call, ivr, queue, handle, ring, transfer, conference, "
    "third party, talk, hold, wrap; as far as sources tell them of the whole interaction.",
    definition="durations of an interaction by the name of the segment; one that does not apply, or is not known, is not there "
    "and does not count as 0",
    time_basis="start of the interaction",
    columns=[
        Column("interactions", "interactions", "interactions with this segment", lambda cell, asked: _time(cell).count),
        Column("time", "seconds", "sum", lambda cell, asked: _time(cell).seconds),
        mean("mean", "sum / interactions with this segment", _time),
        percentile("p90", 90, "them were not longer than", _time),
        longest("max", "the longest", _time),
    ],
    bases=("segments.time",),
    keys=("segment",),
    additive="an interaction has several segments: sums over segments are no time that passed",
)
