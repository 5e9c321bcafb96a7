"""Queue Figures: what sources deliver of queues already added up."""

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Column
from wallboard.reports._delivered import added_up, divided

_COUNTS = {
    "offered": "offered, without what other queues hand over where the source counts that apart",
    "answered": "connected to a person",
    "abandoned": "left the queue unanswered",
    "short_abandoned": "abandoned so early that the vendor counts it apart",
    "answered_within": "answered within the vendor's service level",
    "abandoned_within": "abandoned within the vendor's service level, without the short ones",
    "completed": "completed contacts",
}


def _mean(name: str, formula: str, measure: str) -> Column:
    return divided(name, "seconds", f"{formula}, of intervals that tell both", f"queue_figures.{measure}")


REPORT = centre_report(
    id="wb-queue-figures",
    name="Queue Figures Report",
    description="Offered, answered, abandoned, service level, speed of answer, talk, hold and wrap of each queue, of sources "
    "that deliver these already added up.",
    definition="the vendor's own counts and sums of time, added up over intervals; means and the service level are divided "
    "afterwards. Nothing in here is counted from single interactions",
    time_basis="the beginning of the interval that the source adds up, wherever the interval ends",
    columns=[
        *(
            added_up(name, "interactions", f"{formula}, as the source counts", f"queue_figures.{name}")
            for name, formula in _COUNTS.items()
        ),
        divided(
            "vendor_service_level",
            "percent",
            "answered within the vendor's service level / (answered + abandoned), of intervals that tell all three",
            "queue_figures.service_level",
            times=100,
        ),
        _mean("average_speed_of_answer", "queue time of answered / answered", "speed_of_answer"),
        _mean("average_wait_to_abandon", "queue time of abandoned / abandoned", "wait_to_abandon"),
        _mean("average_talk_time", "talk / answered, with hold where the vendor has it in there", "talk_time"),
        _mean("average_hold_time", "hold / answered", "hold_time"),
        _mean("average_wrap_time", "wrap / answered", "wrap_time"),
    ],
    bases=("queue_figures.intervals",),
    default_group=("source", "queue"),
)
