"""A metric of CloudWatch, as alarms name it."""

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
