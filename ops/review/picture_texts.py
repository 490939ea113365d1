"""The words in a picture: what a box says in how much room, and what is said of a mark."""

from collections.abc import Iterator

from ops.review.network.boxes import Box, Mark
from ops.review.svg import wrapped

TEXT, SMALL = 13.0, 12.0  # as picture.css
_BOLD = 1.1  # times as wide
_FACT, _CHANGED_FACT = 4, 8  # lines at most

SIGNS: dict[Mark, str] = {"added": "+", "removed": "\N{MINUS SIGN}", "changed": "±", "same": ""}
SIGNED: dict[Mark, str] = {
    mark: f"{sign}\N{NO-BREAK SPACE}" * bool(sign) for mark, sign in SIGNS.items()
}
WORDS: dict[Mark, str] = {"added": "new", "removed": "removed", "changed": "changed", "same": ""}


def texts(box: Box, width: float, *, compact: bool) -> Iterator[tuple[str, str]]:
    """Yield the lines of a box with their kinds: its mark, names, kind and facts."""
    if box.mark != "same":
        yield signed(box.mark), box.mark
    heads = [
        (SIGNED[each.mark] + _short(each.text, box.kind, compact=compact), each.mark)
        for each in box.names
    ]
    kind = [(box.kind, "quiet")] if box.kind else []
    if box.layer == "way" and kind:  # that it is a NAT gateway says more than its name
        gone = " struck" if box.mark == "removed" else ""
        yield from ((line, f"name{gone}") for line in wrapped(box.kind, width, TEXT * _BOLD))
        kind = [(head, "quiet" if mark == "same" else look_of(mark)) for head, mark in heads]
        heads = []
    for head, mark in heads:
        gone = " struck" if "removed" in {box.mark, mark} else ""
        yield from ((line, f"name{gone}") for line in wrapped(head, width, TEXT * _BOLD))
    for said, how in kind:
        yield from ((line, how) for line in wrapped(said, width, SMALL * _BOLD))
    for each in box.lines:
        if compact and each.mark == "same" and box.layer == "runs":
            continue  # it is in the title of the box
        limit = _FACT if each.mark == "same" else _CHANGED_FACT
        size = SMALL if each.mark == "same" else SMALL * _BOLD
        for line in wrapped(SIGNED[each.mark] + each.text, width, size, limit):
            yield line, look_of(each.mark)


def look_of(mark: Mark) -> str:
    """Return how a text with a mark looks, by the names of picture.css."""
    return {"removed": "removed struck", "same": ""}.get(mark, mark)


def _short(name: str, kind: str, *, compact: bool) -> str:
    """Return the end of a path that says more than the kind; the whole is in the box's title."""
    path = name.split("/")
    while len(path) > 2 and _says_nothing(path[-1], kind):  # noqa: PLR2004 - a stack, and one more
        path.pop()
    return "/".join(path[-1:] if compact else path[-2:])


def _says_nothing(part: str, kind: str) -> bool:
    words = {each.strip("()").lower() for each in kind.split(" ")}
    return part.lower() in {"handler", "functionurl", "natgateway", "filesystem", *words}


def described(box: Box) -> str:
    """Return all that a box knows as one sentence, for its title and for a screen reader."""
    names = ", ".join(f"{each.text}{spoken(each.mark)}" for each in box.names)
    zone = f" in {box.zone}" if box.zone else ""
    said = "".join(f"; {each.text}{spoken(each.mark)}" for each in box.lines)
    return f"{names}: {box.kind or box.layer}{zone}{spoken(box.mark)}{said}"


def signed(mark: Mark) -> str:
    """Return a mark as its sign and its word."""
    return f"{SIGNS[mark]} {WORDS[mark]}".strip()


def spoken(mark: Mark) -> str:
    """Return what follows a word that has a mark."""
    return f", {WORDS[mark]}" if mark != "same" else ""
