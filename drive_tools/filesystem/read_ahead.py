"""How much of a file is read at once: more and more while it is read in order."""

from collections.abc import Callable

from fsspec.caching import BaseCache, register_cache

# EFS bills at least 32 KiB for a call that reads
# (https://docs.aws.amazon.com/efs/latest/ug/metered-sizes.html), and a request takes much longer
# than these bytes do.
_LEAST_BYTES = 64 * 1024
_GROWTH = 4


class GrowingReadAhead(BaseCache):
    """Reads at least 64 KiB, and four times as much as before, up to `blocksize`, for each read
    that goes on where the last one ended.

    So a reader of columns, who jumps from one to the next, gets little more than it asks for, and
    who reads a file from its beginning to its end soon reads it in few requests.
    """

    name = "growing"

    def __init__(self, blocksize: int, fetcher: Callable[[int, int], bytes], size: int) -> None:
        super().__init__(blocksize, fetcher, size)
        self._start, self._held, self._least = 0, b"", _LEAST_BYTES

    def _fetch(self, start: int | None, stop: int | None) -> bytes:
        start = start or 0
        stop = self.size if stop is None else min(stop, self.size)
        if start >= stop:
            return b""
        end = self._start + len(self._held)
        if self._start <= start and stop <= end:
            return self._held[start - self._start : stop - self._start]
        most = max(self.blocksize, _LEAST_BYTES)
        goes_on = bool(self._held) and self._start <= start <= end
        self._least = min(self._least * _GROWTH, most) if goes_on else _LEAST_BYTES
        read = self._held[start - self._start :] if goes_on else b""
        begin = start + len(read)
        read += self.fetcher(begin, min(self.size, max(stop, begin + self._least)))
        # Of a long read what is ahead is held, and not all of it once more.
        behind = 0 if len(read) <= most else stop - start
        self._start, self._held = start + behind, read[behind:]
        return read[: stop - start]


register_cache(GrowingReadAhead, clobber=True)
