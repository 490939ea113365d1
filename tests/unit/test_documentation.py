"""The documentation against the tree: links, paths, commands, and the form of the records."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").rglob("*.md"))]
RECORDS = sorted((PROJECT / "docs" / "decisions").glob("*.md"))
STATUS = re.compile(
    r"Status: (accepted|withdrawn|superseded by \[\d{4}\]\([^)]+\)), \d{4}-\d{2}-\d{2}\."
)
MADE_BY_THE_READER = ("lambda_src/newest/", "tests/unit/test_newest.py")  # in "Add a function"
FOLDERS = ("docs", "drive_tools", "examples", "lambda_src", "ops", "stacks", "tests")

each_page = pytest.mark.parametrize(
    "page", PAGES, ids=[str(page.relative_to(PROJECT)) for page in PAGES]
)


def _words(page: Path) -> str:
    """Return the text of a page without its blocks of code, which have `#` and brackets."""
    return re.sub(r"^( *)```.*?^\1```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", _words(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in headings}


@each_page
def test_a_link_leads_to_a_page_and_a_heading_that_are_there(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", _words(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), f"{page.name} links to {link}, which is not there"
        if anchor:
            assert anchor in _anchors(target), f"{page.name} links to {link}: no such heading"


@each_page
def test_a_file_that_is_named_is_there(page: Path) -> None:
    for path in re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./*-]+)`", page.read_text()):
        if path.startswith(MADE_BY_THE_READER):
            continue
        assert list(PROJECT.glob(path.rstrip("/"))), f"{page.name} names {path}, which is not there"


@each_page
def test_a_command_of_make_that_is_named_is_there(page: Path) -> None:
    rules = (PROJECT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", rules, flags=re.MULTILINE))
    for line in re.findall(r"`(make [^`]+)`|^ *(make .+)$", page.read_text(), flags=re.MULTILINE):
        for word in "".join(line).split()[1:2]:
            if re.fullmatch("[a-z-]+", word) and not word.startswith("-"):
                assert word in targets, f"{page.name} names make {word}, which is not there"


def test_the_records_are_numbered_without_a_gap_and_each_has_a_status_and_a_date() -> None:
    assert [record.name[:4] for record in RECORDS] == [
        f"{number:04}" for number in range(1, len(RECORDS) + 1)
    ]
    for record in RECORDS:
        title, empty, status, *_ = record.read_text().splitlines()
        assert title.startswith("# ")
        assert not empty
        assert STATUS.fullmatch(status), f"{record.name} has the status {status!r}"
