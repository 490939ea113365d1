r"""The dotenv format, as strictly as its readers agree on it.

A line is empty, a comment, or NAME=VALUE, with `export` before it or not. VALUE is bare (to the
end of the line or to " #", no quotes in it), 'literal', or "with \n \r \t \" \\ \$ as escapes".
Quoted values may go over several lines. What readers disagree on is refused rather than guessed:
a `$` that some would expand, other escapes, a name that comes twice.
"""

import re
from collections.abc import Mapping

_NAME = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*")
_SKIPPED = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_LITERAL = re.compile(r"'([^']*)'")
_ESCAPED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r"[^\n]*")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")


def parse(text: str) -> dict[str, str]:
    """The variables of a text. Raises `ValueError` with the line, and without any value."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        if skipped := _SKIPPED.match(text, at):
            at = skipped.end()
            continue
        line = text.count("\n", 0, at) + 1
        head = _NAME.match(text, at)
        if not head:
            raise ValueError(f"line {line}: not of the form NAME=VALUE")
        name = head[1]
        if name in found:
            raise ValueError(f"line {line}: {name} comes twice")
        try:
            found[name], at = _value(text, head.end())
        except ValueError as error:
            raise ValueError(f"line {line}: {name}: {error}") from None
    return found


def _value(text: str, at: int) -> tuple[str, int]:
    """The value that begins at `at`, and where the next line begins."""
    quote = text[at : at + 1]
    if quote not in {"'", '"'}:
        return _bare(text, at)
    quoted = (_LITERAL if quote == "'" else _ESCAPED).match(text, at)
    if not quoted:
        raise ValueError("its quote is never closed")
    rest = _SKIPPED.match(text, quoted.end())
    if not rest:
        raise ValueError("something follows its closing quote")
    value = quoted[1] if quote == "'" else _unescape(quoted[1])
    return value, rest.end()


def _bare(text: str, at: int) -> tuple[str, int]:
    line = _BARE.match(text, at)
    assert line is not None
    value = re.split(r"(?:^|[ \t])#", line[0], maxsplit=1)[0].strip(" \t")
    if "'" in value or '"' in value:
        raise ValueError("a quote within a value; put the whole value in quotes")
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", value):
        raise ValueError("a control character; put the value in quotes")
    _refuse_references(value)
    return value, line.end() + 1


def _unescape(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise ValueError(r"an escape that is none of \n \r \t \" \\ \$")
        return _ESCAPES[match[1]]

    _refuse_references(re.sub(r"\\.", "", text, flags=re.DOTALL))
    return re.sub(r"\\(.)", escape, text, flags=re.DOTALL)


def _refuse_references(value: str) -> None:
    if "$" in value:
        raise ValueError(r"a $ that some readers would expand; write '...$...' or \"...\$...\"")


def render(variables: Mapping[str, str]) -> str:
    """A text from which `parse` makes the same variables again, in order of names."""
    return "".join(f"{name}={_quoted(value)}\n" for name, value in sorted(variables.items()))


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    # A shell and other readers take these two forms as well: no quote, backslash or line end.
    if value.isprintable() and not set(value) & {"'", "\\"}:
        return f"'{value}'"
    escaped = re.sub(r'(["\\$])', r"\\\1", value)
    for letter, end in (("n", "\n"), ("r", "\r"), ("t", "\t")):
        escaped = escaped.replace(end, f"\\{letter}")
    return f'"{escaped}"'
