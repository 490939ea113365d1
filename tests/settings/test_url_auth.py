"""What a URL that is public on purpose promises: everybody reaches it, and its token is safe."""

import json
from dataclasses import replace
from pathlib import Path
from string import ascii_letters

import pytest

from stacks.settings import Domain
from tests.baseline import DEV
from tests.infra import templates
from tests.infra.functions import (
    MOUNT,
    SHARED_RIGHTS,
    WRITE,
    all_allowed,
    allowed,
    functions,
    url_permissions,
)
from tests.infra.synthesis import synthesise
from tests.infra.templates import Json, as_list
from tests.settings.switches import CERTIFICATE

SECRET = "AWS::SecretsManager::Secret"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> templates.StageTemplates:
    """A stage whose URL takes the token."""
    drive, said = synthesise(tmp_path_factory.mktemp("token"), url_auth="token")
    assert said == []
    return drive


def test_everybody_reaches_the_url_and_the_function_through_it_only(
    public: templates.StageTemplates,
) -> None:
    files, _ = functions(public)["files"]
    _, url = public.service.only("AWS::Lambda::Url")
    assert url["AuthType"] == "NONE"
    found = url_permissions(public).values()
    assert {public.target(permission["FunctionName"]) for permission in found} == {files}
    assert [
        {key: value for key, value in permission.items() if key != "FunctionName"}
        for permission in found
    ] == [
        {
            "Action": "lambda:InvokeFunctionUrl",
            "FunctionUrlAuthType": "NONE",
            "Principal": "*",
        },
        {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True, "Principal": "*"},
    ]


def test_an_output_says_that_the_url_is_public(public: templates.StageTemplates) -> None:
    secret, _ = public.service.only(SECRET)
    outputs = public.service.body["Outputs"]
    assert outputs["FilesUrlIsPublic"]["Value"].startswith("The URL is public: ")
    assert outputs["FilesTokenSecret"]["Value"] == {"Ref": secret}


def test_the_token_is_made_by_aws_and_encrypted_with_the_services_key(
    public: templates.StageTemplates,
) -> None:
    _, secret = public.service.only(SECRET)
    key, _ = public.service.only("AWS::KMS::Key")
    assert public.target(secret["KmsKeyId"]) == key
    assert secret["GenerateSecretString"] == {"ExcludePunctuation": True, "PasswordLength": 48}
    assert set(secret) == {"Description", "GenerateSecretString", "KmsKeyId", "Tags"}


def test_no_template_resolves_the_token(public: templates.StageTemplates) -> None:
    """A dynamic reference would put it into the function's configuration, for all to read."""
    for template in public.templates:
        assert "resolve:secretsmanager" not in json.dumps(template.body)


def test_only_the_files_function_may_read_it_and_nothing_else(
    public: templates.StageTemplates,
) -> None:
    secret, _ = public.service.only(SECRET)
    for name, (_, function) in functions(public).items():
        variables = function["Environment"]["Variables"]
        may = all_allowed(public, function) - SHARED_RIGHTS - {MOUNT, WRITE, "ssm:GetParameter"}
        if name == "files":
            assert variables["TOKEN_SECRET"] == {"Ref": secret}
            read = "secretsmanager:GetSecretValue"
            assert may == {read}
            assert allowed(public, function, read) == [([f"<{secret}>"], None)]
        else:
            assert "TOKEN_SECRET" not in variables
            assert may == set()


def test_signed_calls_need_none_of_it(tmp_path: Path) -> None:
    drive, _ = synthesise(tmp_path)
    assert not drive.service.of_type(SECRET)
    assert "FilesUrlIsPublic" not in drive.service.body["Outputs"]
    for _, function in functions(drive).values():
        assert "TOKEN_SECRET" not in function["Environment"]["Variables"]


def test_those_who_are_named_keep_their_permissions(tmp_path: Path) -> None:
    """So that they hold again, untouched, when the URL takes signed calls only."""
    caller = "arn:aws:iam::123456789012:role/uploader"
    kept = []
    for url_auth in ("iam", "token"):
        drive, _ = synthesise(tmp_path / url_auth, url_auth=url_auth, url_invokers=(caller,))
        kept.append(
            {
                logical_id: permission
                for logical_id, permission in url_permissions(drive).items()
                if caller in as_list(permission["Principal"])
            }
        )
    assert len(kept[0]) == 2
    assert kept[0] == kept[1]


def test_as_many_as_settings_take_fit_into_the_policy_of_the_function(tmp_path: Path) -> None:
    """Whatever else is in it, and however long the names are that AWS makes up."""
    named = tuple(f"arn:aws:iam::123456789012:role/{letter * 64}" for letter in ascii_letters)
    most = max(count for count in range(len(named)) if taken(named[:count]))
    assert most > 10
    drive, _ = synthesise(
        tmp_path,
        url_auth="token",
        domain=Domain("drive.example.com", CERTIFICATE),
        url_invokers=named[:most],
    )
    files, _ = functions(drive)["files"]
    permissions = [
        permission
        for permission in drive.service.of_type("AWS::Lambda::Permission").values()
        if drive.target(permission["FunctionName"]) == files
    ]
    assert len(permissions) == 2 * most + 3  # two for everybody, one for the domain
    policy = {
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": [policy_statement(drive, permission) for permission in permissions],
    }
    assert 18_000 < len(json.dumps(policy, separators=(",", ":"))) <= 20_480


def taken(invokers: tuple[str, ...]) -> bool:
    try:
        replace(DEV, url_invokers=invokers)
    except ValueError:
        return False
    return True


def policy_statement(drive: templates.StageTemplates, permission: Json) -> Json:
    """A permission as Lambda writes it (https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html)."""
    principal, conditions = permission["Principal"], {}
    if "FunctionUrlAuthType" in permission:
        auth_type = permission["FunctionUrlAuthType"]
        conditions["StringEquals"] = {"lambda:FunctionUrlAuthType": auth_type}
    if "InvokedViaFunctionUrl" in permission:
        conditions["Bool"] = {"lambda:InvokedViaFunctionUrl": "true"}
    if "SourceArn" in permission:
        conditions["ArnLike"] = {"AWS:SourceArn": drive.text(permission["SourceArn"])}
    kind = "Service" if principal.endswith(".amazonaws.com") else "AWS"
    return {
        "Sid": "s" * 100,
        "Effect": "Allow",
        "Principal": principal if principal == "*" else {kind: principal},
        "Action": permission["Action"],
        "Resource": f"arn:aws:lambda:ap-southeast-1:123456789012:function:{'f' * 64}",
        "Condition": conditions,
    }
