"""`python -m ops local`: the commands.

examples:
  python -m ops local up               start it if need be, deploy what changed
  python -m ops local up --port 4600   on another port than 4566, now and later
  python -m ops local up --assembly ~/reviewed/cdk.out
                                       what was synthesised before, or changed by hand
  python -m ops local up --new-account with the quotas of a new account
  python -m ops local status           whether it runs, and the URLs of it and the function
  python -m ops local down             stop it; the files stay

  python -m ops local pipeline         walk the pipeline of HEAD, and ask for its approvals
  python -m ops local pipeline --yes   the same, all approved
  python -m ops local pipeline --keep; python -m ops local pipeline --roll-back Prod
                                       and a stage once more, with what the walk had shipped
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from drive_tools import exit_codes
from drive_tools.cloud_assembly import find_stage
from drive_tools.command_line import Options, add_commands, argument, port_number
from drive_tools.errors import ToolError, UsageError
from drive_tools.terminal import step
from ops.deployment.concurrency import reservations, shortage
from ops.local import cdk_cli, given_assembly
from ops.local.bootstrap import bootstrap, qualifier_of
from ops.local.cdk_cli import SynthesisedStage, Target
from ops.local.cloud import SECRET_ACCESS_KEY, Cloud, Running, answers, version
from ops.local.command_lock import command_lock, interrupt_on_signals, shown
from ops.local.printed_help import print_calls, print_environment, print_only_recorded
from ops.pipeline_walk.commands import pipeline
from ops.project import PROJECT
from stacks.shared.aws_limits import NEW_ACCOUNT_CONCURRENCY

_DEFAULT_PORT = 4566
# A URL that fails for so long, and so often, will not recover. A busy machine needs that time.
_ANSWER_SECONDS = 30
_ANSWERS = 5
_HEALTH = "/health"
# A stage with the file service has this output; a stage with a function of one's own has not.
_FILE_SERVICE = "JanitorFunctionName"
_FUNCTION = "FilesFunctionName"
_NOTES = f"\n{exit_codes.listed(exit_codes.OTHERS)}"


@dataclass(frozen=True, kw_only=True)
class FolderOptions:
    """The folder with the state of the local cloud and the drive's files."""

    folder: Path = argument(
        "--folder",
        type=lambda text: Path(text).resolve(),
        default=PROJECT / ".local",
        help="where its state and the drive's files are (.local/)",
    )


@dataclass(frozen=True, kw_only=True)
class UpOptions(FolderOptions):
    """The options of `up`; without a port it is that of the last time."""

    port: int | None = argument(
        "--port",
        type=port_number,
        default=lambda: os.environ.get("LOCAL_PORT") or None,
        help="its port on loopback (LOCAL_PORT, or that of the last time, or"
        f" {_DEFAULT_PORT}); 0 takes a free one",
    )
    stage: str = argument("--stage", default="Dev", help="the stage to deploy (Dev)")
    app: str | None = argument("--app", help="the app command, if not that of cdk.json")
    assembly: Path | None = argument(
        "--assembly", type=Path, help="deploy this cloud assembly, and synthesise nothing"
    )
    new_account: bool = argument(
        "--new-account", action="store_true", help="refuse what is beyond a new account's quotas"
    )


@dataclass(frozen=True)
class _Deployed:
    """A stage that answers: the URL of its function, its token, and the path that answers."""

    stage: SynthesisedStage
    url: str
    token: str | None
    function: str
    path: str


def fill(parser: argparse.ArgumentParser, tool: str) -> None:
    """Add the commands to the parser of the tool."""
    add_commands(parser, tool, (up, down, status, pipeline), _run, about=__doc__, notes=_NOTES)


def _run(command: Callable[[Options], int], options: Options) -> int:
    return command(options)


def up(options: UpOptions) -> int:
    """Start the local cloud if it does not run, deploy what changed, print the URL.

    Either the URL answers at the end, or nothing runs.
    """
    begun = time.monotonic()
    if options.assembly and options.app:
        raise UsageError("name --app or --assembly, and not both: an assembly is of no app")
    if options.assembly:
        given_assembly.check(options.assembly, options.stage)
    cloud = Cloud(options.folder)
    interrupt_on_signals()
    with command_lock(options.folder):
        running = _reusable(cloud, options)
        try:
            deployed = _bring_up(cloud, running, options)
        except BaseException:
            cloud.stop()
            raise
    print(f"\n{options.stage} answers after {time.monotonic() - begun:.0f} s:")
    print(f"\n  {deployed.url}\n")
    target, files = deployed.stage.target, deployed.path == _HEALTH
    print_calls(deployed.url, deployed.token, target, files=files)
    named = files and not deployed.token
    print_environment(deployed.url, deployed.function, target, credentials_named=named)
    folder = shown(options.folder / "efs")
    print(f"\nFiles are in {folder} and stay there. Stop with: make local-down\n")
    print_only_recorded(deployed.stage.types)
    return 0


def down(options: FolderOptions) -> int:
    """Stop the local cloud; files stay."""
    with command_lock(options.folder):
        stopped = Cloud(options.folder).stop()
    files = options.folder / "efs"
    print(f"stopped; files stay in {shown(files)}" if stopped else "it was not running")
    return 0


def status(options: FolderOptions) -> int:
    """Say whether the local cloud runs, and where it and the deployed function are."""
    running = Cloud(options.folder).running()
    if running is None:
        print("it does not run")
        return 1
    print(f"it runs at {running.endpoint} (process {running.pid}, account {running.account})")
    # There are none while the first `up` deploys, and in the folder of a walk of the pipeline.
    if outputs := cdk_cli.outputs(options.folder):
        print(f"the function answers at {_local_url(outputs, running)}")
    return 0


def _bring_up(cloud: Cloud, running: Running | None, options: UpOptions) -> _Deployed:
    log = options.folder / "deploy.log"
    log.write_text("")
    stage = _stage(options, log)
    if find_stage(stage.assembly, stage.name).image_platforms():
        raise ToolError(
            f'the local cloud runs zips only: set packaging = "zip" for {options.stage}'
        )
    if options.new_account:
        _check_concurrency(stage)
    if running is not None and running.account != stage.target.account:
        cloud.stop()
        running = None
    if running is None:
        port = cloud.last_port or _DEFAULT_PORT if options.port is None else options.port
        with step("start the local cloud"):
            running = cloud.start(
                port=port, account=stage.target.account, new_account=options.new_account
            )
        with step("bootstrap it for CDK"):
            bootstrap(stage.target, running, qualifier=qualifier_of(stage.assembly))
    with step(f"deploy {options.stage}"):
        try:
            outputs = cdk_cli.deploy(
                stage, running, options.folder, log, in_vain=lambda: cloud.running() is None
            )
        except ToolError as error:
            if cloud.running() is None:  # what the CLI says then is of a connection
                raise ToolError(
                    f"the local cloud ended while {options.stage} was deployed; run this again;"
                    f" its last words are in {cloud.log}"
                ) from error
            raise
    url = _local_url(outputs, running)
    token = _token(outputs, running, stage.target)
    path = _HEALTH if any(_FILE_SERVICE in stack for stack in outputs.values()) else "/"
    [function] = [stack[_FUNCTION] for stack in outputs.values() if _FUNCTION in stack]
    deployed = _Deployed(stage, url, token, function, path)
    with step("wait for the URL"):
        _wait_for(deployed, running, cloud)
    return deployed


def _check_concurrency(stage: SynthesisedStage) -> None:
    """Say what `make deploy` says first in a new account. Raises `ToolError`."""
    wanted = sum(
        reserved
        for stack in find_stage(stage.assembly, stage.name).stacks
        for reserved in reservations(stack).values()
    )
    has = NEW_ACCOUNT_CONCURRENCY
    place = "the local cloud"
    reason = shortage(stage.name, wanted, kept=0, account=has, unreserved=has, place=place)
    if wanted and reason:
        raise ToolError(reason)


def _stage(options: UpOptions, log: Path) -> SynthesisedStage:
    if options.assembly is None:
        with step(f"synthesise {options.stage}"):
            return cdk_cli.synth(options.app, options.stage, options.folder, log)
    with step(f"take {options.stage} of {shown(options.assembly)}"):
        copy = given_assembly.copied(options.assembly, options.stage, options.folder / "cdk.out")
        return cdk_cli.stage_in(copy, options.stage)


def _reusable(cloud: Cloud, options: UpOptions) -> Running | None:
    """Return the process that runs. One of older sources, or of other quotas, is stopped."""
    running, port = cloud.running(), options.port
    if running is None:
        return None
    if port not in {None, 0, running.port}:
        raise ToolError(
            f"it runs on port {running.port} already, and not on {port}; stop it first:"
            " make local-down"
        )
    of_today = (running.version, running.new_account) == (version(), options.new_account)
    if not of_today or not answers(running):
        cloud.stop()
        return None
    return running


def _local_url(outputs: dict[str, dict[str, str]], running: Running) -> str:
    """Return the address of the function URL on this machine, in a form that needs no DNS."""
    [url] = [stack["FilesUrl"] for stack in outputs.values() if "FilesUrl" in stack]
    url_id = url.removeprefix("https://").partition(".")[0]
    return f"http://localhost:{running.port}/_aws/lambda-url/{url_id}"


def _token(outputs: dict[str, dict[str, str]], running: Running, target: Target) -> str | None:
    """Return the token of a drive whose URL is public; on this machine it is not a secret."""
    named = [stack["FilesTokenSecret"] for stack in outputs.values() if "FilesTokenSecret" in stack]
    if not named:
        return None
    secrets = running.client("secretsmanager", account=target.account, region=target.region)
    token: str = secrets.get_secret_value(SecretId=named[0])["SecretString"]
    return token


def _wait_for(deployed: _Deployed, running: Running, cloud: Cloud) -> None:
    """Wait until the file service is healthy, or until another function gives any answer."""
    from botocore.credentials import Credentials  # noqa: PLC0415 - not for --help
    from botocore.exceptions import HTTPClientError  # noqa: PLC0415

    from drive_tools.client.http_client import SignedClient, TokenClient  # noqa: PLC0415

    url, path, token, target = deployed.url, deployed.path, deployed.token, deployed.stage.target
    keys = Credentials(target.account, SECRET_ACCESS_KEY)
    client = TokenClient(url, token) if token else SignedClient(url, keys, target.region)
    begun, tries = time.monotonic(), 0
    answer = "nothing"
    while time.monotonic() - begun < _ANSWER_SECONDS or tries < _ANSWERS:
        tries += 1
        try:
            response = client("GET", path)
        except HTTPClientError as error:
            answer = str(error)
        else:
            failed = HTTPStatus.BAD_GATEWAY if path != _HEALTH else HTTPStatus.MULTIPLE_CHOICES
            if response.status_code < failed:
                return
            answer = f"{response.status_code} {response.text.strip()}"
            if response.status_code == HTTPStatus.BAD_GATEWAY:
                _check_start(deployed.function, running, target)
        time.sleep(0.2)
    raise ToolError(
        f"{url}{path} does not pass within {time.monotonic() - begun:.0f} s,"
        f" the last of {tries} answers was: {answer};"
        f" see {cloud.log}"
    )


def _check_start(function: str, running: Running, target: Target) -> None:
    """Call the function by the API, which says why Lambda cannot start it, as its URL does not."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - not for --help

    client = running.client("lambda", account=target.account, region=target.region)
    try:
        client.invoke(FunctionName=function, Payload=b"{}")
    except ClientError as error:
        said = error.response["Error"]
        reason = f"{said['Code']}: {said['Message']}"
        raise ToolError(f"Lambda cannot start {function}: {reason}") from None
