"""Conditional requests, held against RFC 9110 section 13 in words."""

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive.conditions import Conditions, range_applies
from drive.entry import Entry
from drive.errors import InvalidRequestError, PreconditionFailedError

TAGS = ['"a"', '"b"', '"c,d"', '""', '"é"']
NOON = 1_000_000_000


def version(etag: str = '"a"', modified: float = NOON) -> Entry:
    return Entry("name", "file", 1, modified, etag)


@st.composite
def tag_lists(draw: st.DrawFn) -> tuple[str, list[tuple[bool, str]]]:
    """A header with a list of tags, and what it says."""
    tags = draw(st.lists(st.tuples(st.booleans(), st.sampled_from(TAGS)), min_size=1, max_size=4))
    separator = draw(st.sampled_from([",", ", ", " ,  ", ",,", " , ,\t"]))
    return separator.join(f"{'W/' if weak else ''}{tag}" for weak, tag in tags), tags


@given(tag_lists(), st.sampled_from(TAGS), st.booleans())
def test_if_match_takes_strong_tags_of_what_is_there(
    listed: tuple[str, list[tuple[bool, str]]], etag: str, there: bool
) -> None:
    header, tags = listed
    current = version(etag) if there else None
    if there and (False, etag) in tags:
        Conditions(if_match=header).check_write(current)
    else:
        with pytest.raises(PreconditionFailedError, match="If-Match is"):
            Conditions(if_match=header).check_write(current)


@given(tag_lists(), st.sampled_from(TAGS), st.booleans())
def test_if_none_match_fails_a_write_on_any_of_the_tags_and_spares_a_read(
    listed: tuple[str, list[tuple[bool, str]]], etag: str, there: bool
) -> None:
    header, tags = listed
    named = etag in [tag for _, tag in tags]
    conditions = Conditions(if_none_match=header)
    if there and named:
        with pytest.raises(PreconditionFailedError, match="If-None-Match is"):
            conditions.check_write(version(etag))
    else:
        conditions.check_write(version(etag) if there else None)
    assert conditions.unchanged(version(etag)) is named


def test_a_star_means_whatever_is_there() -> None:
    Conditions(if_match="*").check_write(version())
    Conditions(if_none_match="*").check_write(None)
    assert Conditions(if_none_match=" * ").unchanged(version())
    with pytest.raises(PreconditionFailedError, match="is not there"):
        Conditions(if_match="*").check_write(None)
    with pytest.raises(PreconditionFailedError):
        Conditions(if_none_match="*").check_write(version())


@given(st.integers(-5, 5), st.floats(0, 0.999))
def test_dates_compare_whole_seconds(later: int, part: float) -> None:
    current = version(modified=NOON + later + part)
    date = formatdate(NOON, usegmt=True)
    assert Conditions(if_modified_since=date).unchanged(current) is (later <= 0)
    if later > 0:
        with pytest.raises(PreconditionFailedError, match="changed after it"):
            Conditions(if_unmodified_since=date).check_write(current)
    else:
        Conditions(if_unmodified_since=date).check_write(current)


def test_tags_go_before_dates() -> None:
    old, new = formatdate(NOON - 9, usegmt=True), formatdate(NOON + 9, usegmt=True)
    Conditions(if_match='"a"', if_unmodified_since=old).check_write(version())
    both = Conditions(if_none_match='"b"', if_modified_since=new)
    assert both.unchanged(version()) is False


@pytest.mark.parametrize("date", ["", "yesterday", "99999", "Mon, 99 Foo 2020 00:00:00 GMT"])
def test_a_date_that_is_none_is_no_condition(date: str) -> None:
    assert Conditions(if_modified_since=date).unchanged(version()) is False
    Conditions(if_unmodified_since=date).check_write(None)
    assert range_applies(date, version()) is False


@pytest.mark.parametrize("header", ["a", '"a', 'a"', '"a" "b"', "W/a", '*, "a"', '"a", b', "'a'"])
def test_what_is_no_list_of_tags_is_the_callers_mistake(header: str) -> None:
    with pytest.raises(InvalidRequestError, match="are \\* or entity tags"):
        Conditions(if_match=header).check_write(version())
    with pytest.raises(InvalidRequestError):
        Conditions(if_none_match=header).unchanged(version())


def test_a_range_applies_to_the_very_version_only() -> None:
    assert range_applies(None, version())
    assert range_applies('"a"', version())
    assert not range_applies('W/"a"', version())
    assert not range_applies('"b"', version())
    for second in (NOON, NOON + 1):  # in which there may be another version
        assert not range_applies(formatdate(second, usegmt=True), version())
