"""Get, set and undo environment variables of any Lambda function, safely.

examples:
  %(prog)s set dev-files MAINTENANCE_MODE=1      maintenance mode on
  %(prog)s set dev-files MAINTENANCE_MODE=0      and off
  %(prog)s get dev-files
  %(prog)s undo dev-files
"""

import argparse
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

from drive_tools import exit_codes, output
from drive_tools.command_line import Parser, add_commands
from drive_tools.environment.change_commands import import_, set_, undo, unset
from drive_tools.environment.options import FunctionOptions
from drive_tools.environment.read_commands import diff, export, get
from drive_tools.environment.session import EnvironmentSession
from drive_tools.program import FAILURES, failure, installed

Options = TypeVar("Options", bound=FunctionOptions)

_COMMANDS = (get, set_, unset, diff, import_, export, undo)
_NOTES = f"""
FUNCTION is a name or an ARN, of any function in any account. Credentials and region are those of
the AWS CLI (--profile, --region). Values are masked unless --show; a digest of eight letters says
whether two values are the same, to the same user only.

{exit_codes.listed(exit_codes.ENVIRONMENT)}
"""


class _Parser(Parser):
    """Says what is wrong with a command line without repeating what may be a value."""

    def refuse(self, unknown: list[str]) -> None:
        """Name options, and count the rest."""
        names = [text.partition("=")[0] for text in unknown if text.startswith("-")]
        self.error(
            f"unknown options: {' '.join(names)}"
            if names
            else f"too many arguments: {len(unknown)} of them"
        )

    def error(self, message: str) -> NoReturn:
        """Leave out a value that was given to an option which takes none."""
        super().error(message.partition("ignored explicit argument")[0] or message)


def program() -> int:
    """Run the tool as the program `lambda-env`."""
    return installed("lambda-env", fill)


def fill(parser: argparse.ArgumentParser, tool: str) -> None:
    """Add the commands to the parser of a tool, whose messages begin with `tool`."""
    add_commands(parser, tool, _COMMANDS, _run, about=__doc__, notes=_NOTES, parser_class=_Parser)


def _run(command: Callable[[Options, EnvironmentSession], None], options: Options) -> int:
    """Run one command; whatever goes wrong is an exit code, and lines without a value."""
    session = EnvironmentSession(options)
    try:
        command(options, session)
        output.flush()
    except FAILURES as error:
        failed = failure(error)
        text, code = failed.text, failed.exit_code
        if isinstance(error, KeyboardInterrupt):
            again = "run the same command again, and it does what is missing"
            text += f"; {again if session.written else 'nothing was changed'}"
        elif isinstance(error, (OSError, output.OutputError)) and code != exit_codes.READER_GONE:
            text += "; the change is made" * session.written
            code = exit_codes.NO_ROOM
        if text:
            session.complain(text)
        return code
    except Exception as error:  # noqa: BLE001 - the text of a stranger may hold a value
        for frame in traceback.extract_tb(error.__traceback__):
            session.error(f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}")
        session.complain(f"a defect of this tool: {type(error).__name__}; look, then run again")
        return exit_codes.FAILED
    return exit_codes.DONE
