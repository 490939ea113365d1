"""Who may do what: nobody by default, nobody in the world unless the settings say so."""

from collections.abc import Iterator

from stacks.invariants.declared import Declaration, Declared, Json, inner
from stacks.invariants.statements import Statement, is_this_account, of_policies, statements

# Actions that have no level of resources
# (https://docs.aws.amazon.com/service-authorization/latest/reference/).
_WITHOUT_RESOURCES = frozenset(
    {
        "cloudwatch:PutMetricData",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
)
# What works by a role: its type, the property that names the role, the service that assumes it.
_WORKERS = (
    ("AWS::Lambda::Function", "Role", "lambda.amazonaws.com"),
    ("AWS::EC2::FlowLog", "DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),
)
_WITHOUT_SOURCE = frozenset({"backup.amazonaws.com", "ec2.amazonaws.com", "lambda.amazonaws.com"})
_POLICIES = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role")


def no_role_may_do_everything(stage: Declared) -> Iterator[str]:
    """No policy allows `*`, or all of a service."""
    for policy in stage.of_type(*_POLICIES):
        for statement in of_policies(policy):
            wide = [action for action in statement.actions if action.endswith(("*", ":*"))]
            if statement.effect == "Allow" and wide:
                yield f"{statement} allows {', '.join(wide)}"


def only_what_has_no_resource_is_allowed_on_all(stage: Declared) -> Iterator[str]:
    """A policy that allows an action on `*` does so for actions alone that have no resource."""
    for policy in stage.of_type(*_POLICIES):
        for statement in of_policies(policy):
            if statement.effect != "Allow" or "*" not in statement.resources:
                continue
            others = sorted(set(statement.actions) - _WITHOUT_RESOURCES)
            if others and not statement.condition:
                yield f"{statement} allows {', '.join(others)} on everything"


def a_role_trusts_a_service_alone(stage: Declared) -> Iterator[str]:
    """Each role is assumed by a service of AWS, and by no account, user or stranger.

    But by the one role that a trust in an account tells by its ARN: the tester of a pipeline, which
    IAM would forget if it were named and made anew.
    """
    for role in stage.of_type("AWS::IAM::Role"):
        for statement in statements(role.properties["AssumeRolePolicyDocument"], where=str(role)):
            if statement.effect != "Allow":
                continue
            principal = statement.principal
            if isinstance(principal, dict) and (
                set(principal) == {"Service"}
                or (set(principal) == {"AWS"} and _one_role(statement))
            ):
                continue
            yield f"{role} trusts {principal}"


def _one_role(statement: Statement) -> bool:
    """Say whether a statement tells its caller by the whole ARN of a role."""
    told = str(statement.condition.get("ArnEquals", {}).get("aws:PrincipalArn", ""))
    return ":role/" in told and not {"*", "?"} & set(told)


def a_role_is_assumed_by_who_uses_it(stage: Declared) -> Iterator[str]:
    """A role that a resource works by trusts the service of that resource, for this account.

    Lambda, EC2 and AWS Backup assume a role for a resource that named it with `iam:PassRole`, and
    give no source; the others say for whom they call
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
    """
    for kind, name, service in _WORKERS:
        for each in stage.of_type(kind):
            value = each.properties.get(name)
            role = stage.find(value, each.stack)
            if isinstance(value, str) and value.startswith("arn:"):
                continue  # a role that is there already
            if role is None or role.kind != "AWS::IAM::Role":
                yield f"{each} has no role"
            elif not _trusts(role, service):
                yield f"{role} is not assumed by {service}, as {each} needs it"
    for role in stage.of_type("AWS::IAM::Role"):
        for statement in statements(role.properties["AssumeRolePolicyDocument"], where=str(role)):
            bound = statement.condition.get("StringEquals", {}).get("aws:SourceAccount")
            if set(statement.services) - _WITHOUT_SOURCE and not is_this_account(bound):
                yield f"{role} is assumed by {', '.join(statement.services)} for any account"


def every_policy_is_of_the_version_of_2012(stage: Declared) -> Iterator[str]:
    """Each policy says the version without which variables in it are plain text.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """
    for each in stage.all.values():
        for document in _documents(each.properties):
            if document.get("Version") != "2012-10-17":
                yield f"{each} has a policy of the version {document.get('Version')}"


def there_are_no_users(stage: Declared) -> Iterator[str]:
    """No user and no access key is declared."""
    for each in stage.of_type("AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::Group"):
        yield f"{each} is a {each.kind}"


def an_iam_url_is_for_nobody_by_default(stage: Declared) -> Iterator[str]:
    """Nobody but named principals may call a URL with AWS_IAM; a public one has both permissions.

    A public URL needs `lambda:InvokeFunctionUrl`, and `lambda:InvokeFunction` by the URL alone
    (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html).
    """
    public = {
        stage.find(url.properties["TargetFunctionArn"], url.stack)
        for url in stage.of_type("AWS::Lambda::Url")
        if url.properties["AuthType"] == "NONE"
    }
    allowed: dict[Declaration | None, set[str]] = {function: set() for function in public}
    for each in stage.of_type("AWS::Lambda::Permission"):
        function = stage.find(each.properties["FunctionName"], each.stack)
        if each.properties["Principal"] != "*":
            continue
        if function not in public:
            yield f"{each} lets everybody call {function}"
        elif _by_the_url_alone(each.properties):
            allowed[function].add(each.properties["Action"])
        else:
            yield f"{each} lets everybody call {function}, also past its URL"
    for function, actions in allowed.items():
        for action in sorted({"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} - actions):
            yield f"the URL of {function} is public, and nobody has {action} by it"


def a_service_calls_for_this_account_alone(stage: Declared) -> Iterator[str]:
    """A service that may invoke a function does so for a source that is named."""
    for each in stage.of_type("AWS::Lambda::Permission"):
        principal = str(each.properties["Principal"])
        named = {"SourceArn", "SourceAccount", "PrincipalOrgID"} & set(each.properties)
        if principal.endswith(".amazonaws.com") and not named:
            yield f"{each} lets {principal} call for any account"


def no_key_policy_lets_strangers_in(stage: Declared) -> Iterator[str]:
    """A key is for the account, and for services on behalf of what is named in a condition."""
    for key in stage.of_type("AWS::KMS::Key"):
        for statement in statements(key.properties["KeyPolicy"], where=str(key)):
            principal = statement.principal
            if statement.effect != "Allow":
                continue
            if principal == "*" or (isinstance(principal, dict) and principal.get("AWS") == "*"):
                yield f"{statement} lets everybody use the key"
            elif statement.services and not statement.condition:
                yield f"{statement} lets {', '.join(statement.services)} use the key for anybody"


def _by_the_url_alone(properties: Json) -> bool:
    if properties["Action"] == "lambda:InvokeFunctionUrl":
        return bool(properties.get("FunctionUrlAuthType") == "NONE")
    return bool(properties.get("InvokedViaFunctionUrl") is True)


def _trusts(role: Declaration, service: str) -> bool:
    return any(
        statement.effect == "Allow"
        and statement.actions == ("sts:AssumeRole",)
        and service in statement.services
        for statement in statements(role.properties["AssumeRolePolicyDocument"], where=str(role))
    )


def _documents(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, dict) and "Statement" in value:
        yield value
    for each in inner(value):
        yield from _documents(each)
