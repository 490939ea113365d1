"""The exit codes of all tools. `--help` and docs/exit-codes.md take their texts from here.

The codes 3 to 6 of the client and of the environment tool mean different things, and stay as they
are: scripts rely on them.
"""

import textwrap

# Of every tool. 130 and 141 are those that a shell has for a program that SIGINT or SIGPIPE ended.
DONE, FAILED, WRONG_USAGE, NO_ROOM, INTERRUPTED, READER_GONE = 0, 1, 2, 7, 130, 141
# Of the client.
NOT_FOUND, CONFLICT, FORBIDDEN, DAMAGED = 3, 4, 5, 6
# Of the environment tool.
REFUSED, CHANGED_BY_OTHERS, AWS_FAILED, NOT_IN_FORCE = 3, 4, 5, 6

_READER_GONE = "the reader of standard output closed it"
CLIENT = {
    DONE: "done",
    FAILED: "failed (the network, the drive or a local file)",
    WRONG_USAGE: "wrong usage, or no URL, region or credentials",
    NOT_FOUND: "not found (404, 410)",
    CONFLICT: "a condition does not hold (412), or something else is there (409, 423)",
    FORBIDDEN: "not permitted (401, 403), or credentials that cannot sign",
    DAMAGED: "other bytes than their digest, after three tries",
    NO_ROOM: "no room or too large (413, 507, or a disk of this machine that is full)",
    INTERRUPTED: "interrupted; the line says whether the same command resumes",
    READER_GONE: _READER_GONE,
}
ENVIRONMENT = {
    DONE: "done or nothing to do",
    FAILED: "a defect of the tool",
    WRONG_USAGE: "wrong usage, a file that cannot be read, or no region or credentials",
    REFUSED: "refused: it would harm or is not clear; nothing was changed",
    CHANGED_BY_OTHERS: "conflict: others changed the function all the time, or (undo) the same"
    " variable since",
    AWS_FAILED: "AWS did not do it or did not answer, or could not put it in force",
    NOT_IN_FORCE: "written, and not in force when the time was up",
    NO_ROOM: "the output or a file of this machine cannot be written; the line says whether the"
    " change is made",
    INTERRUPTED: "interrupted; the line says whether there is something to complete",
    READER_GONE: _READER_GONE,
}
OTHERS = {
    DONE: "done",
    FAILED: "failed, refused or not known",
    WRONG_USAGE: "wrong usage",
    NO_ROOM: "a disk of this machine is full",
    INTERRUPTED: "interrupted",
    READER_GONE: _READER_GONE,
}


def listed(meanings: dict[int, str], note: str = "") -> str:
    """The exit codes of one tool, and a note on them, as its `--help` shows them."""
    text = ", ".join(f"{code} {meaning}" for code, meaning in meanings.items()) + note
    return textwrap.fill(f"exit codes: {text}", 98, subsequent_indent="  ", break_on_hyphens=False)


def table() -> str:
    """The exit codes of all tools, as docs/exit-codes.md shows them (Markdown)."""
    rows = [
        f"| {code} | {CLIENT[code]} | {ENVIRONMENT[code]} | {OTHERS.get(code, '')} |"
        for code in CLIENT
    ]
    head = "| code | `lambda-drive` | `lambda-env` | other tools of `python -m ops` |"
    return "\n".join([head, "| --- | --- | --- | --- |", *rows]) + "\n"
