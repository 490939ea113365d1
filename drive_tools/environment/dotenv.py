r"""The dotenv format, as strictly as its readers agree on it, and the same variables as JSON.

A line is empty, a comment, or NAME=VALUE, with `export` before it or not. VALUE is bare, 'literal',
or "with \n \r \t \" \\ \$ \` as escapes". Quoted values may go over several lines. A comment behind
a value begins with a space. Text on which readers disagree is refused: a bare value that bash,
python-dotenv and Node (`--env-file`) read in different ways, a `$` that some expand, other escapes,
a name that comes twice. tests/unit/test_dotenv.py compares all three.
"""

import json
import re
from collections.abc import Mapping

_NAME = re.compile(
    r"[ \t]*(?P<export>export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"(?P<before>[ \t]*)=(?P<behind>[ \t]*)"
)
_SKIPPED = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_REST = re.compile(r"(?:[ \t]+#[^\n]*|[ \t]*)(?:\n|\Z)")
_LITERAL = re.compile(r"'([^']*)'")
_ESCAPED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r"[^\n]*")
_COMMENT = re.compile(r"[ \t]+#.*")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$", "`": "`"}
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")
# Characters of a bare value that have a meaning for a shell or for another reader.
_SPECIAL = re.compile(r"[\\`;&|<>()]|(?:^|[:=])~")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def parse(text: str) -> dict[str, str]:
    """The variables of a text. Raises `ValueError` with the line, and without any value."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if text.lstrip().startswith("{"):
        return _from_json(text)
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
        name = head["name"]
        if name in found:
            raise ValueError(f"line {line}: {name} comes twice")
        try:
            if not _REST.match(text, head.end("behind") - len(head["behind"])) or head["before"]:
                _refuse_spaces(head)
            value, at = _value(text, head.end())
            if head["export"] and text[head.end() : head.end() + 1] not in {"'", '"'}:
                _refuse_exported(value)
            found[name] = value
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
    rest = _REST.match(text, quoted.end())
    if not rest:
        raise ValueError("something follows its closing quote")
    return (_literal if quote == "'" else _unescape)(quoted[1]), rest.end()


def _bare(text: str, at: int) -> tuple[str, int]:
    line = _BARE.match(text, at)
    assert line is not None
    value = _COMMENT.sub("", line[0], count=1).strip(" \t")
    if "'" in value or '"' in value:
        raise ValueError("a quote within a value; put the whole value in quotes")
    if _CONTROL.search(value):
        raise ValueError("a control character; put the value in quotes")
    _refuse_references(value)
    if "#" in value:
        raise ValueError("a # that some readers take for a comment; put the value in quotes")
    if any(letter.isspace() for letter in value):
        raise ValueError("a space, at which a shell ends the value; put it in quotes")
    if special := _SPECIAL.search(value):
        raise ValueError(f"a {special[0][-1]} that a shell takes for its own; put it in quotes")
    return value, line.end() + 1


def _literal(text: str) -> str:
    if "\\\\" in text or text.endswith("\\"):
        raise ValueError('backslashes that some readers halve; write "...\\\\..."')
    return text


def _unescape(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise ValueError(r"an escape that is none of \n \r \t \" \\ \$ \`")
        return _ESCAPES[match[1]]

    _refuse_references(re.sub(r"\\.", "", text, flags=re.DOTALL))
    return re.sub(r"\\(.)", escape, text, flags=re.DOTALL)


def _refuse_spaces(head: re.Match[str]) -> None:
    if head["before"] or head["behind"]:
        raise ValueError("a space beside its =, which a shell takes for a command; leave it out")


def _refuse_exported(value: str) -> None:
    """Refuse a bare value behind `export` that a shell reads as an argument, and Node does not."""
    if not value:
        raise ValueError("an empty value, which some readers leave out; write ''")
    if "{" in value or "}" in value:
        raise ValueError("a brace, in which a shell reads several values; put it in quotes")


def _refuse_references(value: str) -> None:
    if "`" in value:
        raise ValueError("a ` that a shell would run; write '...`...'")
    if "$" in value:
        raise ValueError(r"a $ that some readers would expand; write '...$...' or \"...\$...\"")


def render(variables: Mapping[str, str]) -> str:
    """A text from which `parse` makes the same variables again, in order of names."""
    return "".join(f"{name}={_quoted(value)}\n" for name, value in sorted(variables.items()))


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    # All readers take the next two forms. They differ for a value with both kinds of quotes.
    readable = not _UNREADABLE.search(value)
    if readable and "'" not in value and "\\\\" not in value and not value.endswith("\\"):
        return f"'{value}'"
    if readable and not set(value) & {'"', "\\", "$", "`"}:
        return f'"{value}"'
    escaped = re.sub(r'(["\\$`])', r"\\\1", value)
    for letter, end in (("n", "\n"), ("r", "\r"), ("t", "\t")):
        escaped = escaped.replace(end, f"\\{letter}")
    return f'"{escaped}"'


def _from_json(text: str) -> dict[str, str]:
    """The variables of a JSON object, as `export --json` writes one."""
    pairs: list[tuple[str, object]] = []

    def keep(members: list[tuple[str, object]]) -> None:
        pairs[:] = members  # of the outermost object last

    try:
        json.loads(text, object_pairs_hook=keep, parse_int=float)  # whatever its length
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: no JSON: {error.msg}") from None
    except RecursionError:
        raise ValueError("line 1: no JSON of variables: too deep") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name} comes twice")
        if not isinstance(value, str):
            raise ValueError(f"{name}: its value is no text in quotes")  # noqa: TRY004 - of a file
        found[name] = value
    return found
