"""Put, get, sync, list, move and remove files of a drive."""

import argparse

from drive_tools import output
from drive_tools.client import arguments, progress
from drive_tools.client.address import open_drive
from drive_tools.client.answers import NO_ROOM
from drive_tools.client.crew import Crew
from drive_tools.client.get import get
from drive_tools.client.pace import Patience
from drive_tools.client.put import put
from drive_tools.client.session import Session, local_failure
from drive_tools.client.sync import sync
from drive_tools.client.verbs import ls, mv, rm
from drive_tools.errors import ToolError
from drive_tools.program import INTERRUPTED, installed

# What goes on where it stopped, when it is run again.
_GOING_ON = (put, get, sync)


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
        except KeyboardInterrupt:
            session.end()
            again = options.command in _GOING_ON and arguments.STANDARD_STREAM not in {
                *getattr(options, "paths", ()),
                getattr(options, "local", ""),
            }
            session.complain(
                "interrupted; run the same command again, and it goes on where it stopped"
                if again
                else "interrupted; what was done before stays done"
            )
            return INTERRUPTED
        except BrokenPipeError:
            session.end()
            return output.READER_GONE
        except output.OutputError as error:
            session.end()
            session.complain(str(error))
            return error.exit_code
        except ToolError as error:
            session.fail(str(error), error.exit_code)
        except OSError as error:
            full = error.errno in output.FULL
            session.fail(local_failure(error), NO_ROOM if full else 1)
        finally:
            session.end()
            patience.end()
            meter.close()
    return session.finish()
