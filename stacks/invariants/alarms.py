"""The alarms: each is heard, by those alone who should hear it."""

from collections.abc import Iterator

from stacks.invariants.declared import Declaration, Declared, Json, as_list
from stacks.invariants.statements import allowed, is_this_account, statements

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
_MISSING_DATA = ("breaching", "notBreaching", "ignore", "missing")


def every_alarm_is_heard(stage: Declared) -> Iterator[str]:
    """Each alarm is on, tells a topic of the stage, and says what to do."""
    for alarm in stage.of_type("AWS::CloudWatch::Alarm"):
        told = {
            each.kind for each in _told(stage, alarm.properties.get("AlarmActions"), alarm.stack)
        }
        if alarm.properties.get("ActionsEnabled") is False or "AWS::SNS::Topic" not in told:
            yield f"{alarm} tells no topic of the stage"
        if not str(alarm.properties.get("AlarmDescription", "")).strip():
            yield f"{alarm} does not say what to do"
        if alarm.properties.get("TreatMissingData") not in _MISSING_DATA:
            yield f"{alarm} does not say what missing data mean"


def every_alarm_that_is_quiet_without_data_has_a_partner_that_is_not(
    stage: Declared,
) -> Iterator[str]:
    """Each alarm tells its topic when it has no data, or names an alarm of the stage that does.

    Its partner is the first of those it names that the stage has. That the partner's metric is
    sent regularly, and over what the other looks at, is for whoever names it
    (docs/decisions/0041-alarms.md).
    """
    by_name: dict[str, Declaration] = {}
    for alarm in stage.of_type("AWS::CloudWatch::Alarm"):
        name = _said(alarm).get("Name")
        if not name:
            yield f"{alarm} has no name by which others know it"
        elif name in by_name:
            yield f"{alarm} has the name {name} of {by_name[name]}"
        else:
            by_name[name] = alarm
    for alarm in stage.of_type("AWS::CloudWatch::Alarm"):
        if _hears_silence(stage, alarm):
            continue
        named = _said(alarm).get("Partners", [])
        partner = next((by_name[each] for each in named if each in by_name), None)
        if partner is None:
            yield f"{alarm} is quiet without data, and names no alarm of the stage that is not"
        elif not _hears_silence(stage, partner):
            yield f"{alarm} is quiet without data, and so is its partner {partner}"


def _said(alarm: Declaration) -> Json:
    return alarm.resource.get("Metadata", {}).get("LambdaDriveAlarm", {})


def _hears_silence(stage: Declared, alarm: Declaration) -> bool:
    """Say whether no data make an alarm call a topic.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    actions = {"breaching": "AlarmActions", "missing": "InsufficientDataActions"}
    action = actions.get(alarm.properties.get("TreatMissingData", "missing"))
    if action is None or alarm.properties.get("ActionsEnabled") is False:
        return False
    told = _told(stage, alarm.properties.get(action), alarm.stack)
    return any(each.kind == "AWS::SNS::Topic" for each in told)


def a_function_that_an_alarm_calls_lets_alarms_in(stage: Declared) -> Iterator[str]:
    """Alarms of this account, and no others, may call the functions that alarms of the stage call.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
    """
    let_in = [
        stage.find(each.properties["FunctionName"], each.stack)
        for each in stage.of_type("AWS::Lambda::Permission")
        if each.properties["Principal"] == "lambda.alarms.cloudwatch.amazonaws.com"
        and {"SourceAccount", "SourceArn"} <= set(each.properties)
    ]
    for alarm in stage.of_type("AWS::CloudWatch::Alarm"):
        for each in _told(stage, alarm.properties.get("AlarmActions"), alarm.stack):
            if each.kind == "AWS::Lambda::Function" and each not in let_in:
                yield f"{alarm} calls {each}, which lets no alarm in"


def a_topic_takes_messages_of_the_account_alone(stage: Declared) -> Iterator[str]:
    """A topic has a key of the stage, and takes messages of services for this account, by TLS."""
    policies = {
        topic: policy
        for policy in stage.of_type("AWS::SNS::TopicPolicy")
        for topic in stage.referred(policy.properties["Topics"], policy.stack)
    }
    for topic in stage.of_type("AWS::SNS::Topic"):
        key = stage.find(topic.properties.get("KmsMasterKeyId"), topic.stack)
        if key is None or key.kind != "AWS::KMS::Key":
            yield f"{topic} is not encrypted by a key of the stage"
        if topic not in policies:
            yield f"{topic} has no policy"
            continue
        policy = policies[topic]
        found = statements(policy.properties.get("PolicyDocument"), where=str(policy))
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        if not any(each.effect == "Deny" and each.condition == plain for each in found):
            yield f"{topic} takes messages without TLS"
        for statement in found:
            account = statement.condition.get("StringEquals", {}).get("aws:SourceAccount")
            for_it = statement.services and is_this_account(account)
            if statement.effect == "Allow" and not for_it:
                yield f"{statement} lets others than services for this account publish"


def every_key_is_asked_for_by_a_schedule(stage: Declared) -> Iterator[str]:
    """The state of each key is asked for by a function of a schedule, which may ask for it."""
    asked = {
        (key, stage.find(target["Arn"], rule.stack))
        for rule in stage.of_type("AWS::Events::Rule")
        if "ScheduleExpression" in rule.properties and rule.properties.get("State") == "ENABLED"
        for target in rule.properties.get("Targets", [])
        for key in stage.referred(target.get("Input"), rule.stack)
    }
    for key in stage.of_type("AWS::KMS::Key"):
        roles = [
            stage.find(function.properties["Role"], function.stack)
            for of, function in asked
            if of == key and function and function.kind == "AWS::Lambda::Function"
        ]
        if not any("kms:DescribeKey" in allowed(stage, role, key) for role in roles):
            yield f"{key} is not among the keys that the key watch asks for and may ask for"


def a_budget_tells_a_topic(stage: Declared) -> Iterator[str]:
    """Each notification of a budget goes to a topic of the stage."""
    for budget in stage.of_type("AWS::Budgets::Budget"):
        notifications = budget.properties.get("NotificationsWithSubscribers", [])
        if not notifications:
            yield f"{budget} tells nobody"
        for each in notifications:
            told = _told(stage, [it.get("Address") for it in each["Subscribers"]], budget.stack)
            if not told:
                yield f"{budget} tells nobody of {each['Notification']['Threshold']} %"


def _told(stage: Declared, values: Json, stack: str) -> list[Declaration]:
    found = [stage.find(value, stack) for value in as_list(values)]
    return [each for each in found if each]
