"""Take any one link away, and the local cloud refuses as AWS does: by AWS's name of the error.

Each link is taken away alone from what is deployed, and put back.
"""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from drive_tools.client.http_client import SignedClient
from ops.__main__ import main
from tests.local.conftest import TARGET, LocalCloud
from tests.local.links import keys, valid_changes
from tests.local.links.deployed import Broken, Deployed, FunctionError, Json
from tests.local.links.network import NFS, rule
from tests.local.links.permissions import allow, caller, role_says, without
from tests.local.links.table import CONFIGURE, HERE, OUT, READ, START, TABLE, WAYS, Links

# Beside the first link of each step and error, those that are taken away in another way.
KINDS = {
    *("rule in", "targets' group", "ACL in", "ACL of answers", "mount target"),
    *("ClientMount denied", "access point", "boundary for EFS", "denied by the disk"),
    *("right to interfaces", "trust", "Decrypt", "encryption context", "boundary for KMS"),
    *("GetParameter denied", "boundary for SSM", "endpoint's action", "endpoint denied"),
}
# A statement that allows, one that denies, and each other way.
VALID = {
    *("in the region", "not in other regions", "by an endpoint for the account", "policies of AWS"),
}


def weekly_unless(daily: bool) -> list[pytest.MarkDecorator]:
    """The rules themselves are held by tests/unit, each with more cases than are here."""
    return [] if daily else [pytest.mark.weekly]


CASES = [
    pytest.param(
        group,
        *link,
        id=name.replace(" ", "-"),
        marks=weekly_unless(name in {next(iter(group.links)), *KINDS}),
    )
    for group in TABLE
    for name, link in group.links.items()
]


@pytest.fixture(scope="module")
def deployed(ready: LocalCloud) -> Deployed:
    ready.deploy()
    found = Deployed(ready)
    found("lambda").update_function_configuration(
        FunctionName=found.name, Handler="tiny.handler", Layers=[]
    )
    found.start()
    found.read_limits()
    return found


def refusal(step: Callable[[Deployed], None], deployed: Deployed) -> str:
    """Return what a step is refused with; nothing if it is not. So each link is put back."""
    try:
        step(deployed)
    except (ClientError, FunctionError) as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("group", "broken", "says"), CASES)
def test_without_a_link_a_function_is_refused_as_by_aws(
    group: Links, broken: Broken, says: str, deployed: Deployed
) -> None:
    with broken(deployed):
        refused = refusal(group.step, deployed)
    assert group.error in refused
    assert says in refused


def test_without_its_key_a_log_group_takes_no_lines_of_a_function(deployed: Deployed) -> None:
    def streams() -> int:
        pages = deployed("logs").get_paginator("describe_log_streams").paginate(**group)
        return sum(len(page["logStreams"]) for page in pages)

    group = {"logGroupName": deployed.log_group}
    deployed.call()
    before = streams()
    with keys.key_without_logs(deployed):
        deployed.call()
        assert streams() == before
        deployed("logs").disassociate_kms_key(**group)
        deployed.call()
        deployed.read_log()
    assert streams() == before + 1
    deployed.give_key_to_log_group()
    [found] = deployed("logs").describe_log_groups(logGroupNamePrefix=deployed.log_group)[
        "logGroups"
    ]
    assert found["kmsKeyId"] == deployed.config["KMSKeyArn"]


@pytest.mark.parametrize(
    "change",
    [pytest.param(each, marks=weekly_unless(each in VALID)) for each in valid_changes.NAMES],
)
def test_what_aws_allows_is_not_refused(change: str, deployed: Deployed) -> None:
    with valid_changes.valid(deployed, change):
        refused = [refusal(step, deployed) for step in (CONFIGURE, START, READ)]
    assert refused == ["", "", ""]


WRITES = (
    "open(disk + '/new', 'w')",
    "open(disk + '/old', 'a')",
    "os.open(disk + '/old', os.O_RDWR)",
    "os.close(os.open('new', os.O_WRONLY | os.O_CREAT, dir_fd=os.open(disk, os.O_RDONLY)))",
    "os.mkdir(disk + '/folder')",
    "os.rename(disk + '/old', disk + '/other')",
    "os.remove(disk + '/old')",
    "os.truncate(disk + '/old', 0)",
    "os.chmod(disk + '/old', 0o600)",
    "os.symlink('/etc/passwd', disk + '/link')",
)


def doing(act: str) -> Callable[[Deployed], None]:
    return lambda deployed: deployed.act(act)


def test_without_client_write_the_disk_is_read_only(deployed: Deployed) -> None:
    deployed.act("open(disk + '/old', 'w').write('kept')")
    with role_says(deployed, without("elasticfilesystem:ClientWrite")):
        deployed.start()
        refused = {act: refusal(doing(act), deployed) for act in WRITES}
        reads = refusal(doing("assert open(disk + '/old').read() == 'kept'"), deployed)
        own = refusal(doing("open('/tmp/lambda-drive-own', 'w')"), deployed)
    assert [act for act, said in refused.items() if "Errno 30" not in said] == []
    assert (reads, own) == ("", "")
    deployed.start()
    deployed.act("os.remove(disk + '/old')")


def reach(deployed: Deployed) -> int:
    return main(["reach", "--local", str(deployed.cloud.folder)])


def test_what_is_named_as_a_kind_is_a_case() -> None:
    assert {name for group in TABLE for name in group.links} >= KINDS
    assert {*valid_changes.NAMES} > VALID


def test_with_every_link_each_way_out_is_open(deployed: Deployed) -> None:
    assert reach(deployed) == 0


@pytest.mark.parametrize("way", WAYS)
def test_without_a_link_the_way_out_is_closed(
    way: str, deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, says = WAYS[way]
    with broken(deployed):
        code = reach(deployed)
    out = capsys.readouterr().out
    assert code == 1, out
    closed = [line for line in out.splitlines() if line.startswith("files to ssm")]
    assert any(says in line for line in closed), out


URL = "lambda:InvokeFunctionUrl"
INVOKE = "lambda:InvokeFunction"


DENIALS: dict[str, list[Json]] = {
    "nothing": [],
    "the URL alone": [allow(URL)],
    "the function alone": [allow(INVOKE)],
    "another function": [allow(URL, INVOKE, resource=f"arn:aws:lambda:{HERE}:function:other")],
    "public URLs": [
        allow(URL, StringEquals={"lambda:FunctionUrlAuthType": "NONE"}),
        allow(INVOKE),
    ],
    "not by URL": [
        allow(URL),
        allow(INVOKE, Bool={"lambda:InvokedViaFunctionUrl": "false"}),
    ],
    "denied": [
        allow(URL, INVOKE),
        {"Effect": "Deny", "Action": "lambda:*", "Resource": "*"},
    ],
}


@pytest.mark.parametrize("lacking", DENIALS)
def test_without_a_right_a_caller_of_the_url_is_refused(lacking: str, deployed: Deployed) -> None:
    with caller(deployed, *DENIALS[lacking]) as keys:
        answer = SignedClient(deployed.cloud.url, keys, TARGET.region)("GET", "/health")
    assert answer.status_code == 403
    assert "Forbidden" in answer.text


def test_with_both_rights_a_caller_of_the_url_is_let_in(deployed: Deployed) -> None:
    rights = [
        allow(URL, StringEquals={"lambda:FunctionUrlAuthType": "AWS_IAM"}),
        allow(INVOKE, Bool={"lambda:InvokedViaFunctionUrl": "true"}),
    ]
    with caller(deployed, *rights) as keys:
        answer = SignedClient(deployed.cloud.url, keys, TARGET.region)("GET", "/health")
    assert answer.status_code == 200
    with caller(deployed, *rights, active=False) as keys:
        answer = SignedClient(deployed.cloud.url, keys, TARGET.region)("GET", "/health")
    assert answer.status_code == 403


def test_with_every_link_back_it_runs(deployed: Deployed) -> None:
    """After the tests above: each has put back what it took away."""
    deployed.configure()
    deployed.start()
    deployed.read_limits()
    assert reach(deployed) == 0


def test_make_local_says_which_link_is_missing(deployed: Deployed) -> None:
    """The last test here: the local cloud is stopped, since nothing answers."""
    function = deployed.cloud.outputs["Dev-Service"]["FilesFunctionName"]
    rule("egress", NFS)(deployed).__enter__()
    deployed("lambda").update_function_configuration(
        FunctionName=function, Description="started anew"
    )
    result = deployed.cloud.run("up")
    assert result.returncode == 1
    assert f"Lambda cannot start {function}: EFSMountConnectivityException" in result.stderr
    assert OUT in result.stderr
    assert deployed.cloud.process.running() is None
