"""Maps of environment variables and their files, without any I/O: for any map."""

import json
import operator
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_tools.environment import dotenv, variables
from drive_tools.environment.variables import Owners, Secrets, merge

NAMES = st.builds(
    operator.add,
    st.sampled_from(ascii_letters),
    st.text(f"{ascii_letters}{digits}_", min_size=1, max_size=8),
)
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
MAPS = st.dictionaries(NAMES, VALUES, max_size=8)


@given(MAPS, MAPS, st.sets(NAMES, max_size=4))
def test_a_merge_never_touches_an_unnamed_key(
    current: dict[str, str], set_: dict[str, str], unset: set[str]
) -> None:
    unset -= set_.keys()
    before = dict(current)
    merged = merge(current, set_, unset)
    assert current == before
    named = set_.keys() | unset
    assert {k: v for k, v in merged.items() if k not in named} == {
        k: v for k, v in current.items() if k not in named
    }
    assert {k: merged.get(k) for k in named} == {k: set_.get(k) for k in named}


@given(MAPS, MAPS)
def test_the_inverse_of_a_merge_puts_the_map_back(
    current: dict[str, str], set_: dict[str, str]
) -> None:
    merged = merge(current, set_, set())
    touched = {change.name: change.old for change in variables.changes(current, merged)}
    back = {name: old for name, old in touched.items() if old is not None}
    assert merge(merged, back, touched.keys() - back.keys()) == current


@given(MAPS, MAPS, MAPS)
def test_two_merges_of_different_keys_give_the_same_in_either_order(
    current: dict[str, str], one: dict[str, str], other: dict[str, str]
) -> None:
    other = {name: value for name, value in other.items() if name not in one}
    assert merge(merge(current, one, ()), other, ()) == merge(merge(current, other, ()), one, ())


def test_a_key_cannot_be_set_and_removed_at_once() -> None:
    with pytest.raises(ValueError, match="AB: set and unset at once"):
        merge({}, {"AB": "secret"}, {"AB"})


@given(MAPS)
def test_what_is_exported_is_imported_as_it_was(exported: dict[str, str]) -> None:
    text = dotenv.render(exported)
    assert dotenv.parse(text) == exported
    assert dotenv.parse(text.replace("\n", "\r\n")) == exported


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("AB=", ""),
        ("AB=bare # a comment", "bare"),
        ("export AB='a#b'", "a#b"),
        ("  AB='C:\\temp'", "C:\\temp"),
        ('AB="a\\`b"', "a`b"),
        ("AB='$HOME \\n \"'  # a comment", '$HOME \\n "'),
        ('AB="a\\nb\\tc\\"d\\\\e\\$f"', 'a\nb\tc"d\\e$f'),
        ('AB="two\nlines"', "two\nlines"),
        ("\ufeffAB=x", "x"),
        ("# only\n\n  # comments\nAB=ü\n\n", "ü"),
    ],
)
def test_dotenv_reads(text: str, value: str) -> None:
    assert dotenv.parse(text) == {"AB": value}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("AB", "line 1: not of the form NAME=VALUE"),
        ("AB=1\n2B=canary", "line 2: not of the form NAME=VALUE"),
        ("AB=1\nAB=canary", "line 2: AB comes twice"),
        ("AB='canary", "line 1: AB: its quote is never closed"),
        ('AB="canary\\"', "line 1: AB: its quote is never closed"),
        ("AB='x' canary", "line 1: AB: something follows its closing quote"),
        ("AB=can'ary", "line 1: AB: a quote within a value"),
        ("AB=$canary", "line 1: AB: a $ that some readers would expand"),
        ('AB="${canary}"', "line 1: AB: a $ that some readers would expand"),
        ('AB="canary\\x"', "line 1: AB: an escape that is none of"),
        ("AB=canary\x1b", "line 1: AB: a control character"),
        ("AB=1\nCD=canary#x", "line 2: CD: a # that some readers take for a comment"),
        ("AB=#canary", "line 1: AB: a # that some readers take for a comment"),
        ("AB= # canary", "line 1: AB: a # that some readers take for a comment"),
        ("AB= canary", "line 1: AB: a space beside its ="),
        ("AB = canary", "line 1: AB: a space beside its ="),
        ("AB=a canary", "line 1: AB: a space, at which a shell ends the value"),
        ("AB=a\\canary", "line 1: AB: a \\ that a shell takes for its own"),
        ("AB='x'#canary", "line 1: AB: something follows its closing quote"),
        ("AB='a\\\\canary'", "line 1: AB: backslashes that some readers halve"),
        ('AB="`canary`"', "line 1: AB: a ` that a shell would run"),
        ("export AB=", "line 1: AB: an empty value, which some readers leave out"),
        ("export AB={canary,b}", "line 1: AB: a brace"),
        ('{"AB": "x",\n"CD": canary}', "line 2: no JSON: Expecting value"),
        ('{"AB": "x"} canary', "line 1: no JSON: Extra data"),
        ("{" * 100_000, "line 1: no JSON"),
    ],
)
def test_what_readers_disagree_on_is_refused_by_line_and_without_the_value(
    text: str, message: str
) -> None:
    with pytest.raises(ValueError, match=r"line \d") as caught:
        dotenv.parse(text)
    assert str(caught.value).startswith(message)
    assert "canary" not in str(caught.value)


@given(MAPS)
def test_json_that_is_exported_is_imported_as_it_was(exported: dict[str, str]) -> None:
    assert dotenv.parse(json.dumps(exported, indent=2, ensure_ascii=False)) == exported


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"AB": 1}', "AB: its value is no text in quotes"),
        ('{"AB": null}', "AB: its value is no text in quotes"),
        ('{"AB": ' + "1" * 5000 + "}", "AB: its value is no text in quotes"),
        ('{"AB": {"CD": "canary"}}', "AB: its value is no text in quotes"),
        ('{"AB": "canary", "AB": "x"}', "AB comes twice"),
    ],
)
def test_json_of_anything_but_texts_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dotenv.parse(text)


@given(VALUES, VALUES)
def test_digests_tell_equal_values_and_nothing_without_the_key(one: str, other: str) -> None:
    digest = variables.digest(b"k", "AB", one)
    assert len(digest) == 8
    assert digest == variables.digest(b"k", "AB", one)
    assert digest != variables.digest(b"other", "AB", one)
    assert digest != variables.digest(b"k", "AC", one)
    assert (digest == variables.digest(b"k", "AB", other)) == (one == other)


@given(st.lists(VALUES.filter(lambda value: len(value) > 3), min_size=1), VALUES)
def test_no_known_value_is_left_in_a_text_of_aws(values: list[str], around: str) -> None:
    secrets = Secrets()
    secrets.learn(values)
    for value in values:
        hidden = secrets.hide(f"{around}'{value}'{around}").replace(variables.MASK, "")
        assert value not in hidden or set(value) <= {"*"}


def test_short_values_are_hidden_as_words_and_maps_as_a_whole() -> None:
    secrets = Secrets()
    secrets.learn(["1", "abc", 'a"b\nc'])
    assert secrets.hide("code 1, 111 and abc, abcd") == "code ********, 111 and ********, abcd"
    assert secrets.hide("exceeded. String measured: AB=zz") == "exceeded. ********"
    assert secrets.hide('got {"AB":"zz"}') == "got ********"
    assert 'a\\"b\\nc' not in secrets.hide('"x":"a\\"b\\nc"')


@given(MAPS)
def test_bytes_are_counted_as_utf_8_of_names_and_values(map_: dict[str, str]) -> None:
    assert 4096 - variables.bytes_left(map_) == len("".join([*map_, *map_.values()]).encode())
    assert variables.bytes_left_as_json(map_) < variables.bytes_left(map_)


def test_tags_name_the_owners() -> None:
    assert variables.owners({}) == Owners()
    assert variables.owners({}).of("AB") is None
    tags = {
        "lambda-drive:operator-keys": "LOG_LEVEL MAINTENANCE_MODE",
        "lambda-drive:operator-parameters": "/Dev/operator",
    }
    which = variables.owners(tags)
    assert (which.of("LOG_LEVEL"), which.of("AB")) == ("operator", "deploy")
    assert which.parameter("LOG_LEVEL") == "/Dev/operator/LOG_LEVEL"
    assert which.parameter("AB") is None
    none = variables.owners({"lambda-drive:operator-keys": ""})
    assert none.of("LOG_LEVEL") == "deploy"


@pytest.mark.parametrize("value", ["\udcff", "a\0b"])
def test_a_value_that_is_no_text_is_refused_unseen(value: str) -> None:
    with pytest.raises(ValueError, match="the value of AB is no text") as caught:
        variables.check("AB", value)
    assert caught.value.__cause__ is None
    assert value not in str(caught.value)
