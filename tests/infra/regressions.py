"""Single changes of a stage's templates, each of which breaks a promise."""

import pickle
from collections.abc import Callable

from tests.infra import networks
from tests.infra.templates import Json, StageTemplates, Template, as_list

Break = Callable[[StageTemplates], None]

FS = "AWS::EFS::FileSystem"
AP = "AWS::EFS::AccessPoint"
TARGET = "AWS::EFS::MountTarget"
INGRESS = "AWS::EC2::SecurityGroupIngress"
EGRESS = "AWS::EC2::SecurityGroupEgress"
GROUP = "AWS::EC2::SecurityGroup"
FUNCTION = "AWS::Lambda::Function"
POLICY = "AWS::IAM::ManagedPolicy"
ROLE = "AWS::IAM::Role"
KEY = "AWS::KMS::Key"
VAULT = "AWS::Backup::BackupVault"
PLAN = "AWS::Backup::BackupPlan"
SELECTION = "AWS::Backup::BackupSelection"
LOGS = "AWS::Logs::LogGroup"
URL = "AWS::Lambda::Url"
LAYER = "AWS::Lambda::LayerVersion"
PERMISSION = "AWS::Lambda::Permission"
RULE = "AWS::Events::Rule"
PARAMETER = "AWS::SSM::Parameter"
STAGE_GROUP = "AWS::ResourceGroups::Group"
SUBNET = "AWS::EC2::Subnet"
ALARM = "AWS::CloudWatch::Alarm"
BUDGET = "AWS::Budgets::Budget"
TOPIC = "AWS::SNS::Topic"
TOPIC_POLICY = "AWS::SNS::TopicPolicy"


def first_id(template: Template, resource_type: str, of: str = "") -> str:
    """Return the logical id of the first resource of the type, among those of a construct."""
    return next(found for found in template.of_type(resource_type) if found.startswith(of))


def first(template: Template, resource_type: str, of: str = "") -> Json:
    """Return its properties."""
    return template.of_type(resource_type)[first_id(template, resource_type, of)]


def resource(template: Template, resource_type: str) -> Json:
    """Return the whole first resource of the type."""
    return template.body["Resources"][first_id(template, resource_type)]


def put(stack: str, resource_type: str, path: str, value: Json, of: str = "") -> Break:
    """Set a property of the first resource of the type; `path` is dotted, with list indices."""

    def apply(drive: StageTemplates) -> None:
        node = first(getattr(drive, stack), resource_type, of)
        *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        for step in steps:
            node = node[step]
        assert last not in node or node[last] != value, "this changes nothing"
        node[last] = value

    return apply


def drop(stack: str, resource_type: str, path: str, of: str = "") -> Break:
    """Remove a property of the first resource of the type."""

    def apply(drive: StageTemplates) -> None:
        node = first(getattr(drive, stack), resource_type, of)
        *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        for step in steps:
            node = node[step]
        del node[last]

    return apply


def remove(stack: str, resource_type: str, of: str = "") -> Break:
    """Remove the first resource of the type."""

    def apply(drive: StageTemplates) -> None:
        template: Template = getattr(drive, stack)
        del template.body["Resources"][first_id(template, resource_type, of)]

    return apply


def retain(stack: str, resource_type: str, attribute: str) -> Break:
    """Turn what happens to the first resource of the type at its end around."""

    def apply(drive: StageTemplates) -> None:
        node = resource(getattr(drive, stack), resource_type)
        node[attribute] = "Retain" if node[attribute] == "Delete" else "Delete"

    return apply


def left_behind(stack: str, resource_type: str) -> Break:
    """Keep the first resource of the type even when its own creation failed."""

    def apply(drive: StageTemplates) -> None:
        resource(getattr(drive, stack), resource_type)["DeletionPolicy"] = "Retain"

    return apply


def add(stack: str, resource_type: str, properties: Json) -> Break:
    """Add a resource."""

    def apply(drive: StageTemplates) -> None:
        getattr(drive, stack).body["Resources"]["Added"] = {
            "Type": resource_type,
            "Properties": properties,
        }

    return apply


def rename(stack: str, resource_type: str) -> Break:
    """Give the first resource of the type another logical id, everywhere."""

    def apply(drive: StageTemplates) -> None:
        template: Template = getattr(drive, stack)
        old = first_id(template, resource_type)

        def renamed(node: Json) -> Json:
            if isinstance(node, dict):
                return {key.replace(old, "Renamed"): renamed(v) for key, v in node.items()}
            if isinstance(node, list):
                return [renamed(item) for item in node]
            return node.replace(old, "Renamed") if isinstance(node, str) else node

        body = renamed(template.body)
        template.body.clear()
        template.body.update(body)

    return apply


def grant(action: str, resource: Json = "*", of: str = "") -> Break:
    """Let a role do one thing more."""

    def apply(drive: StageTemplates) -> None:
        first(drive.service, POLICY, of)["PolicyDocument"]["Statement"].append(
            {"Effect": "Allow", "Action": action, "Resource": resource}
        )

    return apply


def revoke(action: str, of: str) -> Break:
    """Take one right from a role."""

    def apply(drive: StageTemplates) -> None:
        for statement in first(drive.service, POLICY, of)["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            if statement["Effect"] == "Allow" and action in actions:
                statement["Action"] = (
                    [a for a in actions if a != action] if isinstance(actions, list) else []
                )

    return apply


def on_mount(change: Callable[[Json], None], of: str) -> Break:
    """Change the statement that lets a role mount."""

    def apply(drive: StageTemplates) -> None:
        for statement in first(drive.service, POLICY, of)["PolicyDocument"]["Statement"]:
            if "elasticfilesystem:ClientMount" in as_list(statement["Action"]):
                change(statement)

    return apply


def no_waiting(drive: StageTemplates) -> None:
    """Let the service start before the data."""
    service = drive.stacks[f"{drive.name}-Service"]
    service["dependencies"].remove(drive.stacks[f"{drive.name}-Data"]["id"])


def unready_flow_log(drive: StageTemplates) -> None:
    """Make the flow log before its role may write."""
    del resource(drive.data, "AWS::EC2::FlowLog")["DependsOn"]


def no_protection(drive: StageTemplates) -> None:
    """Turn termination protection around."""
    properties = drive.stacks[f"{drive.name}-Data"]["properties"]
    properties["terminationProtection"] = not properties["terminationProtection"]


def no_stack_tag(drive: StageTemplates) -> None:
    """Leave one of the stacks without the stage's tag."""
    drive.stacks[f"{drive.name}-Service"]["properties"]["tags"] = {}


def same_subnet_twice(drive: StageTemplates) -> None:
    """Put both mount targets into one zone."""
    one, two = drive.data.of_type(TARGET).values()
    two["SubnetId"] = one["SubnetId"]


def target_in_private_subnet(drive: StageTemplates) -> None:
    """Put a mount target where functions are."""
    [name, *_] = networks.subnets(drive, "Private")
    first(drive.data, TARGET)["SubnetId"] = {"Ref": name}


def target_in_wrong_group(drive: StageTemplates) -> None:
    """Open a mount target to what the client group admits."""
    _, client = networks.groups(drive)
    first(drive.data, TARGET)["SecurityGroups"] = [{"Fn::GetAtt": [client, "GroupId"]}]


def in_public_subnet(of: str) -> Break:
    """Take a function's way to the world: Lambda gives no public address."""

    def apply(drive: StageTemplates) -> None:
        [name, *_] = networks.subnets(drive, "Public")
        drive.data.body["Outputs"]["Added"] = {"Value": {"Ref": name}, "Export": {"Name": "Added"}}
        subnets = first(drive.service, FUNCTION, of)["VpcConfig"]["SubnetIds"]
        subnets[0] = {"Fn::ImportValue": "Added"}

    return apply


def stranger(of: str) -> Break:
    """Let anybody run a function."""

    def apply(drive: StageTemplates) -> None:
        function = {"Fn::GetAtt": [first_id(drive.service, FUNCTION, of), "Arn"]}
        permission = {"Action": "lambda:InvokeFunction", "Principal": "*", "FunctionName": function}
        add("service", PERMISSION, permission)(drive)

    return apply


def second_schedule(of: str) -> Break:
    """Run a function twice as often."""

    def apply(drive: StageTemplates) -> None:
        add("service", RULE, pickle.loads(pickle.dumps(first(drive.service, RULE, of))))(drive)

    return apply


def swapped(resource_type: str, path: str) -> Break:
    """Give the janitor what is the usage function's, and the other way round."""

    def apply(drive: StageTemplates) -> None:
        one, other = (first(drive.service, resource_type, of) for of in ("Janitor", "Usage"))
        *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        for step in steps:
            one, other = one[step], other[step]
        one[last], other[last] = other[last], one[last]

    return apply


def default_route_to_internet(drive: StageTemplates) -> None:
    """Route a private subnet to the internet gateway instead of NAT."""
    internet, _ = drive.data.only("AWS::EC2::InternetGateway")
    for route in drive.data.of_type("AWS::EC2::Route").values():
        if route.pop("NatGatewayId", None):
            route["GatewayId"] = {"Ref": internet}
            return


def isolated_route(drive: StageTemplates) -> None:
    """Give mount targets a way out."""
    [name, *_] = networks.subnets(drive, "Isolated")
    gateway = next(iter(drive.data.of_type("AWS::EC2::NatGateway")))
    table = networks.route_table(drive, name)
    properties = {
        "RouteTableId": {"Ref": table},
        "DestinationCidrBlock": "0.0.0.0/0",
        "NatGatewayId": {"Ref": gateway},
    }
    add("data", "AWS::EC2::Route", properties)(drive)


def allow_in_file_system_policy(drive: StageTemplates) -> None:
    """What CDK appends by itself (https://github.com/aws/aws-cdk/issues/36224)."""
    first(drive.data, FS)["FileSystemPolicy"]["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"],
            "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
        }
    )
