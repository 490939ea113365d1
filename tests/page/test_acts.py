"""What a person does to files and folders on the page, and how it is undone."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.page.rows import act, fill, focused, on_disk, row, select, visit_folder
from tests.patience import until
from tests.service.served import serve


def test_a_folder_is_made_and_a_name_that_is_there_is_refused(page: Page, tmp_path: Path) -> None:
    fill(tmp_path, "a.txt")
    with serve(tmp_path) as url:
        visit_folder(page, url)
        page.get_by_role("button", name="New folder").click()
        for name, told in [
            ("", "Give it a name."),
            ("a/b", "A name cannot contain “/”."),
            ("a.txt", "There is already something called a.txt."),
        ]:
            page.get_by_role("textbox", name="Name").fill(name)
            page.get_by_role("button", name="Create").click()
            expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()
        page.get_by_role("textbox", name="Name").fill("新しい ü")
        page.keyboard.press("Enter")
        expect(row(page, "新しい ü")).to_be_focused()
    assert on_disk(tmp_path) == {"a.txt", "新しい ü"}


def test_a_file_and_a_folder_are_renamed(page: Page, tmp_path: Path) -> None:
    fill(tmp_path, "a.txt", "old/b.txt", "old/in/c.txt")
    (tmp_path / "old/empty").mkdir()
    with serve(tmp_path) as url:
        visit_folder(page, url)
        act(page, "a.txt", "Rename")
        expect(page.get_by_role("textbox", name="New name")).to_be_focused()
        page.keyboard.type("what?")  # in place of the stem, which is selected
        page.keyboard.press("Enter")
        expect(row(page, "what?.txt")).to_be_focused()
        act(page, "old", "Rename")
        page.get_by_role("textbox", name="New name").fill("new")
        page.get_by_role("button", name="Rename", exact=True).last.click()
        expect(row(page, "new")).to_be_focused()
        expect(row(page, "old")).to_have_count(0)
    assert on_disk(tmp_path) == {"what?.txt", "new/b.txt", "new/in/c.txt", "new/empty"}


def test_files_move_and_where_one_is_already_the_person_decides(page: Page, tmp_path: Path) -> None:
    fill(tmp_path, "a.txt", "b.txt", "c.txt", "to/here/a.txt", "to/here/b.txt")
    with serve(tmp_path, TRASH_DAYS="7") as url:
        visit_folder(page, url)
        select(page, "a.txt", "b.txt", "c.txt")
        page.get_by_role("button", name="Move").click()
        chooser = page.get_by_role("dialog", name="Move 3 items")
        expect(chooser.get_by_role("button", name="Move here")).to_be_disabled()  # they are here
        for folder in ("to", "here"):
            chooser.get_by_role("button", name=folder, exact=True).click()
        chooser.get_by_role("button", name="Move here").click()
        page.get_by_role("dialog", name="a.txt is there already").get_by_role(
            "button", name="Replace"
        ).click()
        page.get_by_role("dialog", name="b.txt is there already").get_by_role(
            "button", name="Keep both"
        ).click()
        expect(page.get_by_text("Moved 3 items to here").first).to_be_visible()
        expect(page.get_by_role("rowheader")).to_have_text(["to"])
    below = tmp_path / "to/here"
    assert {path.name: path.read_text() for path in below.iterdir()} == {
        "a.txt": "a.txt",
        "b.txt": "to/here/b.txt",
        "b (2).txt": "b.txt",
        "c.txt": "c.txt",
    }


def test_a_folder_goes_into_another_of_its_name_if_the_person_says_so(
    page: Page, tmp_path: Path
) -> None:
    fill(tmp_path, "docs/a.txt", "docs/b.txt", "to/docs/b.txt")
    with serve(tmp_path) as url:
        visit_folder(page, url)
        act(page, "docs", "Move")
        page.get_by_role("button", name="to", exact=True).click()
        page.get_by_role("button", name="Move here").click()
        page.get_by_role("button", name="Put them together").click()
        asked = page.get_by_role("dialog", name="b.txt is there already")
        expect(asked).to_contain_text("would be gone for good")  # this drive has no trash
        asked.get_by_role("button", name="Skip").click()
        expect(page.get_by_text("Left as they were: 1").first).to_be_visible()
    assert on_disk(tmp_path) == {"docs/b.txt", "to/docs/a.txt", "to/docs/b.txt"}


def test_what_is_deleted_comes_back_files_and_folders(page: Page, tmp_path: Path) -> None:
    paths = ("a.txt", "b.txt", "kept.txt", "many/1", "many/2/3", "many/日本/ü.txt")
    fill(tmp_path, *paths)
    (tmp_path / "many/empty").mkdir()
    before = on_disk(tmp_path)
    with serve(tmp_path, workers=2, TRASH_DAYS="7") as url:
        visit_folder(page, url)
        select(page, "a.txt", "b.txt", "many")
        expect(page.get_by_text("3 selected")).to_be_visible()
        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_text("Deleted 3 items").first).to_be_visible()
        expect(page.get_by_role("rowheader")).to_have_text(["kept.txt"])
        assert on_disk(tmp_path) == {"kept.txt"}
        assert focused(page)  # the focus has somewhere to be
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Put back: 5").first).to_be_visible()
        expect(page.get_by_role("rowheader")).to_have_text(["many", "a.txt", "b.txt", "kept.txt"])
    assert on_disk(tmp_path) == before


def test_what_comes_back_replaces_nothing_unasked(page: Page, tmp_path: Path) -> None:
    fill(tmp_path, "a.txt")
    with serve(tmp_path, TRASH_DAYS="7") as url:
        visit_folder(page, url)
        act(page, "a.txt", "Delete")
        until(lambda: not (tmp_path / "a.txt").exists())
        (tmp_path / "a.txt").write_text("of somebody else")
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Keep both").click()
        expect(row(page, "a (2).txt")).to_be_visible()
        assert (tmp_path / "a.txt").read_text() == "of somebody else"
        assert (tmp_path / "a (2).txt").read_text() == "a.txt"


def test_a_drive_without_a_trash_asks_before_it_deletes(page: Page, tmp_path: Path) -> None:
    fill(tmp_path, "a.txt")
    with serve(tmp_path) as url:
        visit_folder(page, url)
        act(page, "a.txt", "Delete")
        asked = page.get_by_role("dialog", name="Delete 1 item for good?")
        expect(asked.get_by_role("button", name="Cancel")).to_be_focused()
        asked.get_by_role("button", name="Cancel").click()
        expect(row(page, "a.txt")).to_be_visible()
        act(page, "a.txt", "Delete")
        asked.get_by_role("button", name="Delete for good").click()
        expect(page.get_by_role("heading", name="This folder is empty")).to_be_visible()
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_two_tabs_on_one_file_undo_nothing_of_each_other(
    new_page: Callable[..., Page], tmp_path: Path
) -> None:
    fill(tmp_path, "a.txt", "b.txt")
    with serve(tmp_path, TRASH_DAYS="7") as url:
        one = new_page()
        other = one.context.new_page()
        for tab in (one, other):
            visit_folder(tab, url)
        for name in ("a.txt", "b.txt"):
            (tmp_path / "new").write_text(f"newer {name}")
            (tmp_path / "new").replace(tmp_path / name)
        act(one, "a.txt", "Rename")
        one.get_by_role("textbox", name="New name").fill("mine.txt")
        one.keyboard.press("Enter")
        asked = one.get_by_role("dialog", name="a.txt has changed")
        expect(asked).to_contain_text("You saw: 5 bytes")
        expect(asked).to_contain_text("Now: 11 bytes")
        asked.get_by_role("button", name="Leave it as it is").click()
        expect(one.get_by_text("Left as they were: 1").first).to_be_visible()
        assert on_disk(tmp_path) == {"a.txt", "b.txt"}

        act(other, "a.txt", "Delete")
        other.get_by_role("button", name="Delete it anyway").click()
        expect(row(other, "a.txt")).to_have_count(0)
        act(one, "a.txt", "Rename")  # which the other tab has deleted
        one.get_by_role("textbox", name="New name").fill("mine.txt")
        one.keyboard.press("Enter")
        expect(one.get_by_text("It is not there any more.").first).to_be_visible()
    assert on_disk(tmp_path) == {"b.txt"}
