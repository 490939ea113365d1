"""A metric of CloudWatch, as alarms name it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric, its statistic, and its name in expressions."""

    id: str
    namespace: str
    name: str
    dimensions: dict[str, str]
    statistic: str = "Sum"


def of_function(id: str, name: str, function: str, statistic: str = "Sum") -> Metric:
    """Return one that Lambda sends of a function, or of its URL.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
    """
    of_it = {"FunctionName": function}
    return Metric(id=id, namespace="AWS/Lambda", name=name, dimensions=of_it, statistic=statistic)


def of_service(id: str, name: str, namespace: str, service: str, statistic: str = "Sum") -> Metric:
    """Return one that a function of the drive, such as `files`, writes into its log itself."""
    of_it = {"service": service}
    return Metric(id=id, namespace=namespace, name=name, dimensions=of_it, statistic=statistic)


def stored_bytes(file_system: str) -> Metric:
    """Return how much EFS stores of a file system; it is sent whether anybody calls or not.

    https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html
    """
    return Metric(
        id="stored",
        namespace="AWS/EFS",
        name="StorageBytes",
        dimensions={"FileSystemId": file_system, "StorageClass": "Total"},
        statistic="Average",
    )


def total(metrics: Iterable[Metric]) -> str:
    """Return the expression of a sum, in which a metric without data counts as 0."""
    return " + ".join(f"FILL({metric.id}, 0)" for metric in metrics)
