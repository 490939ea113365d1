"""Every way to the world: what is in it, and that none of them costs a file."""

import json
import os
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_ec2 as ec2

from stacks.data_stack import called_services
from stacks.network import nat_instance, nat_translation
from stacks.network.service_endpoints import ServiceEndpoints
from stacks.shared import aws_limits
from stacks.shared.choices import Egress, UrlAuth
from stacks.stage import DriveStage
from tests.baseline import DEV
from tests.infra import templates
from tests.infra.flags import FLAGS
from tests.infra.functions import all_allowed, functions
from tests.infra.networks import groups, routes, rules, subnets
from tests.infra.synthesis import synthesise
from tests.infra.templates import Json
from tests.settings.switches import SWITCHES, stateful

Drives = dict[str, templates.StageTemplates]
MODES: tuple[Egress, ...] = SWITCHES["egress"]
GATEWAYS = ("nat", "nat-per-zone", "nat-regional")
PUBLIC = ("nat", "nat-per-zone", "nat-instance")
WORLD = "0.0.0.0/0"
NOBODY = ("tcp", 443, 443, "255.255.255.255/32")

# What AWS does for a function outside of its VPC, so that no way of the function's own is needed.
BY_LAMBDA = {"ec2", "elasticfilesystem", "kms", "logs", "sns", "xray"}


@pytest.fixture(scope="module")
def drives(tmp_path_factory: pytest.TempPathFactory) -> Drives:
    """Each mode's templates."""
    return {mode: synthesise(tmp_path_factory.mktemp(mode), egress=mode)[0] for mode in MODES}


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """Each mode in turn."""
    name: str = request.param
    return name


@pytest.fixture
def drive(mode: str, drives: Drives) -> templates.StageTemplates:
    """Its templates."""
    return drives[mode]


def of_types(drive: templates.StageTemplates, *types: str) -> dict[str, Json]:
    """Return whole resources of `Data` by logical id."""
    resources = drive.data.body["Resources"]
    return {name: each for name, each in resources.items() if each["Type"] in types}


def test_another_mode_replaces_and_moves_nothing(
    drive: templates.StageTemplates, drives: Drives
) -> None:
    """So an environment goes from any mode to any other, with its files."""
    nat = drives["nat"]
    assert stateful(drive) == stateful(nat)
    before, after = of_types(nat, "AWS::EC2::Subnet"), of_types(drive, "AWS::EC2::Subnet")
    for kind in ("Private", "Isolated"):
        assert subnets(drive, kind) == subnets(nat, kind)
    assert after == {name: before[name] for name in after}
    for kind in ("AWS::EC2::RouteTable", "AWS::EC2::SubnetRouteTableAssociation"):
        known = of_types(nat, kind)
        assert of_types(drive, kind).items() <= known.items()
    # The groups stay; the world in their rules may differ.
    assert groups(drive) == groups(nat)


def test_a_default_route_changes_its_target_in_place(
    drives: Drives,
) -> None:
    """Under another name it would be made before the old one goes, and EC2 takes one of each."""
    named = [
        {
            name
            for name, route in of_types(drives[mode], "AWS::EC2::Route").items()
            if name.startswith("NetworkVpcPrivate")
            and route["Properties"].get("DestinationCidrBlock") == WORLD
        }
        for mode in (*GATEWAYS, "nat-instance")
    ]
    assert named == [named[0]] * len(named)
    assert len(named[0]) == DEV.zones


def test_each_mode_has_its_own_way_and_mount_targets_none(
    mode: str, drive: templates.StageTemplates
) -> None:
    target = {"nat-instance": "InstanceId", "ipv6": "EgressOnlyInternetGatewayId"}
    for subnet in subnets(drive, "Isolated"):
        assert routes(drive, subnet) == []
    for subnet in subnets(drive, "Private"):
        if mode == "isolated":
            assert routes(drive, subnet) == []
            continue
        [route] = routes(drive, subnet)
        destination = "DestinationIpv6CidrBlock" if mode == "ipv6" else "DestinationCidrBlock"
        assert route[destination] == ("::/0" if mode == "ipv6" else WORLD)
        assert drive.target(route[target.get(mode, "NatGatewayId")])
        assert len(route) == 3


def test_what_a_mode_does_not_need_is_not_there(mode: str, drive: templates.StageTemplates) -> None:
    def count(*types: str) -> int:
        return len(of_types(drive, *types))

    gateways = {"nat": 1, "nat-per-zone": DEV.zones, "nat-regional": 1}
    assert count("AWS::EC2::NatGateway") == gateways.get(mode, 0)
    assert count("AWS::EC2::EIP") == {**gateways, "nat-regional": 0}.get(mode, 0)
    assert count("AWS::EC2::Instance") == (mode == "nat-instance")
    assert len(subnets(drive, "Public")) == (DEV.zones if mode in PUBLIC else 0)
    assert count("AWS::EC2::InternetGateway") == mode.startswith("nat")
    assert count("AWS::EC2::VPCGatewayAttachment") == mode.startswith("nat")
    assert count("AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::VPCCidrBlock") == (
        2 if mode == "ipv6" else 0
    )
    assert count("AWS::EC2::SubnetCidrBlock") == (DEV.zones if mode == "ipv6" else 0)
    endpoints = len(called_services(DEV)) if mode == "isolated" else 2
    assert count("AWS::EC2::VPCEndpoint") == endpoints


def test_functions_call_where_the_mode_leads_and_nowhere_else(
    mode: str, drive: templates.StageTemplates
) -> None:
    server, client = groups(drive)
    nfs = ("tcp", 2049, 2049, server)
    bogus = ("icmp", 252, 86, "255.255.255.255/32")  # CDK's own, for a group that lets nothing out
    # Beside rules of IPv6 CDK keeps it.
    world = [("tcp", 443, 443, "::/0"), bogus] if mode == "ipv6" else [("tcp", 443, 443, WORLD)]
    if mode == "isolated":
        [endpoints] = {
            drive.target(group)
            for endpoint in drive.data.of_type("AWS::EC2::VPCEndpoint").values()
            for group in endpoint["SecurityGroupIds"]
        }
        world = [("tcp", 443, 443, endpoints), NOBODY]
        assert rules(drive, endpoints, "Ingress") == [("tcp", 443, 443, client)]
        assert rules(drive, endpoints, "Egress") == [bogus]
    assert rules(drive, client, "Egress") == sorted([nfs, *world])
    # Without a list of its own EC2 gives a group all of the world.
    assert drive.data.of_type("AWS::EC2::SecurityGroup")[client]["SecurityGroupEgress"]


def test_functions_use_ipv6_where_there_is_nothing_else(
    mode: str, drive: templates.StageTemplates
) -> None:
    for _, function in functions(drive).values():
        variables = function["Environment"]["Variables"]
        switched = "true" if mode == "ipv6" else None
        assert variables.get("AWS_USE_DUALSTACK_ENDPOINT") == switched
        assert function["VpcConfig"].get("Ipv6AllowedForDualStack") == (
            True if mode == "ipv6" else None
        )


def test_each_private_subnet_has_ipv6_addresses_of_its_own(
    drives: Drives,
) -> None:
    drive = drives["ipv6"]
    block, addresses = drive.data.only("AWS::EC2::VPCCidrBlock")
    assert addresses["AmazonProvidedIpv6CidrBlock"] is True
    zones = {}
    for name, resource in of_types(drive, "AWS::EC2::SubnetCidrBlock").items():
        index, _ = resource["Properties"]["Ipv6CidrBlock"]["Fn::Select"]
        zones[drive.target(resource["Properties"]["SubnetId"])] = index
        assert block in resource["DependsOn"], name
    assert zones == subnets(drive, "Private")
    gateway, _ = drive.data.only("AWS::EC2::EgressOnlyInternetGateway")
    for subnet in subnets(drive, "Private"):
        [route] = routes(drive, subnet)
        assert drive.target(route["EgressOnlyInternetGatewayId"]) == gateway


@pytest.mark.parametrize("service", called_services(replace(DEV, url_auth="token")))
def test_over_ipv6_a_called_service_has_an_endpoint(
    service: Any,  # noqa: ANN401 - boto3 has an overload for each name
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the variable that functions have, in the regions of every partition it works in."""
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    for region, suffix in (("eu-central-1", "api.aws"), ("us-east-1", "api.aws")):
        client = boto3.client(service, region_name=region)
        assert client.meta.endpoint_url == f"https://{service}.{region}.{suffix}"


def test_a_regional_gateway_waits_for_the_way_out(
    drives: Drives,
) -> None:
    drive = drives["nat-regional"]
    [gateway] = of_types(drive, "AWS::EC2::NatGateway").values()
    vpc, _ = drive.data.only("AWS::EC2::VPC")
    assert gateway["Properties"]["AvailabilityMode"] == "regional"
    assert drive.target(gateway["Properties"]["VpcId"]) == vpc
    assert not {"SubnetId", "AllocationId"} & set(gateway["Properties"])
    attachment, _ = drive.data.only("AWS::EC2::VPCGatewayAttachment")
    assert attachment in gateway["DependsOn"]


def test_the_machine_that_stands_for_a_gateway_is_closed(
    drives: Drives,
) -> None:
    drive = drives["nat-instance"]
    name, instance = drive.data.only("AWS::EC2::Instance")
    assert instance["SourceDestCheck"] is False
    assert instance["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    [disk] = instance["BlockDeviceMappings"]
    assert disk["Ebs"]["Encrypted"] is True
    assert "KeyName" not in instance
    # T4g has no launch credits: what is over the baseline at boot is paid back from what it earns.
    assert instance["CreditSpecification"] == {"CPUCredits": "unlimited"}
    parameter = drive.data.body["Parameters"][instance["ImageId"]["Ref"]]
    assert parameter["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
    assert parameter["Default"].endswith("-arm64")
    assert instance["InstanceType"].startswith("t4g.")
    [interface] = instance["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is True
    assert drive.target(interface["SubnetId"]) in subnets(drive, "Public")
    [group] = map(drive.target, interface["GroupSet"])
    assert rules(drive, group, "Ingress") == [("tcp", 443, 443, DEV.vpc_cidr)]
    assert rules(drive, group, "Egress") == [("tcp", 443, 443, WORLD)]
    profile = drive.data.of_type("AWS::IAM::InstanceProfile")
    [role] = profile[drive.target(instance["IamInstanceProfile"])]["Roles"]
    held = drive.data.of_type("AWS::IAM::Role")[drive.target(role)]
    assert not {"ManagedPolicyArns", "Policies"} & set(held)
    for subnet in subnets(drive, "Private"):
        [route] = routes(drive, subnet)
        assert drive.target(route["InstanceId"]) == name


def cloud_config(drive: templates.StageTemplates) -> tuple[str, Json]:
    """The logical id of the machine, and what its first boot does."""
    name, instance = drive.data.only("AWS::EC2::Instance")
    text = drive.text(instance["UserData"]["Fn::Base64"])
    head, _, body = text.partition("\n")
    assert head == "#cloud-config"
    assert len(text.encode()) < 15_000  # of 16 KB, with what CloudFormation fills in
    return name, json.loads(body)


def test_the_machine_installs_nothing_and_translates_from_each_boot_on(drives: Drives) -> None:
    _, config = cloud_config(drives["nat-instance"])
    assert set(config) == {"write_files", "runcmd"}  # no packages
    files = {file["path"]: file["content"] for file in config["write_files"]}
    [(program, text)] = [item for item in files.items() if not item[0].endswith(".service")]
    assert text == Path(nat_translation.__file__).read_text()
    [(path, unit)] = [item for item in files.items() if item[0].endswith(".service")]
    assert path.startswith("/etc/systemd/system/")
    assert f"\nExecStart=/usr/bin/python3 {program}\n" in unit
    assert "\nWantedBy=multi-user.target\n" in unit
    [[shell, option, command]] = config["runcmd"]
    assert (shell, option) == ("sh", "-c")
    assert f"systemctl enable --now {Path(path).name};" in command
    for installer in ("dnf", "yum", "rpm", "pip", "curl"):
        assert installer not in command


def test_a_machine_that_does_not_translate_fails_the_deployment(
    drives: Drives, tmp_path: Path
) -> None:
    name, config = cloud_config(drives["nat-instance"])
    machine = drives["nat-instance"].data.body["Resources"][name]
    assert machine["CreationPolicy"] == {"ResourceSignal": {"Count": 1, "Timeout": "PT10M"}}
    # What its first boot says, by what becomes of the service: with stand-ins for both tools.
    [[*_, filled]] = config["runcmd"]
    for word, value in (
        ("/opt/aws/bin/", f"{tmp_path}/"),
        ("<StackName>", "Dev-Data"),
        ("<Region>", "eu-west-1"),
    ):
        assert word in filled
        filled = filled.replace(word, value)
    signal = tmp_path / "cfn-signal"
    signal.write_text('#!/bin/sh\necho "$@"\n')
    systemctl = tmp_path / "systemctl"
    for failed in (0, 1):
        systemctl.write_text(f'#!/bin/sh\ntest "$1" = daemon-reload || exit {failed}\n')
        for tool in (signal, systemctl):
            tool.chmod(0o755)
        said = subprocess.run(
            ["sh", "-c", filled],
            check=True,
            env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
        )
        assert said.stdout == (
            f"--exit-code {failed} --stack Dev-Data --resource {name} --region eu-west-1\n"
        )


def test_another_program_is_another_machine_to_which_the_routes_go(
    drives: Drives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine reads its user data at its first boot only."""
    changed = tmp_path / "changed.py"
    changed.write_text(nat_instance._PROGRAM.read_text() + "\n# Another\n")
    before, _ = cloud_config(drives["nat-instance"])
    monkeypatch.setattr(nat_instance, "_PROGRAM", changed)
    after, said = synthesise(tmp_path / "out", egress="nat-instance")
    assert said == []
    name, _ = cloud_config(after)
    assert name != before
    for subnet in subnets(after, "Private"):
        [route] = routes(after, subnet)
        assert after.target(route["InstanceId"]) == name


def test_what_is_isolated_has_an_endpoint_for_each_service_it_calls(
    drives: Drives,
) -> None:
    drive = drives["isolated"]
    endpoints = drive.data.of_type("AWS::EC2::VPCEndpoint").values()
    names = {drive.text(endpoint["ServiceName"]) for endpoint in endpoints}
    assert names == {f"com.amazonaws.<Region>.{service}" for service in called_services(DEV)}
    for endpoint in endpoints:
        assert endpoint["VpcEndpointType"] == "Interface"
        assert endpoint["PrivateDnsEnabled"] is True
        assert set(map(drive.target, endpoint["SubnetIds"])) == set(subnets(drive, "Private"))
        [statement] = endpoint["PolicyDocument"]["Statement"]
        assert statement["Action"] in {"ssm:GetParameter", "secretsmanager:GetSecretValue"}
        account = {"Ref": "AWS::AccountId"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
        }


@pytest.mark.parametrize("url_auth", ["iam", "token"])
def test_isolated_functions_reach_what_they_may_call_and_nothing_else(
    url_auth: UrlAuth, tmp_path: Path
) -> None:
    drive, said = synthesise(tmp_path, egress="isolated", url_auth=url_auth)
    assert said == []
    reached = {
        drive.text(endpoint["ServiceName"]).rpartition(".")[2]
        for endpoint in drive.data.of_type("AWS::EC2::VPCEndpoint").values()
    }
    called = {
        action.partition(":")[0]
        for _, function in functions(drive).values()
        for action in all_allowed(drive, function)
    }
    assert called - BY_LAMBDA == reached


def test_an_isolated_function_of_ones_own_has_no_endpoint(tmp_path: Path) -> None:
    drive, said = synthesise(tmp_path, egress="isolated", function_folder="examples/guest_book")
    assert said == []
    assert not drive.data.of_type("AWS::EC2::VPCEndpoint")
    assert len(drive.data.of_type("AWS::EC2::SecurityGroup")) == 2


@pytest.mark.parametrize(
    "mode",
    [
        mode if mode in ("nat-per-zone", "ipv6") else pytest.param(mode, marks=pytest.mark.weekly)
        for mode in MODES
    ],
)
def test_a_third_zone_leaves_the_first_two_as_they_are(
    mode: Egress, drive: templates.StageTemplates, tmp_path: Path
) -> None:
    three, _ = synthesise(tmp_path, egress=mode, zones=3)
    assert sorted(subnets(three, "Private").values()) == [0, 1, 2]
    for kind in ("AWS::EC2::Subnet", "AWS::EFS::MountTarget", "AWS::EC2::SubnetCidrBlock"):
        before, after = of_types(drive, kind), of_types(three, kind)
        assert before == {name: after[name] for name in before}


def test_a_service_without_a_known_endpoint_is_refused() -> None:
    stack = Stack()
    with pytest.raises(ValueError, match=r"services must be of secretsmanager, ssm, got 'sms'"):
        ServiceEndpoints(stack, "Services", vpc=ec2.Vpc(stack, "Vpc"), services=("sms",))


def test_as_many_ports_as_are_taken_fit_into_each_group(tmp_path: Path) -> None:
    most = tuple(range(443, 443 + aws_limits.SECURITY_GROUP_RULES - 1))
    app = App(context=FLAGS, outdir=str(tmp_path))
    DriveStage(app, replace(DEV, egress="nat-instance", egress_ports=most))
    app.synth()
    found: Counter[str] = Counter()
    for name, each in templates.load(tmp_path, DEV.name).data.body["Resources"].items():
        properties = each.get("Properties", {})
        for way in ("Ingress", "Egress"):
            if each["Type"] == "AWS::EC2::SecurityGroup":
                found[f"{name} {way}"] += len(properties.get(f"SecurityGroup{way}", []))
            elif each["Type"] == f"AWS::EC2::SecurityGroup{way}":
                found[f"{properties['GroupId']['Fn::GetAtt'][0]} {way}"] += 1
    assert max(found.values()) == aws_limits.SECURITY_GROUP_RULES, "with the rule for NFS"
