"""Queue Performance: what matters of a queue in one table."""

from wallboard.reports._centre import centre_report
from wallboard.reports._interactions import ABANDON_RATE, ABANDONED, AHT, ANSWERED, ASA, HANDLED, HOLD, OFFERED, SHORT
from wallboard.reports.service_level import REPORT as _SERVICE_LEVEL
from wallboard.reports.service_level import ServiceLevelInput, level

REPORT = centre_report(
    id="wb-queue-performance",
    name="Queue Performance Report",
    description="Offered, answered, abandoned, service level, speed of answer and handle time of each queue.",
    definition="as in the reports of the same names",
    time_basis=_SERVICE_LEVEL.time_basis,
    columns=[OFFERED, ANSWERED, ABANDONED, SHORT, ABANDON_RATE, level(), ASA, HANDLED, AHT, HOLD],
    bases=("interactions.offered", "legs.handled"),
    input=ServiceLevelInput,
    default_group=("source", "queue"),
)
