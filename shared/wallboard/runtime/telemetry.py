"""Log lines and metrics. Neither carries a body, a key, or anything about a customer."""

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

log = Logger(service="wallboard")


def count(**counts: int) -> None:
    """Tells CloudWatch one line of counts, each a metric of its name."""
    metrics = EphemeralMetrics(namespace="Wallboard", service="wallboard")  # Metrics is one set for all threads
    for name, number in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)
    metrics.flush_metrics()
