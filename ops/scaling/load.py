"""What requests ask of a drive: calls to its disk, bytes, time, dollars.

Calls are those that `tests/nfs/test_round_trips.py` counts on a real NFS: of a `PUT` 11, or 15 or
16 where another instance wrote the file before. Prices are those of `stacks/shared/prices.py`;
dollars are counted by the brake's own expression.
"""

import math
from dataclasses import dataclass

from ops.local.rules import metric_math
from stacks.alarms import metered_use
from stacks.shared import prices

# Of a file of one call's bytes: a GET; a PUT over a file whose old version goes to the trash.
GET_CALLS = 3
PUT_CALLS = 12
# The most that one READ or WRITE carries: `rsize` and `wsize` that AWS recommends
# (https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-nfs-mount-settings.html).
CALL_BYTES = 2**20

HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Mix:
    """What requests are like, on an average."""

    writes: float = 0.2
    """The share that writes a file; the others read one."""
    read_bytes: int = 200_000
    written_bytes: int = 200_000
    handler_ms: float = 10.0
    """The function's own time, without the disk."""
    read_call_ms: float = 1.0
    """Of one call to the disk that reads. AWS: from 0.25 ms."""
    write_call_ms: float = 3.0
    """Of one call that writes. AWS: from 2.7 ms."""
    log_bytes: int = 1200
    memory_mb: int = 1024

    @property
    def reads(self) -> float:
        """The share that reads a file."""
        return 1 - self.writes

    @property
    def seconds(self) -> float:
        """How long a request takes."""
        read = self.handler_ms + _calls(GET_CALLS, self.read_bytes) * self.read_call_ms
        write = self.handler_ms + _calls(PUT_CALLS, self.written_bytes) * self.write_call_ms
        return (self.reads * read + self.writes * write) / 1000

    @property
    def read_calls(self) -> float:
        """Calls to the disk of requests that read."""
        return self.reads * _calls(GET_CALLS, self.read_bytes)

    @property
    def write_calls(self) -> float:
        """Calls to the disk of requests that write; all of them count as calls that write."""
        return self.writes * _calls(PUT_CALLS, self.written_bytes)

    @property
    def disk_reads(self) -> float:
        """Bytes that are read from the disk, a call without data for 4 KiB."""
        return self.reads * _bytes(GET_CALLS, self.read_bytes)

    @property
    def disk_writes(self) -> float:
        """Bytes that are written to the disk, a call without data for 4 KiB."""
        return self.writes * _bytes(PUT_CALLS, self.written_bytes)

    def dollars_an_hour(self, rate: float, *, elastic: bool) -> float:
        """What so many requests a second cost an hour, as the brake counts it.

        EFS bills what is read and written with `elastic` alone.
        """
        terms = [
            metered_use.of_function(
                "files", memory_mb=self.memory_mb, x86_64=False, http_api=False
            ),
            metered_use.of_logs("logs"),
            metered_use.of_answers("drive", "files"),
            *([metered_use.of_file_system("disk")] if elastic else []),
        ]
        number = rate * HOUR
        metered = self.disk_reads / 3 + self.disk_writes
        values: dict[str, float | None] = {
            "duration": number * self.seconds * 1000,
            "requests": number,
            "logged": number * self.log_bytes,
            "answered": number * self.reads * self.read_bytes,
            "metered": number * metered,
            "written": number * self.writes * self.written_bytes,
            "reads": number * self.reads * _data_calls(self.read_bytes),
            "writes": number * self.writes * _data_calls(self.written_bytes),
        }
        counted = metered_use.expression(terms, seconds=HOUR, factor=1)
        found = metric_math.evaluate(counted, values)
        assert found is not None
        return found


def _data_calls(size: int) -> int:
    return max(1, math.ceil(size / CALL_BYTES))


def _calls(of_a_small_file: int, size: int) -> int:
    return of_a_small_file + _data_calls(size) - 1


def _bytes(of_a_small_file: int, size: int) -> int:
    least = prices.EFS_METADATA_BYTES
    return max(size, least) + (of_a_small_file - 1) * least
