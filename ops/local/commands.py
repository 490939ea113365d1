"""`python -m ops local`: the commands."""

import argparse
import os
import signal
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from types import FrameType

from drive_tools.errors import ToolError
from drive_tools.terminal import agreed, step
from ops.deployment import container_images
from ops.local import cdk_cli
from ops.local.cdk_cli import Assembly, Place
from ops.local.cloud import PROJECT, SECRET_ACCESS_KEY, Cloud, Running, answers, take, version

_DEFAULT_PORT = 4566
_LAST_PORT = 65_535
# A URL that does not pass for so long, and as often, never will. A busy machine takes its time.
_ANSWER_SECONDS = 30
_ANSWERS = 5
_HEALTH = "/health"
# The output of which a stage has one when it has the file service, and no function of one's own.
_FILE_SERVICE = "JanitorFunctionName"
_FUNCTION = "FilesFunctionName"

# What the local cloud takes and shows in its APIs, and does nothing with.
ONLY_RECORDED = {
    "no machine runs or is waited for, no packet is routed, filtered, translated or logged": (
        *("AWS::EC2::EIP", "AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::FlowLog"),
        *("AWS::EC2::Instance", "AWS::EC2::InternetGateway"),
        *("AWS::EC2::NatGateway", "AWS::EC2::Route", "AWS::EC2::RouteTable"),
        *("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress"),
        *("AWS::EC2::SecurityGroupIngress", "AWS::EC2::Subnet"),
        *("AWS::EC2::SubnetCidrBlock", "AWS::EC2::SubnetRouteTableAssociation"),
        *("AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::EC2::VPCEndpoint"),
        *("AWS::EC2::VPCGatewayAttachment",),
    ),
    "no NFS, policy, lifecycle or backup: an access point is a folder of this machine": (
        *("AWS::EFS::FileSystem", "AWS::EFS::MountTarget"),
    ),
    "nothing is encrypted": ("AWS::KMS::Key",),
    "whose signature holds may do anything: nobody is refused for want of a permission": (
        *(
            "AWS::IAM::InstanceProfile",
            "AWS::IAM::ManagedPolicy",
            "AWS::IAM::Policy",
            "AWS::IAM::Role",
        ),
        *("AWS::Lambda::Permission",),
    ),
    "a group of resources by their tag finds none of them": ("AWS::ResourceGroups::Group",),
    "events are kept in memory, for no set time": ("AWS::Logs::LogGroup",),
    "no name of a domain is resolved, no caller slowed down or logged; no TLS": (
        *("AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::Stage"),
        *("AWS::Route53::RecordSet",),
    ),
}

# What signs the body: with -T curl signs an empty one. As octets, since text may be spoilt.
_PUT = "-X PUT --data-binary @README.md -H 'Content-Type: application/octet-stream'"

_EXAMPLES = """
examples:
  python -m ops local up               start it if need be, deploy what changed
  python -m ops local up --port 4600   on another port than 4566, now and later
  python -m ops local status           whether it runs, and where
  python -m ops local down             stop it; the files stay

  python -m ops local pipeline         walk the pipeline of HEAD, and ask for its approvals
  python -m ops local pipeline --yes   the same, all approved
  python -m ops local pipeline --keep; python -m ops local pipeline --roll-back Prod
                                       and a stage once more, with what the walk had shipped

exit codes: 0 done, 1 failed (and nothing runs), 2 wrong usage, 130 interrupted
"""


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `local` to the tools."""
    parser = tools.add_parser(
        "local",
        help="a local cloud that takes the same cdk deploy",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(tool="local")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for run in (up, down, status):
        command = commands.add_parser(run.__name__, help=(run.__doc__ or "").splitlines()[0])
        command.set_defaults(run=run)
        command.add_argument(
            "--folder",
            type=lambda text: Path(text).resolve(),
            default=PROJECT / ".local",
            help="where its state and the drive's files are (.local/)",
        )
        if run is up:
            command.add_argument(
                "--port",
                type=_port,
                default=os.environ.get("LOCAL_PORT") or None,
                help="its port on loopback (LOCAL_PORT, or that of the last time, or"
                f" {_DEFAULT_PORT}); 0 takes a free one",
            )
            command.add_argument("--stage", default="Dev", help="the stage to deploy (Dev)")
            command.add_argument("--app", help="the app command, if not that of cdk.json")
    _add_pipeline(commands)


def _add_pipeline(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("pipeline", help=(pipeline.__doc__ or "").splitlines()[0])
    command.set_defaults(run=pipeline)
    command.add_argument("--commit", default="HEAD", help="what to ship (HEAD)")
    command.add_argument("--yes", action="store_true", help="give every approval without asking")
    command.add_argument("--keep", action="store_true", help="leave the local cloud running")
    command.add_argument(
        "--roll-back",
        metavar="STAGE",
        help="do one stage again, with the artifacts of a walk that was left running",
    )
    command.add_argument(
        "--folder",
        type=lambda text: Path(text).resolve(),
        default=PROJECT / ".local" / "walk",
        help="where the walk makes all it needs, anew (.local/walk/)",
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= _LAST_PORT):
        raise argparse.ArgumentTypeError(f"a port is 0..{_LAST_PORT}, got {text!r}")
    return int(text)


def up(options: argparse.Namespace) -> int:
    """Start the local cloud if it does not run, deploy what changed, print the URL.

    Either the URL answers at the end, or nothing runs.
    """
    begun = time.monotonic()
    cloud = Cloud(options.folder)
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, _interrupt)
    with _alone(options.folder):
        running = _reusable(cloud, options.port)
        try:
            url, token, function, assembly, path = _bring_up(cloud, running, options)
        except BaseException:
            cloud.stop()
            raise
    print(f"\n{options.stage} answers after {time.monotonic() - begun:.0f} s:\n\n  {url}\n")
    _print_usage(url, token, assembly.place, files=path == _HEALTH)
    _print_environment(url, function, assembly.place, told=not token and path == _HEALTH)
    place = _short(options.folder / "efs")
    print(f"\nFiles are in {place} and stay there. Stop with: make local-down\n")
    _print_only_recorded(assembly.types)
    return 0


def down(options: argparse.Namespace) -> int:
    """Stop the local cloud; files stay."""
    with _alone(options.folder):
        stopped = Cloud(options.folder).stop()
    files = options.folder / "efs"
    print(f"stopped; files stay in {_short(files)}" if stopped else "it was not running")
    return 0


def status(options: argparse.Namespace) -> int:
    """Say whether the local cloud runs, and where."""
    running = Cloud(options.folder).running()
    if running is None:
        print("it does not run")
        return 1
    print(f"it runs at {running.endpoint} (process {running.pid}, account {running.account})")
    return 0


def pipeline(options: argparse.Namespace) -> int:
    """Walk the pipeline of a commit, from its source to the smoke test of Prod."""
    from ops.pipeline_walk.walk import Walk  # noqa: PLC0415 - with boto3, which is slow, and not for --help

    def confirm(question: str) -> bool:
        if options.yes:
            print(f"{question} yes (--yes)")
            return True
        return agreed(question, "nobody answers; --yes approves everything")

    begun = time.monotonic()
    keep = options.keep or options.roll_back
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, _interrupt)
    with _alone(options.folder):
        walk = Walk(options.folder, confirm)
        try:
            if options.roll_back:
                running = walk.roll_back(options.roll_back)
                done = f"{options.roll_back} was rolled back"
            else:
                running = walk.run(options.commit)
                done = f"{options.commit} went all the way"
        finally:
            if not keep:
                walk.cloud.stop()
    print(f"\n{done} in {time.monotonic() - begun:.0f} s")
    if keep:
        print(
            f"The local cloud runs at {running.endpoint}; stop it with:"
            f" .venv/bin/python -m ops local down --folder {_short(options.folder)}"
        )
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does, with everything taken down."""
    raise KeyboardInterrupt


def _bring_up(
    cloud: Cloud, running: Running | None, options: argparse.Namespace
) -> tuple[str, str | None, str, Assembly, str]:
    log = options.folder / "deploy.log"
    log.write_text("")
    with step(f"synthesise {options.stage}"):
        assembly = cdk_cli.synth(options.app, options.stage, options.folder, log)
    if container_images.found(assembly.folder, options.stage):
        raise ToolError(
            f'the local cloud runs zips only: set packaging = "zip" for {options.stage}'
        )
    if running is not None and running.account != assembly.place.account:
        cloud.stop()
        running = None
    if running is None:
        port = cloud.last_port or _DEFAULT_PORT if options.port is None else options.port
        with step("start the local cloud"):
            running = cloud.start(port=port, account=assembly.place.account)
        with step("bootstrap it for CDK"):
            cdk_cli.bootstrap(assembly, running, options.folder, log)
    with step(f"deploy {options.stage}"):
        outputs = cdk_cli.deploy(assembly, running, options.folder, log)
    url = _local_url(outputs, running)
    token = _token(outputs, running, assembly.place)
    path = _HEALTH if any(_FILE_SERVICE in stack for stack in outputs.values()) else "/"
    with step("wait for the URL"):
        _wait_for(url, path, token, assembly.place, cloud)
    [function] = [stack[_FUNCTION] for stack in outputs.values() if _FUNCTION in stack]
    return url, token, function, assembly, path


def _reusable(cloud: Cloud, port: int | None) -> Running | None:
    """The process that runs, if it is today's; one of yesterday's sources is ended."""
    running = cloud.running()
    if running is None:
        return None
    if port not in {None, 0, running.port}:
        raise ToolError(
            f"it runs on port {running.port} already, and not on {port}; stop it first:"
            " make local-down"
        )
    if running.version != version() or not answers(running):
        cloud.stop()
        return None
    return running


def _local_url(outputs: dict[str, dict[str, str]], running: Running) -> str:
    """The address of the function URL on this machine, in the form that needs no DNS."""
    [url] = [stack["FilesUrl"] for stack in outputs.values() if "FilesUrl" in stack]
    url_id = url.removeprefix("https://").partition(".")[0]
    return f"http://localhost:{running.port}/_aws/lambda-url/{url_id}"


def _token(outputs: dict[str, dict[str, str]], running: Running, place: Place) -> str | None:
    """The token of a drive whose URL is public; on this machine it is no secret."""
    named = [stack["FilesTokenSecret"] for stack in outputs.values() if "FilesTokenSecret" in stack]
    if not named:
        return None
    import boto3  # noqa: PLC0415 - slow, and not for a drive that takes signed calls

    secrets = boto3.client(
        "secretsmanager",
        endpoint_url=running.endpoint,
        region_name=place.region,
        aws_access_key_id=place.account,
        aws_secret_access_key=SECRET_ACCESS_KEY,
    )
    token: str = secrets.get_secret_value(SecretId=named[0])["SecretString"]
    return token


def _wait_for(url: str, path: str, token: str | None, place: Place, cloud: Cloud) -> None:
    """Wait until the file service is healthy, or another function answers with anything at all."""
    from botocore.credentials import Credentials  # noqa: PLC0415 - not for --help
    from botocore.exceptions import HTTPClientError  # noqa: PLC0415

    from drive_tools.client.http_client import SignedClient, TokenClient  # noqa: PLC0415

    keys = Credentials(place.account, SECRET_ACCESS_KEY)
    client = TokenClient(url, token) if token else SignedClient(url, keys, place.region)
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
        time.sleep(0.2)
    raise ToolError(
        f"{url}{path} does not pass within {time.monotonic() - begun:.0f} s,"
        f" the last of {tries} answers was: {answer};"
        f" see {cloud.log}"
    )


def _print_usage(url: str, token: str | None, place: Place, *, files: bool) -> None:
    keys = f"{place.account}:{SECRET_ACCESS_KEY}"
    sign = f"--aws-sigv4 aws:amz:{place.region}:lambda --user {keys}"
    if token:
        sign = f"-H 'Authorization: Bearer {token}'"
        print("Paste these; the URL is public, and takes calls with its token only:\n")
    else:
        print("Paste these; the URL takes signed calls only:\n")
    if files:
        print(f"  curl {sign} {_PUT} {url}/files/README.md")
        print(f"  curl {sign} {url}/files/README.md")
        print(f"  curl {sign} {url}/files/")
        print("\nLarge files, a bar, resumed when interrupted (docs/client.md):\n")
        if token:
            print(f"  export DRIVE_TOKEN={token} DRIVE_URL={url}")
        else:
            print(f"  export {_credentials(place)}")
            print(f"  export AWS_REGION={place.region} DRIVE_URL={url}")
        print("  .venv/bin/python -m ops drive ls")
    else:
        print(f"  curl {sign} {url}/")


def _print_environment(url: str, function: str, place: Place, *, told: bool) -> None:
    """How `ops env` reaches the function here; the credentials only if they were not `told` yet."""
    print("\nIts environment variables, by `get`, `set` and so on (docs/env.md):\n")
    if not told:
        print(f"  export {_credentials(place)} AWS_REGION={place.region}")
    endpoint = url.partition("/_aws/")[0]
    print(f"  .venv/bin/python -m ops env get {function} --endpoint-url {endpoint}")


def _credentials(place: Place) -> str:
    return f"AWS_ACCESS_KEY_ID={place.account} AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY}"


def _print_only_recorded(types: frozenset[str]) -> None:
    print("Only recorded here, and real in AWS alone:\n")
    for missing, recorded in ONLY_RECORDED.items():
        named = ", ".join(type_ for type_ in recorded if type_ in types)
        if named:
            print(f"  {missing}:")
            print(textwrap.fill(named, 100, initial_indent="    ", subsequent_indent="    "))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second `up` or `down` of the same folder out."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "commands.lock").open("w") as lock:
        if not take(lock.fileno()):
            raise ToolError(f"another 'make local' is at work in {_short(folder)}; wait")
        yield


def _short(path: Path) -> str:
    return f"{path.relative_to(Path.cwd())}/" if path.is_relative_to(Path.cwd()) else f"{path}/"
