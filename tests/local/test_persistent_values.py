"""Function URLs and generated secrets are the same when the local cloud is started again."""

import json
import os
import re
import signal
import string

from tests.infra.templates import Json
from tests.local.conftest import LocalCloud
from tests.local.small_stacks import ASSUMABLE
from tests.patience import until

STACKS = ("First", "Second")
RULES: dict[str, Json] = {
    "Plain": {},
    "Short": {"PasswordLength": 20, "ExcludeCharacters": "abc"},
    "Token": {"ExcludePunctuation": True, "PasswordLength": 48},
    "Document": {"SecretStringTemplate": '{"user": "me"}', "GenerateStringKey": "password"},
}


def template(rules: dict[str, Json]) -> str:
    """Two functions with URLs, and the secrets."""
    code = {"ZipFile": "def handler(event, context): return {'statusCode': 204}"}
    resources: dict[str, Json] = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": ASSUMABLE},
        }
    }
    for name in ("Files", "Other"):
        function = {"Handler": "index.handler", "Runtime": "python3.13", "Code": code}
        resources[name] = {
            "Type": "AWS::Lambda::Function",
            "Properties": function | {"Role": {"Fn::GetAtt": ["Role", "Arn"]}},
        }
        resources[f"{name}Url"] = {
            "Type": "AWS::Lambda::Url",
            "Properties": {"TargetFunctionArn": {"Ref": name}, "AuthType": "NONE"},
        }
    for name, rule in rules.items():
        secret = {"Type": "AWS::SecretsManager::Secret"}
        resources[name] = secret | {"Properties": {"GenerateSecretString": rule}}
    return json.dumps({"Resources": resources})


def deployed(cloud: LocalCloud, rules: dict[str, Json] = RULES) -> tuple[list[str], list[str]]:
    """Deploy both stacks to a cloud that is started for it; return the URLs, and the secrets."""
    if cloud.process.running() is None:
        cloud.start()
    formation, functions = cloud.client("cloudformation"), cloud.client("lambda")
    secrets = cloud.client("secretsmanager")
    there = {stack["StackName"] for stack in formation.describe_stacks()["Stacks"]}
    urls, values = [], []
    for stack in STACKS:
        change = {
            "StackName": stack,
            "TemplateBody": template(rules),
            "Capabilities": ["CAPABILITY_IAM"],
        }
        if stack in there:
            formation.update_stack(**change)
            done = "stack_update_complete"
        else:
            formation.create_stack(**change)
            done = "stack_create_complete"
        waiting = {"Delay": 1, "MaxAttempts": 600}
        formation.get_waiter(done).wait(StackName=stack, WaiterConfig=waiting)
        resources = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in formation.describe_stack_resources(StackName=stack)["StackResources"]
        }
        for name in ("Files", "Other"):
            found = functions.get_function_url_config(FunctionName=resources[name])
            urls.append(found["FunctionUrl"])
        values += [
            secrets.get_secret_value(SecretId=resources[name])["SecretString"] for name in rules
        ]
    return urls, values


def test_urls_and_secrets_outlive_the_process(cloud: LocalCloud) -> None:
    urls, secrets = deployed(cloud)
    assert len({*urls, *secrets}) == 4 + 2 * len(RULES), "all are different"
    url = re.compile(r"https://[a-z0-9]{32}\.lambda-url\.us-east-1\.on\.aws/")
    assert all(map(url.fullmatch, urls))
    plain, short, token, document = secrets[:4]
    assert len(plain) == 32
    assert len(short) == 20
    assert not {*short} & {*"abc"}
    assert len(token) == 48
    assert {*token} <= {*string.ascii_letters, *string.digits}
    assert json.loads(document)["user"] == "me"
    assert len(json.loads(document)["password"]) == 32
    running = cloud.process.running()
    assert running is not None
    os.killpg(running.pid, signal.SIGKILL)
    until(lambda: cloud.process.running() is None)
    assert deployed(cloud) == (urls, secrets)
    # Another rule is another secret, and stays so as well.
    longer = RULES | {"Token": {"ExcludePunctuation": True, "PasswordLength": 50}}
    again, changed = deployed(cloud, longer)
    assert again == urls
    assert [len(each) for each in changed if each not in secrets] == [50, 50]
    assert cloud.process.stop()
    assert deployed(cloud, longer) == (urls, changed)
    # What they follow from is drawn for this folder, and nobody else reads it.
    assert (cloud.folder / "lasting.key").stat().st_mode & 0o777 == 0o600
