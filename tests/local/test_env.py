"""`ops env` on a function of the local cloud, which holds updates to their RevisionId."""

import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ops.__main__ import main
from tests.local.conftest import LAMBDA, PROJECT, TARGET, LocalCloud, policy_of
from tests.patience import PATIENCE_SECONDS
from tests.service.env.person import LOADER, VERBS
from tests.service.env.writers import writers

Client = Any  # boto3 makes them at run time
NAME = "many-writers"
WRITERS, ROUNDS = 16, 2
FIRST = {"LOG_LEVEL": "INFO", "URL": "https://x.example"}


@pytest.fixture(scope="module")
def function(cloud: LocalCloud) -> Iterator[Client]:
    """A client of the API with one small function; nothing of ours is deployed."""
    cloud.start()
    client = cloud.client("lambda")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zip_:
        zip_.writestr("handler.py", "def handler(event, context): pass\n")
    client.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Handler="handler.handler",
        Role=cloud.role("any", LAMBDA),
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": FIRST},
    )
    yield client
    client.delete_function(FunctionName=NAME)


def variables(client: Client) -> dict[str, str]:
    found: dict[str, str] = client.get_function_configuration(FunctionName=NAME)["Environment"][
        "Variables"
    ]
    return found


def test_sixteen_processes_at_once_lose_nothing_in_two_rounds(
    cloud: LocalCloud, function: Client, tmp_path: Path
) -> None:
    environment = {**cloud.environment, "XDG_STATE_HOME": str(tmp_path)}
    with writers(NAME, environment) as write:
        for round_ in range(ROUNDS):
            wanted = {f"KEY_{number}": f"{number} of round {round_}" for number in range(WRITERS)}
            assert write(wanted) == [0] * WRITERS
            assert variables(function) == {**FIRST, **wanted}


def test_the_usual_recipe_loses_what_others_wrote(function: Client) -> None:
    """Get, merge, put: whoever read before another one's put undoes it. This is why."""
    function.update_function_configuration(FunctionName=NAME, Environment={"Variables": FIRST})
    all_have_read = threading.Barrier(WRITERS)

    def recipe(number: int) -> None:
        merged = {**variables(function), f"KEY_{number}": "mine"}
        all_have_read.wait(PATIENCE_SECONDS)
        function.update_function_configuration(FunctionName=NAME, Environment={"Variables": merged})

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(recipe, range(WRITERS)))
    survived = [name for name in variables(function) if name.startswith("KEY_")]
    assert len(survived) == 1


def test_a_change_is_in_force_and_undone(
    cloud: LocalCloud, function: Client, tmp_path: Path
) -> None:
    function.update_function_configuration(FunctionName=NAME, Environment={"Variables": FIRST})

    def run(*words: str) -> str:
        result = cloud.ops("env", *words, environment={"XDG_STATE_HOME": str(tmp_path)})
        assert result.returncode == 0, result.stderr
        return result.stdout + result.stderr

    assert ", in force, " in run("set", NAME, "LOG_LEVEL=DEBUG")
    assert variables(function) == {**FIRST, "LOG_LEVEL": "DEBUG"}
    assert run("get", NAME, "LOG_LEVEL", "--show").startswith("LOG_LEVEL=DEBUG\n")
    assert "in force" in run("undo", NAME)
    assert variables(function) == FIRST


# The least policies of docs/env.md, on a function with an alias, a key and operator keys.
LEAST = "least"
LEAST_FIRST = {"LOG_LEVEL": "INFO", "MAINTENANCE_MODE": "0", "SECRET": "x"}
PARAMETERS = "/lambda-drive/Dev/files"


def least_policy(verb: str, function: str, key: str) -> dict[str, Any]:
    """The policy that the page has for a verb, for this function and this key."""
    text = (PROJECT / "docs" / "env.md").read_text()
    for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
        document: dict[str, Any] = json.loads(
            block.replace('"FUNCTION', f'"{function}')
            .replace('"KEY"', f'"{key}"')
            .replace("REGION:ACCOUNT", f"{TARGET.region}:{TARGET.account}")
        )
        if verb in document["Id"].split():
            return document
    raise AssertionError(f"docs/env.md has no policy for {verb}")


def without(document: dict[str, Any], action: str) -> dict[str, Any]:
    kept = [
        {**each, "Action": [one for one in each["Action"] if one != action]}
        for each in document["Statement"]
    ]
    return {**document, "Statement": [each for each in kept if each["Action"]]}


@pytest.fixture(scope="module")
def guarded(cloud: LocalCloud, function: Client) -> tuple[str, str]:
    """The ARN of a function with all that the tool can meet, and that of its key."""
    made = function.get_function(FunctionName=NAME)["Configuration"]
    # As the keys of a stage have it (stacks/shared).
    account = {"Effect": "Allow", "Principal": {"AWS": TARGET.account}, "Resource": "*"}
    for_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    policy = policy_of(
        {**account, "Action": ["kms:Decrypt", "kms:Encrypt"]},
        {**account, "Action": "kms:CreateGrant", "Condition": for_services},
    )
    key: str = cloud.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zip_:
        zip_.writestr("handler.py", "")
    arn: str = function.create_function(
        FunctionName=LEAST,
        Runtime=made["Runtime"],
        Handler=made["Handler"],
        Role=made["Role"],
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": LEAST_FIRST},
        KMSKeyArn=key,
        Tags={
            "lambda-drive:operator-keys": "LOG_LEVEL MAINTENANCE_MODE",
            "lambda-drive:operator-parameters": PARAMETERS,
        },
    )["FunctionArn"]
    function.create_alias(FunctionName=LEAST, Name="newest", FunctionVersion="$LATEST")
    cloud.client("iam").create_user(UserName="operator")
    return arn, key


@pytest.mark.parametrize(
    "verb",
    ["set", *(pytest.param(each, marks=pytest.mark.weekly) for each in VERBS if each != "set")],
)
def test_the_least_policy_of_a_verb_lets_it_and_nothing_less_does(
    cloud: LocalCloud,
    guarded: tuple[str, str],
    verb: str,
    *,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    function, key = guarded
    iam, lambda_, ssm = (cloud.client(service) for service in ("iam", "lambda", "ssm"))
    pair = iam.create_access_key(UserName="operator")["AccessKey"]
    environment = {
        **cloud.environment,
        "XDG_STATE_HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": pair["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": pair["SecretAccessKey"],
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("botocore.session.create_loader", LOADER)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.env").write_text("LOG_LEVEL=DEBUG\n")
    write_assembly(tmp_path / "cdk.out")

    def first(**changed: str) -> None:
        variables = {**LEAST_FIRST, **changed}
        lambda_.update_function_configuration(
            FunctionName=LEAST, Environment={"Variables": variables}
        )
        for name in ("LOG_LEVEL", "MAINTENANCE_MODE"):
            path = f"{PARAMETERS}/{name}"
            ssm.put_parameter(Name=path, Value=variables[name], Type="String", Overwrite=True)

    def run(verb: str, document: dict[str, Any]) -> tuple[int, str]:
        policy = {key: value for key, value in document.items() if key != "Id"}
        iam.put_user_policy(
            UserName="operator", PolicyName="least", PolicyDocument=json.dumps(policy)
        )
        words = [*VERBS[verb], *(["--resource", "FilesFunction1"] if verb == "diff" else [])]
        capfd.readouterr()
        code = main(["env", verb, f"{LEAST}:newest", *words])
        return code, capfd.readouterr().err

    first()
    changed = {}
    if verb == "undo":
        assert run("set", least_policy("set", function, key))[0] == 0
        changed = {"MAINTENANCE_MODE": "1"}
    least = least_policy(verb, function, key)
    for missing in sorted(action for each in least["Statement"] for action in each["Action"]):
        first(**changed)
        code, err = run(verb, without(least, missing))
        assert code in {3, 5}, f"{verb} does without {missing}: {err}"
        told = key if missing == "kms:Decrypt" else f"not authorized to perform: {missing} on"
        assert told in err
    first(**changed)
    code, err = run(verb, least)
    assert code == 0, err
    iam.delete_access_key(UserName="operator", AccessKeyId=pair["AccessKeyId"])


def write_assembly(folder: Path) -> None:
    """Write an assembly with the function in it."""
    stage = folder / "assembly-Dev"
    stage.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"artifacts": {"a": {"type": "cdk:tree"}}}')
    properties = {"templateFile": "x.json", "stackName": "Dev-Service"}
    stack = {"type": "aws:cloudformation:stack", "properties": properties}
    (stage / "manifest.json").write_text(json.dumps({"artifacts": {"x": stack}}))
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"FunctionName": LEAST, "Environment": {"Variables": LEAST_FIRST}},
    }
    (stage / "x.json").write_text(json.dumps({"Resources": {"FilesFunction1": function}}))
