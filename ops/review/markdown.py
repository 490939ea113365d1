"""The report of a review as a comment of a pull request, in GitHub's Markdown.

Names of resources are other people's text: none of it becomes a link, a mention, an image or
markup. GitHub looks for mentions, issues and addresses in what it has rendered as well, so what
would begin one is followed by a space without width (https://github.com/github/cmark-gfm/issues/181).
"""

import re
from collections.abc import Sequence

from ops.review.findings import Finding, Weight
from ops.review.places import Link
from ops.review.report import (
    WEIGHTS,
    Report,
    counted,
    digest,
    groups,
    name_and_rest,
    stages,
    still_found,
)

# The first line of the comment, by which it is found again.
MARKER = "<!-- review: what a change means -->"
# What GitHub's API takes: "Body is too long (maximum is 65536 characters)".
LONGEST = 65_536
# Of one text: a name may be as long as its owner likes.
_LONGEST_TEXT = 500

_MARKUP = re.compile(r"[&<>\"'`*_~\[\]\\|$!@#]")
_APART = "\N{ZERO WIDTH SPACE}"
# What begins a mention, the number of an issue, an address of the web or of a person, or an emoji.
_BEGINS = re.compile(r"@|#|\bGH-(?=\d)|\bwww(?=\.)|:(?=//)|:(?=[\w+-]+:)", re.IGNORECASE)


def as_markdown(report: Report, link: Link = None) -> str:
    """Return the comment. What GitHub would not take is left out, and a sentence says how much.

    `link` makes the address of a line of Python. The same report is the same text.
    """
    comment = _Comment(
        MARKER,
        f"## {_text(report.verdict)}",
        "",
        f"{_code(report.after)} compared with {_code(report.before)}",
        foot=["", f"<sub>Digest of this review: <code>{digest(report)}</code></sub>", ""],
    )
    found = groups(report)
    if found:
        comment.add(["", " · ".join(f"**{each.topic}** {each.counts}" for each in found)])
    for group in found:
        worse = [each for each in group.findings if each.weight > Weight.NOTE]
        comment.add_all(
            ["", f"### {group.topic.capitalize()}", ""], [_item(each, link) for each in worse]
        )
    notes = [each for group in found for each in group.of(Weight.NOTE)]
    comment.add_all(
        _folded(f"{counted(len(notes), 'note')}: narrower, safer, or neither"),
        [_item(each, link) for each in notes],
        ["", "</details>"],
    )
    comment.add_all(
        _folded(f"{counted(len(report.without_weight), 'change')} without weight"),
        [[f"- {_text(each)}"] for each in report.without_weight],
        ["", "</details>"],
    )
    comment.add_all(
        _folded(_text(still_found(report))),
        [[f"- {_text(each)}"] for each in report.still_found],
        ["", "</details>"],
    )
    if report.scanners and not report.still_found:
        comment.add(["", _text(still_found(report))])
    return comment.text()


class _Comment:
    """Lines, as many as GitHub takes."""

    def __init__(self, *head: str, foot: Sequence[str]) -> None:
        self._lines = [*head]
        self._foot = [*foot]
        self._left_out = 0
        self._room = LONGEST - _size([*head, *foot, _left_out(10**9)])

    def add(self, lines: Sequence[str], behind: Sequence[str] = ()) -> bool:
        """Add lines if they have room, and what is to stand `behind` later as well."""
        fits = not self._left_out and _size([*lines, *behind]) <= self._room
        if fits:
            self._lines += lines
            self._room -= _size(lines)
        return fits

    def add_all(
        self, title: Sequence[str], items: Sequence[Sequence[str]], end: Sequence[str] = ()
    ) -> None:
        """Add items behind their title, and count those that have no room."""
        for number, item in enumerate(items):
            if not self.add([*([] if number else title), *item], end):
                self._left_out += len(items) - number
                items = items[:number]
                break
        if items:
            self._lines += end
            self._room -= _size(end)

    def text(self) -> str:
        """Return the whole."""
        left_out = ["", _left_out(self._left_out)] if self._left_out else []
        return "\n".join([*self._lines, *left_out, *self._foot])


def _size(lines: Sequence[str]) -> int:
    return sum(len(each) + 1 for each in lines)


def _left_out(count: int) -> str:
    return f"**{count} more lines do not fit into a comment; the page has them.**"


def _folded(title: str) -> list[str]:
    return ["", f"<details><summary>{title}</summary>", ""]


def _item(finding: Finding, link: Link) -> list[str]:
    name = WEIGHTS[finding.weight].capitalize()
    weight = f"**{name}** " if finding.weight > Weight.NOTE else ""
    where = stages(finding)
    behind = f"{f' · {_text(where)}' if where else ''}{_line(finding, link)}"
    item = [f"- {weight}{_sentence(finding)}{behind}"]
    if finding.details:
        count = len(finding.details)
        details = "".join(f"<li>{_text(each)}</li>" for each in finding.details)
        item.append(
            f"  <details><summary>{counted(count, 'detail')}</summary><ul>{details}</ul></details>"
        )
    return item


def _sentence(finding: Finding) -> str:
    name, rest = name_and_rest(finding)
    return f"<b>{_text(name)}</b>{_text(rest)}" if name else _text(rest)


def _line(finding: Finding, link: Link) -> str:
    if finding.line is None:
        return ""
    shown, address = _code(str(finding.line)), link(finding.line) if link else None
    return f" ([{shown}](<{address}>))" if address else f" ({shown})"


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"


def _text(text: str) -> str:
    """Return a text that Markdown, HTML and GitHub's own filters show as it is."""
    short = text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
    apart = _BEGINS.sub(lambda found: f"{found[0]}{_APART}", short)
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", apart)
