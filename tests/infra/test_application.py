"""All of an environment is one application."""

import gzip
import json
from functools import cache

from tests.infra.conftest import PROJECT
from tests.infra.templates import Drive, Json

APPLICATION = "AWS::ServiceCatalogAppRegistry::Application"
# What AWS does not tag, or CDK does not know tags of.
WITHOUT_TAGS = {
    *(APPLICATION, "Custom::VpcRestrictDefaultSG", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"),
    *("AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPCGatewayAttachment"),
    *("AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress", "AWS::EFS::MountTarget"),
    *("AWS::Lambda::LayerVersion", "AWS::Lambda::Permission", "AWS::Lambda::Url"),
    *("AWS::ApiGatewayV2::ApiMapping", "AWS::ApiGatewayV2::Integration"),
    *("AWS::ApiGatewayV2::Route", "AWS::EC2::SubnetCidrBlock", "AWS::EC2::VPCCidrBlock"),
    *("AWS::IAM::InstanceProfile", "AWS::Route53::RecordSet"),
}


@cache
def known_types() -> dict[str, Json]:
    """Return what the CDK CLI itself knows of CloudFormation's types, by name."""
    with gzip.open(PROJECT / "node_modules" / "aws-cdk" / "db.json.gz") as file:
        found: list[Json] = json.load(file)["schema"]["resource"]["entities"]
    return {each["cloudFormationType"]: each for each in found}


def tags(properties: Json) -> dict[str, tuple[str, Json]]:
    """Return each tag of a resource, with the property that it is in, by key."""
    found: dict[str, tuple[str, Json]] = {}
    for name, value in properties.items():
        if name.endswith("Tags"):
            pairs = value if isinstance(value, dict) else {t["Key"]: t["Value"] for t in value}
            found |= {key: (name, of) for key, of in pairs.items()}
    return found


def test_everything_that_takes_tags_belongs_to_the_one_application(drive: Drive) -> None:
    application, _ = drive.data.only(APPLICATION)
    for template in drive.templates:
        for logical_id, resource in template.body["Resources"].items():
            if resource["Type"] not in WITHOUT_TAGS:
                _, value = tags(resource["Properties"])["awsApplication"]
                assert drive.target(value) == application, logical_id
                assert "ApplicationTagValue" in json.dumps(value), logical_id


def test_people_find_it_by_the_name_of_the_stage(drive: Drive) -> None:
    _, properties = drive.data.only(APPLICATION)
    assert properties["Name"] == f"LambdaDrive-{drive.name}"
    assert "Tags" not in properties


def test_a_tag_replaces_nothing(drive: Drive) -> None:
    """By the CLI's own database, which knows what does."""
    types = known_types()
    assert types["AWS::EFS::FileSystem"]["properties"]["Encrypted"]["causesReplacement"] == "yes"
    for template in drive.templates:
        for logical_id, resource in template.body["Resources"].items():
            for name, _ in tags(resource.get("Properties", {})).values():
                known = types[resource["Type"]]["properties"][name]
                assert known.get("causesReplacement", "no") == "no", logical_id
