"""Put, get, sync, list, move and remove files of a drive."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from drive_tools import output
from drive_tools.client import progress
from drive_tools.client.address import open_drive
from drive_tools.client.crew import Crew
from drive_tools.client.get import get
from drive_tools.client.help_texts import epilog
from drive_tools.client.options import (
    DriveOptions,
    GetOptions,
    ListOptions,
    MoveOptions,
    PutOptions,
    RemoveOptions,
    SyncOptions,
)
from drive_tools.client.put import put
from drive_tools.client.retries import Patience
from drive_tools.client.session import ClientSession
from drive_tools.client.sync import sync
from drive_tools.client.verbs import ls, mv, rm
from drive_tools.command_line import add_command
from drive_tools.program import FAILURES, failure, installed

Options = TypeVar("Options", bound=DriveOptions)


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `drive` to the tools."""
    parser = tools.add_parser(
        "drive",
        help="put, get, sync, list, move and remove files of a drive",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fill(parser, "drive")


def program() -> int:
    """Run the client as the program `lambda-drive`."""
    return installed("lambda-drive", fill)


def fill(parser: argparse.ArgumentParser, tool: str) -> None:
    """Add the commands to the parser of a tool, whose messages begin with `tool`."""
    parser.description = __doc__
    parser.epilog = epilog("")
    parser.set_defaults(tool=tool)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(run: Callable[[Options, ClientSession], None], options: type[Options]) -> None:
        name = run.__name__
        add_command(
            commands, name, partial(_run, run), options, about=run.__doc__, epilog=epilog(name)
        )

    add(put, PutOptions)
    add(get, GetOptions)
    add(sync, SyncOptions)
    add(ls, ListOptions)
    add(rm, RemoveOptions)
    add(mv, MoveOptions)


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
