"""`python -m ops drive`: files on a drive, from a command line."""

import argparse

from ops import output
from ops.drive import arguments, progress
from ops.drive.address import open_drive
from ops.drive.answers import NO_ROOM
from ops.drive.crew import Crew
from ops.drive.get import get
from ops.drive.pace import Patience
from ops.drive.put import put
from ops.drive.session import Session, local_failure
from ops.drive.sync import sync
from ops.drive.verbs import ls, mv, rm
from ops.errors import OpsError

_INTERRUPTED = 130
# What goes on where it stopped, when it is run again.
_GOING_ON = (put, get, sync)


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `drive` to the tools."""
    parser = tools.add_parser(
        "drive",
        help="put, get, sync, list, move and remove files of a drive",
        description=__doc__,
        epilog=arguments.epilog(""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(tool="drive")
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
        session = Session(meter, crew, as_json=options.json)
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
            goes_on = "run the same command again, and it goes on where it stopped"
            meter.error(
                f"drive: interrupted; {goes_on if again else 'what was done before stays done'}"
            )
            return _INTERRUPTED
        except BrokenPipeError:
            session.end()
            return output.READER_GONE
        except output.OutputError as error:
            session.end()
            meter.error(f"drive: {error}")
            return error.exit_code
        except OpsError as error:
            session.fail(str(error), error.exit_code)
        except OSError as error:
            full = error.errno in output.FULL
            session.fail(local_failure(error), NO_ROOM if full else 1)
        finally:
            session.end()
            patience.end()
            meter.close()
    return session.finish()
