"""The limits of a drive: what is understood, what is refused in words, and what holds meanwhile."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive.configuration import AGAIN_SECONDS, Configuration, ConfigurationError, Source, parse
from drive.quota import Limits
from tests.baseline import DEV
from tests.url import Url

GOOD = {"max_drive_bytes": None, "max_file_bytes": None, "upload_expiry_hours": 24}
DAY = 24 * 3600
WRONG: tuple[Any, ...] = (0, -1, 1.0, 1e12, True, "1", [], {}, 2**63)
EDGES = [0, 1, 24, 720, 721, 52_673_613_135_872, 52_673_613_135_873, 2**63 - 1, 2**63]
TEXT = st.text(max_size=10)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


def test_all_of_it_is_understood() -> None:
    assert parse(json.dumps(GOOD)) == Configuration(Limits(), DAY)
    full = {"max_drive_bytes": 2**63 - 1, "max_file_bytes": 1, "upload_expiry_hours": 720}
    assert parse(json.dumps(full)) == Configuration(Limits(2**63 - 1, 1), 720 * 3600)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is not JSON: Expecting value"),
        ("{", "it is not JSON: "),
        ("null", "it must be a JSON object"),
        ("[]", "it must be a JSON object"),
        ("[" * 100_000, "it is not JSON: nested too deeply"),
        ('{"max_drive_bytes": ' + "9" * 5000 + "}", "it is not JSON: Exceeds the limit"),
        (
            "{}",
            "max_drive_bytes must be null or a whole number 1..9223372036854775807, got nothing",
        ),
        ('{"max_drive_bytes": 1, "max_drive_bytes": null}', 'it has "max_drive_bytes" more than'),
        *(
            (json.dumps(GOOD | {name: value}), f"{name} must be {allowed}, got {json.dumps(value)}")
            for name, allowed in (
                ("max_drive_bytes", "null or a whole number 1..9223372036854775807"),
                ("max_file_bytes", "null or a whole number 1..52673613135872"),
                ("upload_expiry_hours", "a whole number 1..720"),
            )
            for value in WRONG
        ),
        (
            json.dumps(GOOD | {"upload_expiry_hours": None}),
            "upload_expiry_hours must be a whole number 1..720, got null",
        ),
        (
            json.dumps({"max_drive_bytes": 1, "max_file_byte": 1, "upload_expiry_hours": 1}),
            "max_file_bytes must be null or a whole number 1..52673613135872, got nothing",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_it_may_be(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 200


def test_what_the_next_version_may_add_is_left_alone() -> None:
    assert parse(json.dumps(GOOD | {"colour": ["blue"]})) == parse(json.dumps(GOOD))


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), st.sampled_from(EDGES) | JSON))
def test_the_parameter_takes_what_the_settings_take_and_nothing_else(values: Any) -> None:  # noqa: ANN401
    wanted = GOOD | values
    try:
        replace(DEV, **wanted)
    except ValueError:
        with pytest.raises(ConfigurationError):
            parse(json.dumps(wanted))
    else:
        found = parse(json.dumps(wanted))
        assert found.limits == (wanted["max_drive_bytes"], wanted["max_file_bytes"])
        assert found.upload_expiry_seconds == wanted["upload_expiry_hours"] * 3600


@given(st.text() | JSON.map(json.dumps))
def test_nothing_that_is_written_there_raises_anything_else(text: str) -> None:
    with suppress(ConfigurationError):
        parse(text)


@dataclass
class Parameter:
    """A parameter, how often it was read, and a clock."""

    text: str = json.dumps(GOOD)
    reads: int = 0
    now: float = 0.0
    broken: bool = False

    def read(self) -> str:
        self.reads += 1
        if self.broken:
            raise TimeoutError("SSM does not answer")
        return self.text


@pytest.fixture
def parameter() -> Parameter:
    return Parameter()


@pytest.fixture
def source(parameter: Parameter) -> Source:
    return Source(parameter.read, fresh_seconds=60, clock=lambda: parameter.now)


def limited(number: int) -> str:
    return json.dumps(GOOD | {"max_file_bytes": number})


def test_it_is_read_once_in_a_minute(parameter: Parameter, source: Source) -> None:
    assert parameter.reads == 0
    for _ in range(600):
        source.current()
        parameter.now += 0.1
    assert parameter.reads == 1
    parameter.text, parameter.now = limited(9), 60.5
    assert source.current().limits.file_bytes == 9
    assert (parameter.reads, source.trouble) == (2, None)


def test_the_last_good_one_holds_and_the_trouble_is_told(
    parameter: Parameter, source: Source
) -> None:
    parameter.text = limited(9)
    source.current()
    parameter.text = "{}"
    parameter.now += 60
    assert source.current().limits.file_bytes == 9
    assert "max_drive_bytes must be" in str(source.trouble)
    parameter.broken = True
    parameter.now += AGAIN_SECONDS
    assert source.current().limits.file_bytes == 9
    assert source.trouble == "it cannot be read: SSM does not answer"
    parameter.broken, parameter.text = False, limited(10)
    parameter.now += AGAIN_SECONDS
    assert source.current().limits.file_bytes == 10
    assert source.trouble is None


def test_without_a_good_one_there_is_none_and_no_storm_of_reads(
    parameter: Parameter, source: Source
) -> None:
    parameter.broken = True
    for _ in range(300):
        with pytest.raises(ConfigurationError, match="SSM does not answer"):
            source.current()
        parameter.now += 0.1
    assert parameter.reads <= 30 / AGAIN_SECONDS + 1
    parameter.broken = False
    parameter.now += AGAIN_SECONDS
    assert source.current() == Configuration(Limits(), DAY)


@pytest.fixture
def configured(
    url: Url, parameter: Parameter, source: Source, monkeypatch: pytest.MonkeyPatch
) -> Url:
    """The files function with that parameter."""
    assert parameter.read == source._read
    monkeypatch.setattr(url.module.mount, "PARAMETER", "/lambda-drive/Test/limits")
    monkeypatch.setattr(url.module.mount, "configuration", source)
    return url


TUS = {"Tus_Resumable": "1.0.0", "Content_Type": "application/offset+octet-stream"}
WRITES: list[tuple[str, str, dict[str, str]]] = [
    ("PUT", "/files/a", {}),
    ("DELETE", "/files/a", {}),
    ("POST", "/files/a", {"Destination": "/files/b"}),
    ("POST", "/uploads", {**TUS, "Upload_Length": "3", "Upload_Metadata": "filename YQ=="}),
]


@pytest.mark.parametrize("text", ["{}", "", "null", limited(0)])
def test_nothing_is_written_without_knowing_how_much_may_be(
    configured: Url, parameter: Parameter, text: str
) -> None:
    configured.module.mount.ROOT.joinpath("a").write_bytes(b"old")
    parameter.text = text
    for method, path, headers in WRITES:
        answer = configured(method, path, b"new", **headers)
        assert (answer.status, answer.problem) == (503, "not-configured"), (method, path)
        assert int(answer.headers["retry-after"]) > 0
    assert [path.name for path in configured.module.mount.ROOT.iterdir()] == ["a"]
    assert configured("GET", "/files/a").body == b"old"  # which needs no limit
    assert configured("HEAD", "/files/a").status == 200
    assert len(configured("GET", "/files/").json["entries"]) == 1
    health = configured("GET", "/health")
    assert (health.status, health.json["status"]) == (503, "fail")
    assert health.json["reason"].startswith("the parameter /lambda-drive/Test/limits: ")


def test_health_says_what_is_wrong_while_the_limits_of_before_hold(
    configured: Url, parameter: Parameter
) -> None:
    parameter.text = limited(3)
    assert configured("PUT", "/files/a", b"123").status == 201
    parameter.text = limited(0)
    parameter.now += 60
    assert configured("PUT", "/files/a", b"1234").status == 507
    assert configured("PUT", "/files/a", b"321").status == 204
    health = configured("GET", "/health")
    assert health.status == 503
    assert "max_file_bytes must be null or a whole number" in health.json["reason"]
    parameter.text = limited(4)
    parameter.now += AGAIN_SECONDS
    assert configured("GET", "/health").status == 200
    assert configured("PUT", "/files/a", b"1234").status == 204


def test_a_changed_parameter_changes_what_is_taken(configured: Url, parameter: Parameter) -> None:
    assert int(configured("OPTIONS", "/uploads").headers["tus-max-size"]) > 7
    parameter.text = limited(7)
    parameter.now += 60
    assert configured("OPTIONS", "/uploads").headers["tus-max-size"] == "7"


def test_reading_files_reads_no_parameter(configured: Url, parameter: Parameter) -> None:
    configured.module.mount.ROOT.joinpath("a").write_bytes(b"x")
    for method, path in (("GET", "/files/a"), ("HEAD", "/files/a"), ("GET", "/files/")):
        assert configured(method, path).status == 200
    assert parameter.reads == 0
