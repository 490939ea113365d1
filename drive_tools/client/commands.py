"""Put, get, sync, list, move and remove files of a drive."""

import argparse
from dataclasses import replace

from drive_tools import output
from drive_tools.client import arguments, progress
from drive_tools.client.address import open_drive
from drive_tools.client.crew import Crew
from drive_tools.client.get import get
from drive_tools.client.put import put
from drive_tools.client.retries import Patience
from drive_tools.client.session import Session
from drive_tools.client.sync import sync
from drive_tools.client.verbs import ls, mv, rm
from drive_tools.program import FAILURES, failure, installed

# These resume where they stopped, when they are run again.
_RESUMED = (put, get, sync)


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
    parser.epilog = arguments.epilog("")
    parser.set_defaults(tool=tool)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for run in (put, get, sync, ls, rm, mv):
        command = commands.add_parser(
            run.__name__,
            help=(run.__doc__ or "").splitlines()[0].rstrip("."),
            description=run.__doc__,
            epilog=arguments.epilog(run.__name__),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(run=_run, command=run)
        arguments.add(command, run.__name__)


def _run(options: argparse.Namespace) -> int:
    """Run one command with its drive; whatever goes wrong is one line and an exit code."""
    meter = progress.meter(silent=options.quiet or options.json)
    patience = Patience(options.patience, meter.note)
    with Crew(getattr(options, "jobs", 1)) as crew:
        session = Session(options.tool, meter, crew, as_json=options.json)
        try:
            session.drive = open_drive(options, patience)
            options.command(options, session)
            output.flush()
        except FAILURES as error:
            failed = failure(error)
            if isinstance(error, KeyboardInterrupt):
                failed = replace(failed, text=_interrupted(options))
            if isinstance(error, (KeyboardInterrupt, BrokenPipeError, output.OutputError)):
                return session.stop(failed)
            session.fail(failed)
        finally:
            session.end()
            patience.end()
            meter.close()
    return session.finish()


def _interrupted(options: argparse.Namespace) -> str:
    streams = {*getattr(options, "paths", ()), getattr(options, "local", "")}
    if options.command in _RESUMED and arguments.STANDARD_STREAM not in streams:
        return "interrupted; run the same command again, and it goes on where it stopped"
    return "interrupted; what was done before stays done"
