"""Dispositions."""

from wallboard.reports._centre import centre_report
from wallboard.reports._interactions import count

REPORT = centre_report(
    id="wb-dispositions",
    name="Dispositions Report",
    description="What agents noted as the outcome of answered interactions.",
    definition="the disposition of an answered interaction: its own, else that of its last leg; empty where nobody typed one",
    time_basis="start of the interaction",
    columns=[
        count("interactions", "interactions", "answered, with this disposition", "dispositions.interactions"),
    ],
    bases=("dispositions.interactions",),
    keys=("disposition", "success"),
)
