"""Uploads from the page: whole, resumed, and over nobody's change."""

import os
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.visit import (
    TOKEN,
    Gate,
    choose,
    choose_folder,
    shown,
    transfers,
    until_held,
    uploaded,
    visit,
    visit_with_token,
    with_token,
)
from tests.patience import until
from tests.service.served import Answer, Event, serve
from tests.service.shell import MIB, Invoke, method

LARGE = os.urandom(8 * MIB + 1)  # three parts


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    made = tmp_path / "drive"
    made.mkdir()
    return made


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The folder of the person."""
    made = tmp_path / "mine"
    made.mkdir()
    return made


def made(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def tree(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and ".drive-" not in str(path)]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_an_upload_goes_on_after_the_network_was_cut_twice(
    page: Page, drive: Path, mine: Path
) -> None:
    """Of five parts: tests/local/test_page.py does it with 64 MiB, to a deployed drive."""
    content = os.urandom(20 * MIB)
    with serve(drive, workers=2) as url:
        visit(page, url)
        choose(page, made(mine, "film.mov", content))
        for reached in (4 * MIB, 12 * MIB):
            until_held(drive, reached)
            page.context.set_offline(True)
            expect(transfers(page)).to_contain_text("No connection")
            page.context.set_offline(False)
        uploaded(page, 1)
    assert (drive / "film.mov").read_bytes() == content


def test_a_folder_is_on_the_drive_as_it_was_chosen(page: Page, drive: Path, mine: Path) -> None:
    names = ["a.txt", "b/c.txt", "b/日本 ü %20#?.txt", "b/d/'e' (1).bin", "ملف.txt", "empty"]
    for name in names:
        made(mine, f"photos/{name}", b"" if name == "empty" else name.encode())
    with serve(drive, workers=2) as url:
        visit(page, url)
        choose_folder(page, mine / "photos")
        uploaded(page, len(names))
        expect(page.get_by_role("row", name="photos")).to_be_visible()
    assert tree(drive) == tree(mine)


def test_what_is_dropped_arrives_with_its_folders_and_the_empty_ones(
    page: Page, drive: Path, mine: Path
) -> None:
    for number in range(230):  # a browser tells 100 entries at a time
        made(mine, f"many/{number}", b"%d" % number)
    (mine / "many/empty/inside").mkdir(parents=True)
    alone = made(mine, "alone.txt", b"alone")
    with serve(drive, workers=2) as url:
        visit(page, url)
        session = page.context.new_cdp_session(page)
        files = [str(mine / "many"), str(alone)]
        dropped = {"items": [], "files": files, "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send(
                "Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 400, "data": dropped}
            )
        uploaded(page, 231)
        until((drive / "many/empty/inside").is_dir)
    assert tree(drive) == tree(mine)


def test_an_upload_pauses_resumes_and_is_cancelled(page: Page, drive: Path, mine: Path) -> None:
    gate = Gate("PATCH")
    with serve(drive, workers=2, through=gate) as url:
        visit(page, url)
        gate.shut()
        choose(page, made(mine, "a.bin", LARGE))
        gate.reached.wait()
        page.get_by_role("button", name="Pause a.bin").click()
        expect(transfers(page).get_by_role("heading")).to_have_text("Paused")
        gate.open()
        page.get_by_role("button", name="Resume a.bin").click()
        uploaded(page, 1)
        assert (drive / "a.bin").read_bytes() == LARGE

        gate.shut()
        choose(page, made(mine, "b.bin", LARGE))
        gate.reached.wait()
        page.get_by_role("button", name="Cancel b.bin").click()
        gate.open()
        until(lambda: not list(drive.glob(".drive-uploads/*.part")))
        expect(transfers(page).get_by_role("heading")).to_have_text("Uploaded 0 files")
    assert set(tree(drive)) == {"a.bin"}


def test_an_upload_goes_on_after_a_reload_when_the_same_file_is_chosen(
    page: Page, drive: Path, mine: Path
) -> None:
    offsets = list[str]()
    away = threading.Event()

    def through(event: Event, invoke: Invoke) -> Answer | None:
        if method(event) == "PATCH":
            if offsets and not away.is_set():
                return None
            offsets.append(event["headers"]["upload-offset"])
        return invoke(event)

    file = made(mine, "a.bin", LARGE)
    page.on("dialog", lambda dialog: dialog.accept())
    with serve(drive, workers=2, through=through) as url:
        visit(page, url)
        choose(page, file)
        expect(transfers(page)).to_contain_text("No connection")
        page.reload()
        shown(page)
        expect(transfers(page)).to_contain_text("1 upload was not finished: a.bin.")
        away.set()
        choose(page, file)
        uploaded(page, 1)
    assert (drive / "a.bin").read_bytes() == LARGE
    assert offsets == [str(at * MIB) for at in (0, 4, 8)]


def test_of_two_tabs_on_one_file_the_slower_one_is_asked_again(
    page: Page, drive: Path, mine: Path
) -> None:
    made(drive, "plan.txt", b"first")
    one, other = made(mine, "one/plan.txt", b"one"), made(mine, "other/plan.txt", b"other")
    question = "This file is there already"
    again = "Somebody put this file there meanwhile"
    with serve(drive, workers=2) as url:
        slower = page.context.new_page()
        visit(page, url)
        visit(slower, url)
        choose(slower, other)
        asked = slower.get_by_role("dialog", name=question)
        expect(asked).to_contain_text("plan.txt")

        choose(page, one)
        page.get_by_role("dialog", name=question).get_by_role("button", name="Replace").click()
        uploaded(page, 1)
        assert (drive / "plan.txt").read_bytes() == b"one"

        asked.get_by_role("button", name="Replace").click()
        slower.get_by_role("dialog", name=again).get_by_role("button", name="Keep both").click()
        uploaded(slower, 1)
    assert tree(drive) == {"plan.txt": b"one", "plan (2).txt": b"other"}


def test_many_that_are_there_are_asked_about_once(page: Page, drive: Path, mine: Path) -> None:
    for number in range(20):
        made(drive, f"many/{number}.txt", b"old")
        made(mine, f"many/{number}.txt", b"new")
    made(mine, "many/other.txt", b"other")
    with serve(drive, workers=2) as url:
        visit(page, url)
        choose_folder(page, mine / "many")
        asked = page.get_by_role("dialog", name="20 of these files are there already")
        asked.get_by_role("button", name="Replace").click()
        uploaded(page, 21)
        assert tree(drive) == tree(mine)
        choose_folder(page, mine / "many")
        asked = page.get_by_role("dialog", name="21 of these files are there already")
        asked.get_by_role("button", name="Skip").click()
        expect(asked).to_have_count(0)
    assert tree(drive) == tree(mine)


def test_an_answer_that_is_lost_is_no_conflict(page: Page, drive: Path, mine: Path) -> None:
    lost = list[str]()

    def through(event: Event, invoke: Invoke) -> Answer | None:
        answer = invoke(event)
        if method(event) == "PUT" and not lost:
            lost.append(event["rawPath"])
            return None
        return answer

    with serve(drive, workers=2, through=through) as url:
        visit(page, url)
        choose(page, made(mine, "a.txt", b"a"))
        uploaded(page, 1)
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert lost
    assert tree(drive) == {"a.txt": b"a"}


def small(folder: Path, count: int) -> dict[str, bytes]:
    """A folder of many small files, and what is in it."""
    for number in range(count):
        made(folder, f"many/{number:03}", b"%d" % number)
    return tree(folder)


def test_many_small_files_arrive_by_few_requests(page: Page, drive: Path, mine: Path) -> None:
    gate = Gate("")
    content = small(mine, 500)
    with serve(drive, workers=2, through=gate) as url:
        visit(page, url)
        choose_folder(page, mine / "many")
        uploaded(page, 500)
    assert tree(drive) == content
    assert 10 <= gate.asked("POST") < 20
    assert gate.asked("PUT") == 0


def test_of_many_small_files_one_that_is_overtaken_is_asked_about(
    page: Page, drive: Path, mine: Path
) -> None:
    content = small(mine, 20)
    gate = Gate("POST")
    with serve(drive, workers=2, through=gate) as url:
        visit(page, url)
        gate.shut()
        choose_folder(page, mine / "many")
        gate.reached.wait()
        made(drive, "many/007", b"another's")
        gate.open()
        asked = page.get_by_role("dialog", name="Somebody put this file there meanwhile")
        asked.get_by_role("button", name="Keep both").click()
        uploaded(page, 20)
    assert tree(drive) == {**content, "many/007": b"another's", "many/007 (2)": b"7"}


def test_when_the_answer_for_many_is_lost_each_is_there_once_and_none_is_a_conflict(
    page: Page, drive: Path, mine: Path
) -> None:
    lost = list[str]()

    def through(event: Event, invoke: Invoke) -> Answer | None:
        answer = invoke(event)
        if method(event) != "POST":
            return answer
        lost.append(event["rawPath"])
        # The page sees no answer, or the one to a request that the browser sent again by itself.
        return None if len(lost) == 1 else invoke(event)

    content = small(mine, 20)
    with serve(drive, workers=2, through=through) as url:
        visit(page, url)
        choose_folder(page, mine / "many")
        uploaded(page, 20)
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(lost) >= 2
    assert tree(drive) == content


def test_a_drive_that_does_not_take_many_at_once_gets_them_one_by_one(
    page: Page, drive: Path, mine: Path
) -> None:
    gate = Gate("")

    def through(event: Event, invoke: Invoke) -> Answer:
        if method(event) == "POST":  # as an older one answers it
            event["requestContext"]["http"]["method"] = "BREW"
            gate.seen.append(("BREW", event["rawPath"]))
        return gate(event, invoke)

    content = small(mine, 30)
    with serve(drive, workers=2, through=through) as url:
        visit(page, url)
        choose_folder(page, mine / "many")
        uploaded(page, 30)
        asked = gate.asked("BREW")
        choose(page, made(mine, "x", b"x"), made(mine, "y", b"y"))
        uploaded(page, 2)
        assert gate.asked("BREW") == asked
    assert tree(drive) == {**content, "x": b"x", "y": b"y"}


def test_small_files_pause_on_their_way_and_before_it(page: Page, drive: Path, mine: Path) -> None:
    content = small(mine, 350)
    on_their_way = list[str]()
    resumed = threading.Event()

    def through(event: Event, invoke: Invoke) -> Answer | None:
        if method(event) == "POST" and not resumed.is_set():
            on_their_way.append(event["rawPath"])
            resumed.wait()
            return None  # so that what was on its way has to go out again
        return invoke(event)

    with serve(drive, workers=2, through=through) as url:
        visit(page, url)
        choose_folder(page, mine / "many")
        until(lambda: len(on_their_way) == 6)
        transfers(page).get_by_role("button", name="Pause all").click()
        expect(transfers(page).get_by_role("heading")).to_have_text("Paused")
        assert len(on_their_way) == 6
        resumed.set()
        transfers(page).get_by_role("button", name="Resume all").click()
        uploaded(page, 350)
    assert tree(drive) == content


def test_a_file_that_changes_after_it_was_chosen_is_not_put(
    page: Page, drive: Path, mine: Path
) -> None:
    gate = Gate("GET")
    names = [f"{number}.txt" for number in range(17)]
    with serve(drive, workers=2, through=gate) as url:
        visit(page, url)
        gate.shut()
        choose(page, *(made(mine, name, b"as chosen") for name in names))
        gate.reached.wait()  # the page looks what is there
        made(mine, names[-1], b"grows and grows")
        gate.open()
        expect(transfers(page)).to_contain_text("The file has changed since it was chosen")
        expect(transfers(page).get_by_role("heading")).to_contain_text("Uploaded 16")
    assert set(tree(drive)) == set(names[:-1])


def test_a_drive_that_is_full_stops_the_uploads_and_says_so(
    page: Page, drive: Path, mine: Path
) -> None:
    names = [f"{number}.txt" for number in range(30)]
    gate = Gate("")
    with serve(drive, workers=2, through=gate, MAX_DRIVE_BYTES="35", MAX_FILE_BYTES="40") as url:
        visit(page, url)
        choose(page, *(made(mine, name, b"0123456789") for name in names))
        expect(page.get_by_text("The drive is full.").first).to_be_visible()
        expect(transfers(page).get_by_role("button", name="Resume all")).to_be_visible()
        assert gate.asked("PUT") + gate.asked("POST") < len(names)
        choose(page, made(mine, "large", bytes(41)))
        expect(transfers(page)).to_contain_text("the drive takes files of at most 40 bytes")
    assert len(tree(drive)) == 3


def test_a_long_list_of_uploads_is_drawn_as_far_as_it_is_seen(
    page: Page, drive: Path, mine: Path
) -> None:
    count = 1500
    for number in range(count):
        made(mine, f"many/{number}", b"")
    gate = Gate("POST")
    with serve(drive, through=gate) as url:
        visit(page, url)
        gate.shut()
        choose_folder(page, mine / "many")
        expect(transfers(page).get_by_role("heading")).to_have_text("Uploading 1,500 files")
        rows = transfers(page).get_by_role("listitem")
        assert 0 < rows.count() < 40
        assert rows.first.get_attribute("aria-setsize") == str(count)
        transfers(page).get_by_role("button", name="Cancel all").click()
        page.get_by_role("button", name="Cancel the uploads").click()
        expect(transfers(page).get_by_role("heading")).to_have_text("Uploaded 0 files")
        gate.open()
        until(lambda: not gate.answering)


def test_a_token_that_is_changed_meanwhile_is_asked_for_and_the_upload_goes_on(
    page: Page, drive: Path, mine: Path
) -> None:
    refused = threading.Event()

    def through(event: Event, invoke: Invoke) -> Answer:
        later = method(event) == "PATCH" and event["headers"]["upload-offset"] != "0"
        if later and not refused.is_set():
            refused.set()
            event = {**event, "headers": {**event["headers"], "authorization": "Bearer old"}}
        return invoke(event)

    with with_token(drive, workers=2, through=through) as url:
        visit_with_token(page, url)
        choose(page, made(mine, "a.bin", LARGE))
        page.get_by_role("textbox", name="Token").fill(TOKEN)
        page.get_by_role("button", name="Open the drive").click()
        uploaded(page, 1)
    assert (drive / "a.bin").read_bytes() == LARGE


@pytest.mark.parametrize(("held", "size"), [("PUT", 4 * MIB), ("PATCH", 5 * MIB)])
def test_a_drive_that_is_silent_is_asked_again_and_a_slow_line_is_not_cut(
    page: Page, drive: Path, mine: Path, held: str, size: int
) -> None:
    for number in range(2):
        made(mine, f"many/{number}", b"%d" % number * size)
    content = tree(mine)
    # Two minutes, and what six requests at once take of a line of 0.8 Mbit/s.
    most_milliseconds = 120_000 + min(size, 4 * MIB) // 16
    gate = Gate(held)
    page.clock.install()
    with serve(drive, workers=4, through=gate) as url:
        visit(page, url)
        gate.shut()
        choose_folder(page, mine / "many")
        until(lambda: gate.asked(held) == 2)
        page.clock.run_for(most_milliseconds - 10_000)
        assert gate.asked(held) == 2
        page.clock.run_for(30_000)
        until(lambda: gate.asked(held) == 4)
        page.clock.run_for(2 * most_milliseconds - 40_000)  # it was too short for this line
        assert gate.asked(held) == 4
        gate.open()
        uploaded(page, 2)
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert tree(drive) == content


def test_small_files_that_get_no_answer_together_go_one_by_one(
    page: Page, drive: Path, mine: Path
) -> None:
    content = small(mine, 20)
    gate = Gate("POST")
    page.clock.install()
    with serve(drive, workers=2, through=gate) as url:
        visit(page, url)
        gate.shut()
        choose_folder(page, mine / "many")
        gate.reached.wait()
        page.clock.run_for(130_000)
        until(lambda: gate.asked("PUT") > 0)
        gate.open()
        uploaded(page, 20)
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert tree(drive) == content
