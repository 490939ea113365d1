"""Put, get, sync, list, move, remove and restore files of a drive, or open it in a browser.

examples:
  %(prog)s put holiday.mov films/     as films/holiday.mov; again after an interruption
  %(prog)s get films/holiday.mov      and it resumes where it stopped
  %(prog)s ls films/
  %(prog)s mv films/holiday.mov films/2026/
  %(prog)s rm -r films
  %(prog)s restore -r films
  %(prog)s ui                         its page in the browser
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from drive_tools import exit_codes, output
from drive_tools.client import progress
from drive_tools.client.address import open_drive
from drive_tools.client.crew import Crew
from drive_tools.client.get import get
from drive_tools.client.options import DriveOptions
from drive_tools.client.put import put
from drive_tools.client.retries import Patience
from drive_tools.client.session import ClientSession
from drive_tools.client.sync import sync
from drive_tools.client.trash import restore, trash
from drive_tools.client.verbs import ls, mv, rm
from drive_tools.command_line import add_commands
from drive_tools.program import FAILURES, failure, installed
from drive_tools.serving.commands import serve, ui

Options = TypeVar("Options", bound=DriveOptions)

_COMMANDS = (put, get, sync, ls, rm, mv, trash, restore, ui, serve)
_NOTES = f"""
which drive: --url, or --stage (the outputs of the stack <stage>-Service in AWS), or DRIVE_URL.
credentials and region are those of the AWS CLI (--profile, --region); for the local cloud:
  AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1
a drive whose URL is public takes its token instead: DRIVE_TOKEN, or --token-file

{exit_codes.listed(exit_codes.CLIENT, "; of several files, that of the first failure")}
"""


def program() -> int:
    """Run the client as the program `lambda-drive`."""
    return installed("lambda-drive", fill)


def fill(parser: argparse.ArgumentParser, tool: str) -> None:
    """Add the commands to the parser of a tool, whose messages begin with `tool`."""
    add_commands(parser, tool, _COMMANDS, _run, about=__doc__, notes=_NOTES)


def _run(command: Callable[[Options, ClientSession], None], options: Options) -> int:
    """Run one command with its drive; whatever goes wrong is one line and an exit code."""
    meter = progress.meter(silent=options.quiet or options.json)
    patience = Patience(options.patience, meter.note)
    with Crew(getattr(options, "jobs", 1)) as crew:
        session = ClientSession(options.tool, meter, crew, as_json=options.json)
        try:
            session.drive = open_drive(options, patience)
            command(options, session)
            output.flush()
        except FAILURES as error:
            failed = failure(error)
            if isinstance(error, KeyboardInterrupt):
                again = "run the same command again, and it resumes where it stopped"
                rest = again if options.resumes else "what was done before stays done"
                failed = replace(failed, text=f"{failed.text}; {rest}")
            if isinstance(error, (KeyboardInterrupt, BrokenPipeError, output.OutputError)):
                return session.stop(failed)
            session.fail(failed)
        finally:
            session.end()
            patience.end()
            meter.close()
    return session.finish()
