"""Ranges, held against RFC 9110 section 14 in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive import ranges
from drive.errors import RangeError

SIZES = st.integers(0, 50)
POSITIONS = st.integers(0, 60)


@given(SIZES, POSITIONS, POSITIONS)
def test_first_to_last(size: int, first: int, last: int) -> None:
    content = range(size)
    header = f"bytes={first}-{last}"
    if last < first:
        assert ranges.select(header, size) is None
    elif first >= size:
        with pytest.raises(RangeError) as caught:
            ranges.select(header, size)
        assert caught.value.members == {"size": size}
    else:
        assert ranges.select(header, size) == content[first : last + 1]


@given(SIZES, POSITIONS)
def test_from_first_on(size: int, first: int) -> None:
    if first >= size:
        with pytest.raises(RangeError):
            ranges.select(f"bytes={first}-", size)
    else:
        assert ranges.select(f"bytes={first}-", size) == range(size)[first:]


@given(SIZES, POSITIONS)
def test_the_last_so_many(size: int, count: int) -> None:
    header = f"bytes=-{count}"
    if count == 0:
        with pytest.raises(RangeError):
            ranges.select(header, size)
    elif size == 0:
        assert ranges.select(header, size) is None
    else:
        assert ranges.select(header, size) == range(size)[-count:]


@pytest.mark.parametrize("header", ["Bytes=0-1", "bytes= 0-1", "bytes=0-1 ,", " bytes=,0-1"])
def test_spelling_does_not_matter(header: str) -> None:
    assert ranges.select(header, 10) == range(2)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=0-1,3-4",
        "lines=0-1",
        "0-1",
        "bytes=²-",
    ],
)
def test_what_is_not_one_range_of_bytes_is_ignored(header: str) -> None:
    assert ranges.select(header, 10) is None


def test_numbers_may_be_of_any_size() -> None:
    assert ranges.select(f"bytes=0-{'9' * 900}", 10) == range(10)
    with pytest.raises(RangeError):
        ranges.select(f"bytes={'9' * 900}-", 10)
    assert ranges.select(f"bytes=0-{'9' * 9000}", 10) is None
