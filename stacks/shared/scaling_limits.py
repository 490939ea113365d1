"""AWS's numbers that bound how much one drive does at once, each with the page that it is from.

Read in November 2026. Nothing is imported here but Python's own.
"""

from dataclasses import dataclass

_MIB, _GIB = 2**20, 2**30

# https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html, of each function
NEW_INSTANCES = 1000
NEW_INSTANCES_SECONDS = 10

# https://docs.aws.amazon.com/efs/latest/ug/limits.html, "that you cannot change". Each instance of
# a function holds one (https://docs.aws.amazon.com/lambda/latest/dg/services-efs.html).
FILE_SYSTEM_CONNECTIONS = 25_000

# What is metered of a read is a third of it: "Amazon EFS meters read operations up to one-third the
# rate of write operations" (https://docs.aws.amazon.com/efs/latest/ug/performance.html).
READS_FOR_ONE_WRITE = 3


@dataclass(frozen=True, kw_only=True)
class FileSystemLimits:
    """What a regional file system does in a second, for all of its clients together."""

    reads: int
    """Calls that read, of data in frequent use."""
    writes: int
    """Calls that write."""
    read_bytes: int
    written_bytes: int


# https://docs.aws.amazon.com/efs/latest/ug/performance.html and, for bytes, limits.html: those of
# most regions.
ELASTIC = FileSystemLimits(
    reads=250_000, writes=50_000, read_bytes=20 * _GIB, written_bytes=1 * _GIB
)
# The same of `elastic` where AWS has the most (us-east-1 and ten others), with ten times the calls,
# which it gives on request.
ELASTIC_AT_MOST = FileSystemLimits(
    reads=2_500_000, writes=500_000, read_bytes=60 * _GIB, written_bytes=5 * _GIB
)
PROVISIONED = FileSystemLimits(
    reads=55_000, writes=25_000, read_bytes=3 * _GIB, written_bytes=1 * _GIB
)
BURSTING = FileSystemLimits(reads=35_000, writes=7_000, read_bytes=3 * _GIB, written_bytes=1 * _GIB)
# The same page, "Bursting throughput", when all credits are used up.
BURSTING_BYTES_A_GIB = 50 * 1024
BURSTING_LEAST_BYTES = 1 * _MIB

# https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html: bits a second, from
# which it scales to 100 Gbit/s by itself; connections of one address to one destination.
NAT_BITS = 5 * 10**9
NAT_CONNECTIONS = 55_000
