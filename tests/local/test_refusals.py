"""What CloudFormation refuses to create or to change, in its words."""

import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.infra.templates import Json
from tests.local.conftest import LocalCloud
from tests.local.small_stacks import (
    ALREADY_THERE,
    IMPORT,
    INLINE,
    VPC,
    Stacks,
    function,
    group,
    made,
    parameter,
    ref,
    role,
    subnet,
)

BUDGET = made(
    "AWS::Budgets::Budget",
    Budget={
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": 1, "Unit": "USD"},
    },
)


def test_a_type_that_the_region_does_not_know_is_refused_with_its_template(
    stacks: Stacks, cloud: LocalCloud, name: str
) -> None:
    template = json.dumps({"Resources": {"Topic": made("AWS::SNS::Topic"), "Budget": BUDGET}})
    assert stacks.client("cloudformation").validate_template(TemplateBody=template)
    there = cloud.client("cloudformation", region="eu-north-1")
    unknown = r"Template format error: Unrecognized resource types: \[AWS::Budgets::Budget\]"
    with pytest.raises(ClientError, match=unknown):
        there.create_stack(StackName=name, TemplateBody=template)
    with pytest.raises(ClientError, match=unknown):
        there.create_change_set(
            StackName=name, ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=template
        )


def test_an_export_in_use_stays_as_it_is(stacks: Stacks, name: str) -> None:
    user, export = f"{name}-user", f"{name}-export"
    resources = {"Resource": parameter()}
    assert stacks.deploy(name, resources, {export: "1", "unused": "1"}) == "CREATE_COMPLETE"
    stacks.deploy(user, {"Resource": parameter({IMPORT: export})})
    in_use = f"export {export} as it is in use by {user}."
    changed = stacks.deploy(name, resources, {export: "2", "unused": "1"})
    assert changed.startswith("UPDATE_ROLLBACK_COMPLETE")
    assert f"Update canceled. Cannot update {in_use}" in changed
    removed = stacks.deploy(name, resources, {"unused": "1"})
    assert f"Update canceled. Cannot delete {in_use}" in removed
    with pytest.raises(ClientError, match=f"Export {export} cannot be deleted as it is in use by"):
        stacks.delete(name)
    assert stacks.deploy(name, resources, {export: "1"}) == "UPDATE_COMPLETE"
    client = stacks.client("cloudformation")
    assert [it["Name"] for it in client.list_exports()["Exports"]] == [export]
    assert stacks.delete(user) == "DELETE_COMPLETE"
    assert stacks.delete(name) == "DELETE_COMPLETE"


def test_the_name_of_an_export_is_of_one_stack(stacks: Stacks, name: str) -> None:
    other = f"{name}-other"
    stacks.deploy(name, {"Resource": parameter()}, {name: "1"})
    said = stacks.deploy(other, {"Resource": parameter()}, {name: "1"})
    assert said.startswith("ROLLBACK_COMPLETE")
    assert f"Export with name {name} is already exported by stack {name}" in said


def test_an_export_that_is_not_there_is_named(stacks: Stacks, name: str) -> None:
    said = stacks.deploy(name, {"Resource": parameter({IMPORT: "nobody"})})
    assert "CREATE_FAILED Resource: No export named nobody found." in said


def test_nothing_is_selected_beyond_a_list(stacks: Stacks, name: str) -> None:
    zones = {"Fn::Select": [3, {"Fn::GetAZs": ""}]}
    said = stacks.deploy(name, {"Vpc": VPC, "Resource": subnet(AvailabilityZone=zones)})
    assert "Template error: Fn::Select cannot select nonexistent value at index 3" in said


def _key(*statements: Json) -> Json:
    root = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
    own = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [own, *statements]}
    return made("AWS::KMS::Key", KeyPolicy=policy)


def _log_group(**properties: Json) -> Json:
    return made("AWS::Logs::LogGroup", **properties)


def test_a_log_group_has_a_key_that_names_it(stacks: Stacks, name: str) -> None:
    named = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:*:*:*:{name}-*"}}
    logs = {
        "Effect": "Allow",
        "Principal": {"Service": {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": named,
    }
    keys = {"Ours": _key(logs), "Other": _key()}
    with_ours = {"KmsKeyId": {"Fn::GetAtt": ["Ours", "Arn"]}}
    with_other = {"KmsKeyId": {"Fn::GetAtt": ["Other", "Arn"]}}
    made_with = {**keys, "Resource": _log_group(**with_ours)}
    assert stacks.deploy(name, made_with) == "CREATE_COMPLETE"
    group = stacks.resource(name)
    assert group.startswith(f"{name}-Resource-")
    refused = (
        "The specified KMS key does not exist or is not allowed to be used with Arn"
        " 'arn:aws:logs:us-east-1:000000000000:log-group:{}' (Service: CloudWatchLogs; Status"
        " Code: 400; Error Code: AccessDeniedException)"
    )
    said = stacks.deploy(name, {**keys, "Resource": _log_group(**with_other)})
    assert f"UPDATE_FAILED Resource: {refused.format(group)}" in said
    [found] = stacks.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert found["kmsKeyId"].endswith(stacks.resource(name, "Ours"))
    renamed = {**keys, "Resource": _log_group(LogGroupName=f"other-{name}", **with_ours)}
    assert refused.format(f"other-{name}") in stacks.deploy(name, renamed)
    plain = {**keys, "Resource": _log_group(RetentionInDays=1, **with_ours)}
    assert stacks.deploy(name, plain) == "UPDATE_COMPLETE"
    assert stacks.resource(name) == group


def _profile(name: str) -> Json:
    return made("AWS::IAM::InstanceProfile", InstanceProfileName=name, Roles=[])


def _policy(name: str) -> Json:
    return made("AWS::IAM::ManagedPolicy", ManagedPolicyName=name, PolicyDocument=INLINE)


def _resource_group(name: str) -> Json:
    query = {"Type": "TAG_FILTERS_1_0", "Query": {}}
    return made("AWS::ResourceGroups::Group", Name=name, ResourceQuery=query)


NAMED: list[tuple[str, Callable[[str], Json]]] = [
    ("AWS::IAM::Role", lambda name: role(RoleName=name)),
    ("AWS::IAM::InstanceProfile", _profile),
    ("AWS::IAM::ManagedPolicy", _policy),
    ("AWS::Lambda::Function", lambda name: function(FunctionName=name)),
    ("AWS::Logs::LogGroup", lambda name: made("AWS::Logs::LogGroup", LogGroupName=name)),
    ("AWS::ResourceGroups::Group", _resource_group),
    ("AWS::SSM::Parameter", lambda name: parameter(Name=name)),
    ("AWS::SecretsManager::Secret", lambda name: made("AWS::SecretsManager::Secret", Name=name)),
]


@pytest.mark.parametrize(("kind", "named"), NAMED, ids=[kind for kind, _ in NAMED])
def test_a_name_that_is_there_is_refused(
    stacks: Stacks, name: str, kind: str, named: Callable[[str], Json]
) -> None:
    assert stacks.deploy(name, {"Resource": named(name)}) == "CREATE_COMPLETE"
    said = stacks.deploy(f"{name}-other", {"Resource": named(name)})
    assert said.startswith("ROLLBACK_COMPLETE")
    assert f"CREATE_FAILED Resource: {ALREADY_THERE.format(kind, name)}" in said


def test_a_bucket_that_is_there_fails_the_validation(stacks: Stacks, name: str) -> None:
    bucket = {"Resource": made("AWS::S3::Bucket", BucketName=name)}
    stacks.deploy(name, bucket)
    assert "Validation failed with 1 error(s)" in stacks.deploy(f"{name}-other", bucket)
    client = stacks.client("cloudformation")
    events = client.describe_events(StackName=f"{name}-other")["OperationEvents"]
    said = [event.get("ValidationStatusReason") for event in events]
    assert ALREADY_THERE.format("AWS::S3::Bucket", name) in said


def test_what_has_a_fixed_name_is_not_replaced(stacks: Stacks, name: str) -> None:
    stacks.deploy(name, {"Resource": role(RoleName=name)})
    said = stacks.deploy(name, {"Resource": role(RoleName=name, Path="/other/")})
    assert said.startswith("UPDATE_ROLLBACK_COMPLETE")
    assert (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing."
        f" Rename {name} and update the stack again."
    ) in said


@pytest.mark.parametrize(
    ("named", "needed"), [({}, "CAPABILITY_IAM"), ({"RoleName": "r"}, "CAPABILITY_NAMED_IAM")]
)
def test_a_template_needs_its_capabilities(
    stacks: Stacks, name: str, named: Json, needed: str
) -> None:
    """Of a stack and of a change set, at the first deployment and at the next."""
    refused = rf"Requires capabilities : \[{needed}\]"
    with_role = {"Resource": role(**named)}
    client = stacks.client("cloudformation")
    template = json.dumps({"Resources": with_role})
    changes = {"StackName": name, "ChangeSetName": "any", "TemplateBody": template}
    with pytest.raises(ClientError, match=refused):
        stacks.deploy(name, with_role, Capabilities=[])
    with pytest.raises(ClientError, match=refused):
        client.create_change_set(**changes, ChangeSetType="CREATE")
    stacks.deploy(name, {"Resource": parameter()})
    with pytest.raises(ClientError, match=refused):
        stacks.deploy(name, with_role, Capabilities=[])
    with pytest.raises(ClientError, match=refused):
        client.create_change_set(**changes)


def test_equal_text_is_no_update(stacks: Stacks, name: str) -> None:
    """Also when the parameter that a dynamic reference follows has another value by now."""
    written = f"/{name}/written"
    stacks.client("ssm").put_parameter(Name=written, Value="first", Type="String")
    resources = {"Resource": parameter(f"{{{{resolve:ssm:{written}}}}}")}
    stacks.deploy(name, resources)
    client = stacks.client("cloudformation")
    stacks.client("ssm").put_parameter(Name=written, Value="second", Type="String", Overwrite=True)
    template = json.dumps({"Resources": resources, "Outputs": {}})
    client.create_change_set(StackName=name, ChangeSetName="same", TemplateBody=template)
    found = client.describe_change_set(StackName=name, ChangeSetName="same")
    assert found["Status"] == "FAILED"
    assert found["StatusReason"].startswith("The submitted information didn't contain changes.")
    plain = {"Resource": parameter()}
    stacks.deploy(f"{name}-plain", plain)
    with pytest.raises(ClientError, match=r"No updates are to be performed\."):
        stacks.deploy(f"{name}-plain", plain)


@pytest.mark.parametrize(
    ("properties", "refused"),
    [
        (
            {"AvailabilityZone": "us-east-1x"},
            "Value (us-east-1x) for parameter availabilityZone is invalid. Subnets can currently"
            " only be created in the following availability zones: us-east-1a, us-east-1b,"
            " us-east-1c. (Service: Ec2; Status Code: 400; Error Code: InvalidParameterValue)",
        ),
        ({"CidrBlock": "10.1.0.0/24"}, "The CIDR '10.1.0.0/24' is invalid."),
        ({"CidrBlock": "10.0.9.0/25"}, "The CIDR '10.0.9.0/25' conflicts with another subnet"),
        ({"VpcId": "vpc-0"}, "The vpc ID 'vpc-0' does not exist"),
    ],
    ids=["zone", "range", "conflict", "VPC"],
)
def test_a_subnet_needs_a_place(stacks: Stacks, name: str, properties: Json, refused: str) -> None:
    there = subnet(CidrBlock="10.0.9.0/24")
    wanted = {**subnet(**properties), "DependsOn": "There"}
    said = stacks.deploy(name, {"Vpc": VPC, "There": there, "Resource": wanted})
    assert f"CREATE_FAILED Resource: {refused}" in said
    if "VpcId" not in properties:
        stacks.deploy(f"{name}-vpc", {"Vpc": VPC, "There": there})
        vpc = stacks.resource(f"{name}-vpc", "Vpc")
        own = subnet(**(properties | {"VpcId": vpc}))["Properties"]
        with pytest.raises(ClientError) as caught:
            stacks.client("ec2").create_subnet(**own)
        assert caught.value.response["Error"]["Message"] in refused


@pytest.mark.parametrize("side", ["Ingress", "Egress"])
def test_a_rule_of_a_group_is_there_once(stacks: Stacks, name: str, side: str) -> None:
    peer = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "CidrIp": "10.0.0.0/16"}
    rule = made(f"AWS::EC2::SecurityGroup{side}", GroupId=ref("Group"), **peer)
    again = {**rule, "DependsOn": "Rule"}
    resources = {"Vpc": VPC, "Group": group(), "Rule": rule}
    said = stacks.deploy(name, {**resources, "Resource": again})
    duplicate = (
        'the specified rule "peer: 10.0.0.0/16, TCP, from port: 2049, to port: 2049, ALLOW"'
        " already exists"
    )
    assert f"CREATE_FAILED Resource: {duplicate}" in said
    assert "Error Code: InvalidPermission.Duplicate" in said
    assert stacks.deploy(f"{name}-once", resources) == "CREATE_COMPLETE"
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 2049,
        "ToPort": 2049,
        "IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "other words"}],
    }
    authorize = getattr(stacks.client("ec2"), f"authorize_security_group_{side.lower()}")
    with pytest.raises(ClientError, match=r"InvalidPermission\.Duplicate"):
        authorize(GroupId=stacks.resource(f"{name}-once", "Group"), IpPermissions=[permission])


def test_a_mount_target_is_one_for_each_zone(stacks: Stacks, name: str) -> None:
    target = made("AWS::EFS::MountTarget", FileSystemId=ref("Files"), SubnetId=ref("Subnet"))
    target["Properties"]["SecurityGroups"] = [ref("Group")]
    resources = {
        "Vpc": VPC,
        "Subnet": subnet(),
        "Group": group(),
        "Files": made("AWS::EFS::FileSystem"),
        "Target": target,
    }
    said = stacks.deploy(name, {**resources, "Resource": {**target, "DependsOn": "Target"}})
    assert "MountTargetConflict" in said


def test_an_access_point_needs_its_file_system(stacks: Stacks, name: str) -> None:
    said = stacks.deploy(name, {"Resource": made("AWS::EFS::AccessPoint", FileSystemId="fs-0")})
    assert "FileSystemNotFound" in said


def test_a_function_has_one_url(stacks: Stacks, name: str) -> None:
    url = made("AWS::Lambda::Url", TargetFunctionArn=ref("Function"), AuthType="AWS_IAM")
    resources = {"Function": function(), "Url": url, "Resource": {**url, "DependsOn": "Url"}}
    assert "ResourceConflictException" in stacks.deploy(name, resources)
