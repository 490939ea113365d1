"""The comment of a pull request: nobody's name does more in it than stand there."""

import re
from dataclasses import replace
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ops.review.findings import Finding, Weight
from ops.review.markdown import LONGEST, MARKER, as_markdown
from ops.review.places import address
from ops.review.python_lines import PythonLine
from ops.review.report import NO_CHANGE, Report
from ops.review.words import printable
from tests.review import hostile

LOOK = Finding(
    topic="access",
    weight=Weight.LOOK,
    sentence="Data/Files may be read by more",
    stage="Dev",
    others=("Prod",),
    path="Data/Files",
    line=PythonLine("stacks/storage.py", 68),
)
APART = "\N{ZERO WIDTH SPACE}"


def report(*findings: Finding, without_weight: tuple[str, ...] = ()) -> Report:
    return Report("main", "HEAD", findings, without_weight)


def rendered(comment: str) -> str:
    html: str = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(comment)
    return html


def shown(comment: str) -> str:
    """What a person reads in it."""
    return unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", rendered(comment))).replace(APART, "")


def test_what_must_be_looked_at_is_open_and_leads_to_its_line() -> None:
    note = replace(LOOK, weight=Weight.NOTE, sentence="Data/Files is read by fewer", topic="data")
    comment = as_markdown(
        report(LOOK, note, without_weight=("A moves",)), address("https://e.org/{file}#L{line}")
    )
    assert comment.startswith(f"{MARKER}\n## Dev, Prod: Data/Files may be read by more. (1 more)\n")
    open_part, notes, without = comment.split("<details>")
    assert '<a href="https://e.org/stacks/storage.py#L68">' in rendered(open_part)
    assert "Data/Files may be read by more · Dev, Prod" in shown(open_part)
    assert "is read by fewer" in notes
    assert "A moves" in without


def test_no_change() -> None:
    assert NO_CHANGE in shown(as_markdown(report()))
    assert "<details>" not in as_markdown(report())


def test_what_does_not_fit_is_counted_and_the_worst_stays() -> None:
    notes = [
        replace(LOOK, weight=Weight.NOTE, path="", sentence=f"N{number} {'*' * 400}")
        for number in range(200)
    ]
    comment = as_markdown(report(LOOK, *notes, without_weight=("a", "b")))
    assert len(comment) <= LONGEST
    assert comment.count("<details>") == comment.count("</details>") == 1
    text = unescape(comment)
    assert "may be read by more" in text
    there = len(set(re.findall(r"N\d+", text)))
    assert f"{202 - there} more lines do not fit" in text
    assert "Digest of this review" in text
    one = as_markdown(report(*[replace(LOOK, sentence="@" * 10**4, path="@" * 10**4)] * 300))
    assert len(one) <= LONGEST


def test_hostile_names_are_text() -> None:
    comment = as_markdown(hostile.report(), address("https://example.org/{file}"))
    html = rendered(comment)
    tags = set(re.findall(r"</?([a-z0-9]+)[\s>]", html))
    assert tags == {
        *("h2", "p", "code", "strong", "ul", "li", "b", "sub"),
        *("details", "summary"),
    }
    assert "<h1" not in html
    for name in hostile.NAMES:
        assert printable(name) in shown(comment)


def test_github_links_nothing_in_a_name() -> None:
    """It looks for these in what is rendered: a character of no width keeps them apart."""
    text = unescape(rendered(as_markdown(hostile.report())))
    assert not re.search(r"@\w|#\d|GH-\d|www\.|://|:[\w+-]+:", text.replace(MARKER, ""))


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="ab1 @#:/.-_*`~[]()<>&;\\|!$'\"\n\x1b+=", min_size=1, max_size=30))
def test_any_name_is_read_as_it_is(name: str) -> None:
    name = f"x{printable(name)}x"
    finding = replace(LOOK, path=name, sentence=f"{name} may be read", details=(name,))
    text = re.sub(r"\s+", " ", shown(as_markdown(report(finding))))
    plain = re.sub(r"\s+", " ", name)
    assert f"{plain} may be read · Dev, Prod" in text
    assert text.count(plain) >= 3
