"""The page of a review: what it has, in which order, and that it asks nobody for anything."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ops.project import PROJECT
from ops.review.findings import Finding, Topic, Weight
from ops.review.page import as_page
from ops.review.places import address, in_working_tree
from ops.review.python_lines import PythonLine
from ops.review.report import NO_CHANGE, Report
from tests.review import hostile

LINE = PythonLine("stacks/storage.py", 68)
CSS = (PROJECT / "ops" / "review" / "page.css").read_text(encoding="utf-8")


def finding(topic: Topic, weight: Weight, sentence: str) -> Finding:
    return Finding(topic=topic, weight=weight, sentence=sentence, stage="Dev", line=LINE)


def report(*findings: Finding, without_weight: tuple[str, ...] = ()) -> Report:
    return Report("main", "HEAD", findings, without_weight)


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    def all_of(self, name: str) -> list[str]:
        """The values of an attribute."""
        return [value for _, attributes in self.tags if (value := attributes.get(name))]


def test_the_worst_topic_is_first_and_its_findings_have_their_lines() -> None:
    page = Page(
        as_page(
            report(
                finding("access", Weight.STOP, "B may be called by anybody in the world"),
                finding("data", Weight.LOOK, "A has no backups"),
                finding("cost", Weight.NOTE, "C costs less"),
            ),
            link=address("https://example.org/{file}#L{line}"),
        )
    )
    said = [each for each in page.texts if each]
    assert "Dev: B may be called by anybody in the world. (2 more)" in said
    order = [
        said.index(each)
        for each in ("B may be called by anybody in the world", "A has no backups", "C costs less")
    ]
    assert order == sorted(order)
    assert page.all_of("id") == [
        name for topic in ("access", "data", "cost") for name in (topic, f"{topic}-title")
    ]
    links = [each for each in page.all_of("href") if not each.startswith("#")]
    assert links == ["https://example.org/stacks/storage.py#L68"] * 3


def test_many_notes_are_folded_and_what_is_worse_is_not() -> None:
    notes = [finding("cost", Weight.NOTE, f"N{number} costs less") for number in range(9)]
    page = as_page(report(finding("cost", Weight.LOOK, "L costs more"), *notes))
    open_part, folded = page.split("<details")
    assert "L costs more" in open_part.partition("<main>")[2]
    assert "N8 costs less" in folded
    assert "9 notes" in folded
    assert "N0 costs less" not in open_part


def test_the_page_of_no_change() -> None:
    page = Page(as_page(report(without_weight=("A: other content (Code) (Dev)",))))
    assert NO_CHANGE in page.texts
    assert "A: other content (Code) (Dev)" in page.texts
    assert "section" in [tag for tag, _ in page.tags]
    assert "nav" not in [tag for tag, _ in page.tags]


def test_the_same_report_is_the_same_page() -> None:
    assert as_page(hostile.report()) == as_page(hostile.report())


def test_nothing_is_loaded_and_no_script_runs() -> None:
    page = Page(as_page(hostile.report(), link=address("https://example.org/{file}#L{line}")))
    [policy] = [
        attributes["content"]
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    assert not page.all_of("src")
    assert not re.search(r"url\(|@import", CSS)


def test_hostile_names_are_text() -> None:
    plain, page = Page(as_page(report())), Page(as_page(hostile.report()))
    known = {tag for tag, _ in plain.tags} | {
        *(
            "nav",
            "ul",
            "li",
            "a",
            "b",
            "span",
            "section",
            "h2",
            "ol",
            "div",
            "details",
            "summary",
            "wbr",
        )
    }
    assert {tag for tag, _ in page.tags} == known
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert all(each.startswith("#") for each in page.all_of("href"))
    shown = "".join(page.texts)
    assert "<script>alert(1)</script>" in shown
    assert "{{ 7 * 7 }}{% raw %}" in shown
    assert "\\x1b[31mred" in shown
    assert not set("\x1b\x9b\x07\u202e\u2066\u2028\ud800") & set(shown)


def test_a_picture_stands_in_the_page_in_two_widths() -> None:
    page = as_page(report(), "<svg><title>{}</title></svg>".format)
    assert "<svg><title>360</title></svg>" in page
    assert "<svg><title>760</title></svg>" in page
    assert "picture" not in as_page(report(), lambda _: "").partition("<main>")[2]


def test_a_line_of_the_project_leads_to_its_file(tmp_path: Path) -> None:
    to = in_working_tree(PROJECT / "review" / "review.html")
    assert to(LINE) == "../stacks/storage.py#L68"
    assert to(replace(LINE, file="gone.py")) is None
    assert (to_far := in_working_tree(tmp_path / "a.html")(LINE))
    assert (tmp_path / to_far.partition("#")[0]).resolve() == PROJECT / LINE.file
    assert (
        address("x:{file}")(replace(LINE, file="a b(<\"'>).py")) == "x:a%20b%28%3C%22%27%3E%29.py"
    )


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_the_contrast_is_aa(scheme: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1 for text; 1.4.11: 3 to 1 for what shows the focus."""
    colours = _colours(scheme)
    for text in ("ink", "quiet", "stop", "look", "note", "link"):
        for ground in ("page", "card"):
            ratio = _contrast(colours[text], colours[ground])
            assert ratio >= 4.5, f"{text} on {ground} has {ratio:.2f}"
    assert _contrast(colours["focus"], colours["page"]) >= 3


def _colours(scheme: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for place in ("light", scheme):
        start = {"light": ":root", "dark": "scheme: dark)", "print": "@media print"}[place]
        block = CSS[CSS.index(start) :].partition("}")[0]
        found |= dict(re.findall(r"--(\w+): (#[0-9a-f]+)", block))
    return found


def _contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    digits = colour.removeprefix("#")
    pairs = re.findall("..", digits if len(digits) == 6 else "".join(2 * each for each in digits))
    parts = [int(each, 16) / 255 for each in pairs]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
