"""A domain of one's own: one door more, as narrow as the function URL, and only when it is set."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from stacks.function.custom_domain import CustomDomain
from stacks.settings import Domain
from stacks.shared.log_group import Logs
from stacks.stage import DriveStage
from tests.baseline import DEV
from tests.infra import nag, templates
from tests.infra.functions import functions
from tests.infra.synthesis import notes, synthesise
from tests.infra.templates import Template
from tests.settings.switches import CERTIFICATE

V2 = "AWS::ApiGatewayV2"
NAME = "drive.example.com"
ZONE = "Z0123456789ABCDEFGHIJ"


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> templates.StageTemplates:
    """Dev behind a domain, with a zone and a page that may call it."""
    made, said = synthesise(
        tmp_path_factory.mktemp("domain"),
        domain=Domain(NAME, CERTIFICATE, ZONE, requests_per_second=50),
        cors_origins=("https://app.example",),
        timeout_seconds=30,
    )
    assert said == []
    return made


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> templates.StageTemplates:
    """Dev as it is."""
    return synthesise(tmp_path_factory.mktemp("default"))[0]


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., tuple[Template, list[str]]]:
    """The construct with the given parameters, in a stack of its own, and what it says."""

    def make(**parameters: Any) -> tuple[Template, list[str]]:  # noqa: ANN401
        app = App(outdir=str(tmp_path / "out"))
        stack = Stack(app, "Service")
        usual: dict[str, Any] = {
            "function": lambda_.Function(
                stack,
                "Files",
                runtime=lambda_.Runtime.PYTHON_3_14,
                handler="index.handler",
                code=lambda_.Code.from_inline("def handler(event, context): pass"),
            ),
            "timeout_seconds": 30,
            "name": NAME,
            "certificate_arn": CERTIFICATE,
            "requests_per_second": 100,
            "logs": Logs(key=kms.Key(stack, "Key"), retention_days=7, retain=False),
        }
        CustomDomain(stack, "Domain", **(usual | parameters))
        assembly = app.synth()
        said = list(notes(Path(assembly.directory)).values())
        return Template(assembly.get_stack_by_name("Service").template), said

    return make


def test_without_a_domain_there_is_no_api(default: templates.StageTemplates) -> None:
    types = {resource["Type"] for resource in default.service.body["Resources"].values()}
    assert not [name for name in types if re.search("ApiGateway|Route53", name)]
    assert not [name for name in default.service.body["Outputs"] if "Domain" in name]


def test_a_domain_adds_resources_and_changes_none(
    default: templates.StageTemplates, tmp_path: Path
) -> None:
    with_domain, _ = synthesise(tmp_path, domain=Domain(NAME, CERTIFICATE))
    assert with_domain.data.body == default.data.body
    for part in ("Resources", "Outputs"):
        before, after = default.service.body[part], with_domain.service.body[part]
        # But what watches it: what a request costs, and how long one may take.
        watches = ("Alarms", "Dashboard", "Use")
        same = {name for name in before if not name.startswith(watches)}
        assert {name: after[name] for name in same} == {name: before[name] for name in same}
        added = ("AlarmsDomain", "FilesDomain")
        assert all(name.startswith(added) for name in after.keys() - before.keys())


def test_every_request_must_be_signed_and_reaches_the_files_function(
    drive: templates.StageTemplates,
) -> None:
    files, _ = functions(drive)["files"]
    api, _ = drive.service.only(f"{V2}::Api")
    integration_id, integration = drive.service.only(f"{V2}::Integration")
    routes = drive.service.of_type(f"{V2}::Route").values()
    assert {route["RouteKey"]: route["AuthorizationType"] for route in routes} == {
        "$default": "AWS_IAM",
        # Of which a browser asks for the sake of its pages.
        "OPTIONS /{proxy+}": "NONE",
        "OPTIONS /": "NONE",
    }
    for route in routes:
        assert drive.text(route["Target"]) == f"integrations/<{integration_id}>"
    assert drive.target(integration["IntegrationUri"]) == files
    assert integration["IntegrationType"] == "AWS_PROXY"
    assert integration["PayloadFormatVersion"] == "2.0"
    assert integration["TimeoutInMillis"] == 30_000
    for resource in (*routes, integration):
        assert drive.target(resource["ApiId"]) == api


def test_the_domain_is_the_only_way_to_the_api(drive: templates.StageTemplates) -> None:
    api_id, api = drive.service.only(f"{V2}::Api")
    stage_id, stage = drive.service.only(f"{V2}::Stage")
    domain_id, domain = drive.service.only(f"{V2}::DomainName")
    _, mapping = drive.service.only(f"{V2}::ApiMapping")
    assert api["ProtocolType"] == "HTTP"
    assert api["DisableExecuteApiEndpoint"] is True
    # Another name than $default would be part of every path.
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    assert drive.target(mapping["ApiId"]) == drive.target(stage["ApiId"]) == api_id
    assert drive.target(mapping["Stage"]) == stage_id
    assert drive.target(mapping["DomainName"]) == domain_id
    assert "ApiMappingKey" not in mapping
    assert domain["DomainName"] == NAME
    [configuration] = domain["DomainNameConfigurations"]
    assert configuration == {
        "CertificateArn": CERTIFICATE,
        "EndpointType": "REGIONAL",
        "IpAddressType": "dualstack",
        "SecurityPolicy": "TLS_1_2",
    }


def test_only_this_api_may_call_the_function(drive: templates.StageTemplates) -> None:
    files, _ = functions(drive)["files"]
    api, _ = drive.service.only(f"{V2}::Api")
    [permission] = [
        permission
        for permission in drive.service.of_type("AWS::Lambda::Permission").values()
        if drive.target(permission["FunctionName"]) == files
    ]
    assert permission["Action"] == "lambda:InvokeFunction"
    assert permission["Principal"] == "apigateway.amazonaws.com"
    arn = f"arn:<Partition>:execute-api:<Region>:<AccountId>:<{api}>/*/*"
    assert drive.text(permission["SourceArn"]) == arn


def test_each_request_leaves_a_line_of_json_without_its_query(
    drive: templates.StageTemplates,
) -> None:
    _, stage = drive.service.only(f"{V2}::Stage")
    settings = stage["AccessLogSettings"]
    group = drive.target(settings["DestinationArn"])
    assert group in drive.service.of_type("AWS::Logs::LogGroup")
    line = json.loads(settings["Format"])
    assert {"requestId", "ip", "caller", "method", "status", "milliseconds"} <= line.keys()
    assert all(re.fullmatch(r"\$context(\.[a-zA-Z]+)+", value) for value in line.values())
    # A caller's own words could hold a secret, or a quote that ends the JSON.
    assert not re.search("path|query|header|userAgent|authorizer|routeKey", settings["Format"])


def test_parts_of_the_api_are_made_one_after_another(drive: templates.StageTemplates) -> None:
    """API Gateway may refuse two changes of one API at once."""
    parts = {
        name: resource
        for name, resource in drive.service.body["Resources"].items()
        if resource["Type"] in {f"{V2}::Integration", f"{V2}::Route", f"{V2}::Stage"}
    }
    waits = {
        name: {other for other in parts if other != name and other in json.dumps(resource)}
        for name, resource in parts.items()
    }

    def before(name: str) -> set[str]:
        return waits[name].union(*map(before, waits[name]))

    assert sorted(len(before(name)) for name in parts) == list(range(len(parts)))
    assert len(parts) == 5


def test_callers_are_slowed_down_together(
    drive: templates.StageTemplates, make: Callable[..., tuple[Template, list[str]]]
) -> None:
    _, stage = drive.service.only(f"{V2}::Stage")
    assert stage["DefaultRouteSettings"] == {
        "ThrottlingRateLimit": 50,
        "ThrottlingBurstLimit": 100,
    }
    _, most = make(requests_per_second=10_000)[0].only(f"{V2}::Stage")
    assert most["DefaultRouteSettings"]["ThrottlingBurstLimit"] == 5_000


def test_pages_may_ask_a_domain_what_they_may_ask_the_function_url(
    drive: templates.StageTemplates,
) -> None:
    _, api = drive.service.only(f"{V2}::Api")
    _, url = drive.service.only("AWS::Lambda::Url")
    assert api["CorsConfiguration"] == url["Cors"]
    assert api["CorsConfiguration"]["AllowOrigins"] == ["https://app.example"]


def test_no_page_may_ask_unless_it_is_named(
    make: Callable[..., tuple[Template, list[str]]],
) -> None:
    template, _ = make()
    _, api = template.only(f"{V2}::Api")
    assert "CorsConfiguration" not in api
    _, route = template.only(f"{V2}::Route")  # and nothing is open
    assert (route["RouteKey"], route["AuthorizationType"]) == ("$default", "AWS_IAM")


def test_a_zone_gets_an_address_of_either_kind(
    drive: templates.StageTemplates, make: Callable[..., tuple[Template, list[str]]]
) -> None:
    domain, _ = drive.service.only(f"{V2}::DomainName")
    records = drive.service.of_type("AWS::Route53::RecordSet").values()
    assert sorted(record["Type"] for record in records) == ["A", "AAAA"]
    for record in records:
        assert (record["Name"], record["HostedZoneId"]) == (NAME, ZONE)
        assert record["AliasTarget"] == {
            "DNSName": {"Fn::GetAtt": [domain, "RegionalDomainName"]},
            "HostedZoneId": {"Fn::GetAtt": [domain, "RegionalHostedZoneId"]},
        }
    assert not make()[0].of_type("AWS::Route53::RecordSet")


def test_the_outputs_say_where_it_is_and_what_a_caller_must_be_allowed(
    drive: templates.StageTemplates,
) -> None:
    outputs = drive.service.body["Outputs"]
    api, _ = drive.service.only(f"{V2}::Api")
    domain, _ = drive.service.only(f"{V2}::DomainName")
    assert outputs["FilesDomainUrl"]["Value"] == f"https://{NAME}/"
    assert outputs["FilesDomainTarget"]["Value"] == {"Fn::GetAtt": [domain, "RegionalDomainName"]}
    assert drive.text(outputs["FilesDomainInvokeArn"]["Value"]) == (
        f"arn:<Partition>:execute-api:<Region>:<AccountId>:<{api}>/$default/*"
    )
    assert "FilesUrl" in outputs


def test_a_function_that_may_take_longer_than_the_api_waits_is_named(
    make: Callable[..., tuple[Template, list[str]]],
) -> None:
    assert make(timeout_seconds=30)[1] == []
    [said] = make(timeout_seconds=31)[1]
    for words in ("timeout_seconds is 31", "waits 30 s", NAME, "503"):
        assert words in said


def test_the_timeout_of_the_settings_is_the_one_that_is_checked(tmp_path: Path) -> None:
    domain = Domain(NAME, CERTIFICATE)
    _, warned = synthesise(tmp_path / "long", domain=domain, timeout_seconds=45)
    assert "timeout_seconds is 45" in notes(tmp_path / "long")["DomainTimeout"]
    synthesise(tmp_path / "short", domain=domain, timeout_seconds=30)
    assert "DomainTimeout" not in notes(tmp_path / "short")
    assert warned == []  # which would fail `make check` for whoever means it


def test_where_the_function_asks_for_a_token_the_api_asks_for_nothing(
    make: Callable[..., tuple[Template, list[str]]],
) -> None:
    template, _ = make(public=True, cors_origins=("https://app.example",))
    assert template.only(f"{V2}::Route")[1]["AuthorizationType"] == "NONE"


@pytest.mark.parametrize("public", [False, True])
def test_only_an_open_api_and_what_a_browser_asks_by_have_no_authorization(
    public: bool, tmp_path: Path
) -> None:
    gated = nag.app(str(tmp_path))
    stage = replace(DEV, timeout_seconds=30)
    service = DriveStage(gated, stage).service
    files = service.node.find_child("Files").node.find_child("Function")
    key = service.node.find_child("ServiceKey").node.find_child("Key")
    assert isinstance(files, lambda_.Function)
    assert isinstance(key, kms.Key)
    CustomDomain(
        service,
        "Tested",
        function=files,
        timeout_seconds=30,
        name=NAME,
        certificate_arn=CERTIFICATE,
        hosted_zone_id=ZONE,
        requests_per_second=1,
        public=public,
        cors_origins=("*",),
        logs=Logs(key=key, retention_days=7, retain=False),
    )
    # The route for everything; or, where that is closed, the two that a browser asks by.
    routes = ["Everything"] if public else ["Preflight", "PreflightOfRoot"]
    assert nag.findings(gated, [stage]) == [
        f"Dev/Service/Tested/{route}: cdk-nag AwsSolutions-APIG4: The API does not implement"
        " authorization."
        for route in routes
    ]
