"""Names that policies rely on: whatever a stage is called, what is known by its name is found."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.function.dead_letters import DeadLetters
from stacks.function.function_role import SharedRights
from stacks.settings import Settings
from stacks.shared.choices import UrlAuth
from stacks.shared.key import EncryptionKey
from stacks.shipping import smoke_test_role as roles
from stacks.shipping.smoke_test_policy import SmokeTestPolicy
from tests.infra import templates
from tests.infra.templates import Json, Template, as_list, text

TARGET = Environment(account="123456789012", region="ap-southeast-1")  # none has a longer name
ENDING = "1GRP3N0TVA1LD"  # CloudFormation's own, of 12 or 13 characters

# What CloudFormation makes of a stack's name and a logical id for a function or a role, of which it
# says no more than that it is unique: as seen at https://github.com/convox/rack/issues/2297, and as
# others remember it.
CUTS: dict[str, Callable[[str, str], str]] = {
    "as much of the stack as fits": lambda stack, logical_id: (
        f"{stack[: 64 - 2 - len(logical_id[:24]) - len(ENDING)]}-{logical_id[:24]}-{ENDING}"
    ),
    "24 of each": lambda stack, logical_id: f"{stack[:24]}-{logical_id[:24]}-{ENDING}",
}
LONGEST = 16


def rendered(stage: str, make: Callable[[Stack], Construct]) -> list[Json]:
    """Return all resources of what is made in a stack of the stage."""
    app = App()
    stack = Stack(app, "Stack", stack_name=f"{stage}-Service", env=TARGET)
    make(stack)
    template = app.synth().get_stack_by_name(f"{stage}-Service").template
    return list(template["Resources"].values())


def statements(resources: list[Json], action: str) -> list[Json]:
    """Return the statements of managed policies that name the action."""
    return [
        statement
        for resource in resources
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        if action in as_list(statement["Action"])
    ]


def shared_rights(stack: Stack) -> Construct:
    subnet = ec2.Subnet.from_subnet_id(stack, "Subnet", "subnet-0123456789abcdef0")
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")
    return SharedRights(
        stack,
        "Rights",
        subnets=[subnet],
        subnet_account=stack.account,
        group=group,
        key=encryption_key(stack).key,
        dead_letters=DeadLetters(topic_arn="arn:aws:sns:::topic", key_arn="arn:aws:kms:::key/1"),
    )


def encryption_key(stack: Stack) -> EncryptionKey:
    return EncryptionKey(stack, "Key", description="", retain=False)


def smoke_rights(stack: Stack, stage: str, url_auth: UrlAuth = "iam") -> Construct:
    return SmokeTestPolicy(stack, "Smoke", stage=stage, url_auth=url_auth, domain=False)


def smoke_role(stack: Stack, stage: str, tester: Environment) -> Construct:
    return roles.SmokeTestRole(
        stack,
        "Role",
        stage=stage,
        url_auth="iam",
        domain=False,
        region=tester.region,
        pipeline=tester,
    )


def matches(pattern: Json, name: str) -> bool:
    """Whether the last part of an ARN with wildcards is that of a name, such as `function:x`."""
    return fnmatchcase(name, text(pattern).rpartition(f":{TARGET.account}:")[2])


@pytest.fixture(scope="module")
def service(assembly: Path) -> Template:
    """The service, of which the logical ids are the same in every stage."""
    return templates.load(assembly, "Dev").service


@pytest.fixture(params=range(1, LONGEST + 1))
def stage(request: pytest.FixtureRequest) -> str:
    """A stage of every length that the settings take."""
    return Settings(name="Abcdefghijklmnop"[: request.param], retain=False).name


@pytest.fixture(params=CUTS)
def named(request: pytest.FixtureRequest, stage: str, service: Template) -> dict[str, str]:
    """What the stage's functions are called, by logical id."""
    ids = service.of_type("AWS::Lambda::Function")
    return {logical_id: CUTS[request.param](f"{stage}-Service", logical_id) for logical_id in ids}


def test_settings_take_no_longer_name() -> None:
    with pytest.raises(ValueError, match="name must be a capital letter, then up to 15 letters"):
        Settings(name="A" * (LONGEST + 1), retain=False)


def test_what_is_denied_to_the_code_of_functions_is_denied_to_each(
    stage: str, named: dict[str, str]
) -> None:
    rights = rendered(stage, shared_rights)
    for action in ("ec2:CreateNetworkInterface", "sns:Publish"):
        [denial] = [each for each in statements(rights, action) if each["Effect"] == "Deny"]
        pattern = denial["Condition"]["ArnLike"]["lambda:SourceFunctionArn"]
        for name in named.values():
            assert matches(pattern, f"function:{name}"), name


def test_the_smoke_test_may_call_the_files_function_and_no_other(
    stage: str, named: dict[str, str]
) -> None:
    resources = rendered(stage, partial(smoke_rights, stage=stage))
    for action in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction"):
        [statement] = statements(resources, action)
        assert [
            logical_id.partition("Function")[0]
            for logical_id, name in named.items()
            if matches(statement["Resource"], f"function:{name}")
        ] == ["Files"]


def test_a_key_encrypts_every_log_group_of_its_stack(stage: str, service: Template) -> None:
    """Log groups have names of up to 512 characters, so nothing is cut."""
    [key] = [
        resource["Properties"]["KeyPolicy"]["Statement"]
        for resource in rendered(stage, encryption_key)
        if resource["Type"] == "AWS::KMS::Key"
    ]
    [logs] = [statement for statement in key if "Service" in statement["Principal"]]
    [pattern] = logs["Condition"]["ArnLike"].values()
    for logical_id in service.of_type("AWS::Logs::LogGroup"):
        assert matches(pattern, f"log-group:{stage}-Service-{logical_id}-{ENDING}")


def test_a_longer_name_would_be_cut_out_of_what_is_known_by_it(service: Template) -> None:
    """The tests above would notice."""
    stage = "A" * 24
    function = next(iter(service.of_type("AWS::Lambda::Function")))
    for cut in CUTS.values():
        name = cut(f"{stage}-Service", function)
        assert len(name) <= 64
        assert not name.startswith(f"{stage}-Service-")


def test_the_same_stage_in_two_regions_has_roles_of_two_names(stage: str) -> None:
    names = set()
    for region in ("ap-southeast-1", "eu-central-1"):  # the first is as long as any
        tester = Environment(account=TARGET.account, region=region)
        make = partial(smoke_role, stage=stage, tester=tester)
        [role] = [
            resource["Properties"]
            for resource in rendered(stage, make)
            if resource["Type"] == "AWS::IAM::Role"
        ]
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        trusted = text(trust["Condition"]["ArnEquals"]["aws:PrincipalArn"]).rpartition("/")[2]
        names |= {role["RoleName"], trusted}
        assert roles.tester_name(stage, region) == trusted
    assert len(names) == 4
    assert max(map(len, names)) <= 64


def test_the_tester_of_a_stage_reads_the_token_of_no_other() -> None:
    """Secrets are named by their logical id: those of two stages in an account begin alike."""
    resources = rendered("Dev", partial(smoke_rights, stage="Dev", url_auth="token"))
    for action in ("secretsmanager:GetSecretValue", "kms:Decrypt"):
        [statement] = statements(resources, action)
        assert statement["Condition"]["StringEquals"]["aws:ResourceTag/lambda-drive:stage"] == "Dev"
