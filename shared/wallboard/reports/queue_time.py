"""Queue Time: speed of answer, and how long those waited who gave up."""

from wallboard.reports._centre import centre_report
from wallboard.reports._interactions import ABANDONED, ANSWERED, OFFERED, spread

REPORT = centre_report(
    id="wb-queue-time",
    name="Queue Time Report",
    description="How long people waited in the queue until they were answered, or gave up.",
    definition="time from entering the queue to the first person, or to the end where nobody answered; of inbound interactions "
    "that entered a queue",
    time_basis="start of the interaction",
    columns=[
        OFFERED,
        ANSWERED,
        *spread("speed_of_answer", "answered", "the answered"),
        ABANDONED,
        *spread("wait_to_abandon", "abandoned", "the abandoned"),
    ],
    bases=("interactions.offered",),
)
