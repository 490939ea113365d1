"""What the use of a drive costs, as an expression over CloudWatch's metrics.

Each term is what AWS bills at most for what its metrics count. What has no metric is not in it:
docs/decisions/0037-brake.md lists it.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from stacks.alarms.metric import Metric, of_service
from stacks.shared import prices

# Of one alarm: a hard limit
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html).
ALARM_METRICS = 10

# Of the brake's dollars: files hardly need NAT.
NAT_SHARE = 0.25

_GB = 10**9  # AWS may count in GiB, which are larger
_MILLION = 10**6


@dataclass(frozen=True, kw_only=True)
class Term:
    """Dollars, by an expression with `{id}` for each metric and `{seconds}` for the period."""

    metrics: tuple[Metric, ...]
    dollars: str


def of_function(name: str, *, memory_mb: int, x86_64: bool, http_api: bool) -> Term:
    """The requests of a function, the time in which it answers, and the traces of it.

    X-Ray records the first request of each second, and 5 % of the others
    (https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html). With `http_api` each request
    may be one of an HTTP API as well.
    """
    second = prices.LAMBDA_X86_GB_SECOND if x86_64 else prices.LAMBDA_GB_SECOND
    request = prices.LAMBDA_MILLION + (prices.HTTP_API_MILLION if http_api else 0)
    of_it = {"FunctionName": name}
    return Term(
        metrics=(
            Metric(id="duration", namespace="AWS/Lambda", name="Duration", dimensions=of_it),
            Metric(id="requests", namespace="AWS/Lambda", name="Invocations", dimensions=of_it),
        ),
        # Durations are in milliseconds.
        dollars=(
            f"{{duration}} / 1000 * {memory_mb} / 1024 * {second:.10f}"
            f" + {{requests}} * {request:.2f} / {_MILLION}"
            " + IF({requests} > {seconds}, {seconds} + 0.05 * ({requests} - {seconds}), {requests})"
            f" * {prices.TRACES_MILLION:.2f} / {_MILLION}"
        ),
    )


def of_logs(name: str) -> Term:
    """What a log group takes in."""
    metric = Metric(
        id="logged",
        namespace="AWS/Logs",
        name="IncomingBytes",
        dimensions={"LogGroupName": name},
    )
    return Term(metrics=(metric,), dollars=f"{{logged}} * {prices.LOGS_GB:.2f} / {_GB}")


def of_answers(namespace: str, service: str) -> Term:
    """What a function sends to the internet, by the metric `BytesOut` that it writes itself."""
    metric = of_service("answered", "BytesOut", namespace, service)
    return Term(
        metrics=(metric,), dollars=f"{{answered}} * {prices.TO_THE_INTERNET_GB:.2f} / {_GB}"
    )


def of_file_system(file_system_id: str) -> Term:
    """What is read and written on elastic throughput, metadata among it.

    `MeteredIOBytes` counts all that is written, a third of all that is read, and 4 KiB for a
    smaller call, as the bill does for metadata
    (https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html). Of data the bill counts 32 KiB for
    a smaller call (https://docs.aws.amazon.com/efs/latest/ug/metered-sizes.html).
    """
    read, write = prices.EFS_ELASTIC_READ_GB, prices.EFS_ELASTIC_WRITE_GB

    def metric(id: str, name: str, statistic: str = "Sum") -> Metric:
        of_it = {"FileSystemId": file_system_id}
        return Metric(id=id, namespace="AWS/EFS", name=name, dimensions=of_it, statistic=statistic)

    return Term(
        metrics=(
            metric("metered", "MeteredIOBytes"),
            metric("written", "DataWriteIOBytes"),
            metric("reads", "DataReadIOBytes", "SampleCount"),
            metric("writes", "DataWriteIOBytes", "SampleCount"),
        ),
        dollars=(
            f"({{metered}} * {3 * read:.2f} - {{written}} * {3 * read - write:.2f}"
            f" + {prices.EFS_DATA_BYTES} * ({{reads}} * {read:.2f} + {{writes}} * {write:.2f}))"
            f" / {_GB}"
        ),
    )


def of_nat_gateway(index: int, gateway_id: str) -> Term:
    """What a NAT gateway translates in both directions, and sends to the internet."""

    def metric(way: str, name: str) -> Metric:
        of_it = {"NatGatewayId": gateway_id}
        return Metric(id=f"{way}{index}", namespace="AWS/NATGateway", name=name, dimensions=of_it)

    each = prices.NAT_GATEWAY_GB
    return Term(
        metrics=(
            metric("sent", "BytesInFromSource"),
            metric("received", "BytesInFromDestination"),
        ),
        dollars=(
            f"({{sent{index}}} * {each + prices.TO_THE_INTERNET_GB:.3f}"
            f" + {{received{index}}} * {each:.3f}) / {_GB}"
        ),
    )


def of_nat_instance(instance_id: str) -> Term:
    """What a machine sends: to the internet, and as if that were paid too, to the functions."""
    metric = Metric(
        id="sent",
        namespace="AWS/EC2",
        name="NetworkOut",
        dimensions={"InstanceId": instance_id},
    )
    return Term(metrics=(metric,), dollars=f"{{sent}} * {prices.TO_THE_INTERNET_GB:.2f} / {_GB}")


def expression(terms: Sequence[Term], *, seconds: int, factor: float) -> str:
    """Return the dollars of all terms in a period of so many seconds, times `factor`.

    A metric without data counts as 0: without `FILL` the sum would have no data.
    """
    filled = {metric.id: f"FILL({metric.id}, 0)" for term in terms for metric in term.metrics}
    total = " + ".join(term.dollars for term in terms).format(seconds=seconds, **filled)
    return total if factor == 1 else f"({total}) * {factor:.2f}"


def alarms_for(terms: Sequence[Term]) -> list[list[Term]]:
    """Divide the terms among as few alarms as may hold their metrics."""
    found: list[list[Term]] = [[]]
    for term in terms:
        if sum(len(each.metrics) for each in [*found[-1], term]) > ALARM_METRICS:
            found.append([])
        found[-1].append(term)
    return found
