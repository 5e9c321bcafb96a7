"""Log lines and metrics. Neither carries a body, a key, or anything about a customer."""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

log = Logger(service="wallboard")
_metrics = Metrics(namespace="Wallboard", service="wallboard")


def count(**counts: int) -> None:
    """Tells CloudWatch one line of counts, each a metric of its name."""
    for name, number in counts.items():
        _metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)
    _metrics.flush_metrics()
