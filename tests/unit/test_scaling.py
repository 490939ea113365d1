"""How far one drive goes: cases that were reckoned by hand, and the page of the defaults."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ops.__main__ import main
from ops.scaling import load
from ops.scaling.limits import Drive, Limit, limits, shard_from
from ops.scaling.load import Mix
from stacks.settings import Settings
from tests.infra import scaling_table
from tests.nfs.test_round_trips import MOST, PUTS

MIB = 2**20
DEV = Settings(name="Dev", retain=False)


def limit(name: str, mix: Mix, drive: Drive) -> Limit:
    [found] = [each for each in limits(mix, drive) if each.name == name]
    return found


def test_the_page_has_what_the_simulation_says() -> None:
    """If it does not: make reference."""
    text = scaling_table.PAGE.read_text()
    assert text == scaling_table.written(text)
    assert "| requests a second | 1 | 100 | 10,000 |" in text


def test_calls_are_those_that_were_counted_on_a_real_nfs() -> None:
    assert MOST["GET of 4 KiB"][2] == load.GET_CALLS
    assert PUTS["written here"][1] <= load.PUT_CALLS <= PUTS["written elsewhere"][1]


def test_the_defaults_are_those_of_the_settings() -> None:
    drive = Drive()
    for name in (
        *("reserved_concurrency", "account_concurrency", "throughput", "daily_brake"),
        "monthly_ceiling",
    ):
        assert getattr(drive, name) == getattr(DEV, name)
    assert Mix().memory_mb == DEV.memory_mb


def test_a_request_takes_the_functions_time_and_that_of_its_calls() -> None:
    """0.8 x (10 + 3 x 1) ms + 0.2 x (10 + 12 x 3) ms."""
    mix = Mix()
    assert mix.seconds == pytest.approx(0.0196)
    assert mix.read_calls == pytest.approx(2.4)
    assert mix.write_calls == pytest.approx(2.4)
    # 0.8 x (200,000 + 2 x 4,096) and 0.2 x (200,000 + 11 x 4,096)
    assert mix.disk_reads == pytest.approx(166_553.6)
    assert mix.disk_writes == pytest.approx(49_011.2)


def test_each_further_mebibyte_is_a_further_call() -> None:
    mix = Mix(writes=0.5, read_bytes=3 * MIB, written_bytes=MIB + 1)
    assert mix.read_calls == pytest.approx(0.5 * 5)
    assert mix.write_calls == pytest.approx(0.5 * 13)
    nothing = Mix(writes=0, read_bytes=0)
    assert nothing.read_calls == 3
    assert nothing.disk_reads == 3 * 4096


def test_dollars_are_those_of_the_prices() -> None:
    """Of an hour of one request a second, added up by hand."""
    number = 3600
    parts = {
        "time": number * 0.0196 * 0.0000133334,
        "requests": number * 0.20 / 10**6,
        "traces": number * 5 / 10**6,
        "log": number * 1200 * 0.50 / 10**9,
        "answers": number * 0.8 * 200_000 * 0.09 / 10**9,
        # Three times the price of a read of what is metered, less what a write is cheaper.
        "disk": (number * (166_553.6 / 3 + 49_011.2) * 0.09 - number * 40_000 * 0.03) / 10**9,
        "small calls": 32_768 * (number * 0.8 * 0.03 + number * 0.2 * 0.06) / 10**9,
    }
    assert Mix().dollars_an_hour(1, elastic=True) == pytest.approx(sum(parts.values()))
    without = sum(parts.values()) - parts["disk"] - parts["small calls"]
    assert Mix().dollars_an_hour(1, elastic=False) == pytest.approx(without)


def test_dollars_bound_first_and_with_nat_three_quarters_of_the_brake_are_for_requests() -> None:
    mix = Mix()
    day = 24 * mix.dollars_an_hour(1, elastic=True)
    assert limits(mix, Drive())[0].moved_by == "daily_brake"
    assert limit("dollars of a day", mix, Drive()).met_at == pytest.approx(1.5 / day)
    without = limit("dollars of a day", mix, Drive(gateways=0))
    assert without.met_at == pytest.approx(2.0 / day)
    month = limit("dollars of a month", mix, Drive())
    assert month.met_at == pytest.approx(400 / (day / 24 * 730))


@pytest.mark.parametrize(
    ("drive", "name", "at", "moved_by"),
    [
        (Drive(reserved_concurrency=7), "requests of the URL", 70, "reserved_concurrency"),
        # 7 / 0.0196
        (Drive(reserved_concurrency=7), "instances at once", 357.14, "reserved_concurrency"),
        (
            Drive(reserved_concurrency=None, account_concurrency=10),
            "requests of the URL",
            100,
            "account_concurrency",
        ),
        (Drive(), "calls that write", 50_000 / 2.4, "AWS, up to ten times; then another drive"),
        (Drive(), "calls that read", 250_000 / 2.4, "AWS, up to ten times; then another drive"),
        (Drive(throughput="bursting"), "calls that write", 7_000 / 2.4, 'throughput="elastic"'),
        (Drive(throughput=5), "calls that read", 55_000 / 2.4, 'throughput="elastic"'),
        (Drive(), "connections of the file system", 25_000 / 0.0196, "another drive"),
        (
            Drive(gateways=2),
            "connections of the NAT gateways to one destination",
            2 * 55_000 / 0.0196,
            'egress="nat-per-zone"',
        ),
    ],
)
def test_a_limit_is_met_where_it_was_reckoned(
    drive: Drive, name: str, at: float, moved_by: str
) -> None:
    found = limit(name, Mix(), drive)
    assert found.met_at == pytest.approx(at, rel=1e-4)
    assert found.moved_by == moved_by


@pytest.mark.parametrize(
    ("throughput", "stored", "read", "written"),
    [
        ("elastic", 100, 20 * 2**30, 2**30),
        # 50 KiB for each GiB, a third of a read counts; 1 MiB at least
        ("bursting", 100, 3 * 100 * 51_200, 100 * 51_200),
        ("bursting", 1, 3 * MIB, MIB),
        (5, 100, 15 * MIB, 5 * MIB),
        (3000, 100, 3 * 2**30, 2**30),
    ],
)
def test_what_is_read_and_written_shares_the_throughput(
    throughput: str | int, stored: int, read: int, written: int
) -> None:
    drive = Drive(throughput=throughput, stored_gib=stored)
    found = limit("bytes read and written, of what both may be together", Mix(), drive)
    assert found.met_at == pytest.approx(1 / (166_553.6 / read + 49_011.2 / written))


def test_nat_is_no_limit_of_a_stage_without_it() -> None:
    assert not [each for each in limits(Mix(), Drive(gateways=0)) if "NAT" in each.name]


def test_one_disk_ends_where_its_first_limit_does() -> None:
    """Whatever the settings of the function and of money are."""
    assert shard_from(Mix(), Drive()).met_at == pytest.approx(18_726, rel=1e-3)
    small = Mix(writes=1, written_bytes=100)
    assert shard_from(small, Drive()).name == "calls that write"
    assert shard_from(small, Drive(), raised=True).met_at == pytest.approx(500_000 / 12)
    slow = replace(small, handler_ms=60_000)
    found = shard_from(slow, Drive(), raised=True)
    assert found.name == "connections of the file system"
    assert found.met_at == pytest.approx(25_000 / 60.036)


def test_a_script_reads_what_a_person_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scaling", "50", "2499000", "--reserved-concurrency", "4", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    few, many = found["rates"]
    assert few["instances"] == pytest.approx(0.98)
    assert few["connections"] == 1
    assert few["seconds_to_all_instances"] == 0
    # 48,980 instances, 1,000 at once and 1,000 more every ten seconds
    assert many["seconds_to_all_instances"] == 480
    assert "requests of the URL" in few["above"]
    assert "connections of the file system" not in few["above"]
    assert "connections of the file system" in many["above"]
    assert found["limits"] == sorted(found["limits"], key=lambda each: each["met_at"])
    assert found["drive"]["reserved_concurrency"] == 4
    assert main(["scaling", "--writes", "1"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("requests a second")
    assert "10,000" in said
    assert "Beyond that, have several drives" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--read-bytes", "1.5"), "must be a whole number, got '1.5'"),
        (("--writes", "2"), "the share must be 0..1, got '2'"),
        (("--read-bytes", "6000000"), "the bytes of a request or an answer must be 0..4,718,592"),
        (("--throughput", "fast"), "throughput in MiB/s must be 1..3,414, got 'fast'"),
        (("many",), "requests a second must be 0.001..10,000,000, got 'many'"),
    ],
)
def test_a_bad_option_is_shown_with_what_it_may_be(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["scaling", *words])
    assert caught.value.code == 2
    assert said in capsys.readouterr().err
