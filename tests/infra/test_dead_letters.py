"""What a subscriber did not take, or EventBridge could not hand on, lies in one queue."""

from tests.infra.functions import topic_key
from tests.infra.templates import StageTemplates

SUBSCRIPTION, RULE = "AWS::SNS::Subscription", "AWS::Events::Rule"


def test_each_subscription_and_each_rule_has_the_queue(drive: StageTemplates) -> None:
    queue, _ = drive.data.only("AWS::SQS::Queue")
    for each in drive.data.of_type(SUBSCRIPTION).values():
        assert {*each["RedrivePolicy"]} == {"deadLetterTargetArn"}
        assert drive.target(each["RedrivePolicy"]["deadLetterTargetArn"]) == queue
    rules = drive.service.of_type(RULE).values()
    for target in (target for rule in rules for target in rule["Targets"]):
        assert drive.target(target["DeadLetterConfig"]["Arn"]) == queue


def test_the_queue_is_of_the_topics_key_and_takes_what_is_of_the_stage(
    drive: StageTemplates,
) -> None:
    queue, properties = drive.data.only("AWS::SQS::Queue")
    key, key_properties = topic_key(drive)
    assert drive.target(properties["KmsMasterKeyId"]) == key
    _, policy = drive.data.only("AWS::SQS::QueuePolicy")
    assert [drive.target(each) for each in policy["Queues"]] == [queue]
    denied, *allowed = policy["PolicyDocument"]["Statement"]
    assert (denied["Effect"], denied["Action"]) == ("Deny", "sqs:*")
    topic, _ = drive.data.only("AWS::SNS::Topic")
    sources = {
        "sns.amazonaws.com": f"<{topic}>",
        "events.amazonaws.com": "arn:<Partition>:events:<Region>:<AccountId>"
        f":rule/{drive.name}-Service-*",
    }
    assert {
        each["Principal"]["Service"]: drive.text(each["Condition"]["ArnLike"]["aws:SourceArn"])
        for each in allowed
    } == sources
    may_use = [each for each in key_properties["KeyPolicy"]["Statement"] if "Undel" in each["Sid"]]
    assert {each["Principal"]["Service"] for each in may_use} == {*sources}


def test_the_queue_goes_with_its_stack(drive: StageTemplates) -> None:
    """It holds no file, and a stage that is made anew would not find it."""
    [queue] = (
        each for each in drive.data.body["Resources"].values() if each["Type"] == "AWS::SQS::Queue"
    )
    assert (queue["DeletionPolicy"], queue["UpdateReplacePolicy"]) == ("Delete", "Delete")
