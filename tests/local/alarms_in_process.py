"""Each alarm of a stage is driven to ALARM and back, to a message that a queue got.

It runs on the interpreter of the local cloud, for `test_alarms.py`, without a server: alarm, topic,
queue and metrics are MiniStack's, with what the local cloud teaches it. Its arguments are an
assembly and the settings of its stages.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from ops.local import metric_alarms
from stacks.settings import Domain, Settings
from tests.infra import alarms, templates
from tests.infra.alarm_days import Day, days_of
from tests.infra.templates import Json, StageTemplates
from tests.local.network_in_process import client

SNS, SQS = client("sns"), client("sqs")


class Driven:
    """An alarm of a template with a topic and a queue of its own."""

    def __init__(self, drive: StageTemplates, logical_id: str, properties: Json) -> None:
        self.drive, self.properties = drive, properties
        self.queue = SQS.create_queue(QueueName=logical_id)["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:000000000000:{logical_id}"
        topic = SNS.create_topic(Name=logical_id)["TopicArn"]
        SNS.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        create = provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"]["create"]
        # Those that call a function have the topic as their last action.
        told = {
            name: [topic]
            for name in ("AlarmActions", "OKActions", "InsufficientDataActions")
            if name in properties
        }
        name, _ = create(logical_id, self._plain(properties) | told, drive.name)
        self.alarm = cloudwatch._alarms[name]

    def _plain(self, value: Json) -> Json:
        """Return a value of the template with names in place of references."""
        if isinstance(value, list):
            return [self._plain(each) for each in value]
        if not isinstance(value, dict):
            return value
        if set(value) & {"Ref", "Fn::GetAtt", "Fn::ImportValue", "Fn::Join"}:
            return self.drive.text(value)
        return {name: self._plain(each) for name, each in value.items()}

    def after(self, days: list[Day]) -> str:
        """Return the state when the last periods were like this, the newest last.

        A day has the values of metrics by their ids; `alone` is that of the one without an id.
        """
        cloudwatch._metrics.clear()
        now = time.time()
        for number, stat in alarms.stats(self.alarm):
            metric = stat["Metric"]
            of_it = cloudwatch._dims_from_list(metric["Dimensions"])
            key = (metric["Namespace"], metric["MetricName"], cloudwatch._dims_key(of_it))
            for back, day in enumerate(reversed(days)):
                value = day.get(number)
                if value is not None:
                    at = now - (back + 0.5) * int(stat["Period"])
                    point = {"Timestamp": at, "Value": value, "Dimensions": of_it}
                    cloudwatch._metric_bucket(key).append(point)
        metric_alarms.evaluate(self.alarm)
        state: str = self.alarm["StateValue"]
        return state

    def heard(self) -> list[dict[str, Any]]:
        """Take the messages that were delivered."""
        got = SQS.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        for each in got:
            SQS.delete_message(QueueUrl=self.queue, ReceiptHandle=each["ReceiptHandle"])
        return [json.loads(json.loads(each["Body"])["Message"]) for each in got]


def drive_it(driven: Driven, bad: Sequence[Day], good: Day, *, hears_silence: bool) -> None:
    """To ALARM by each bad day, and back by a good one; and to silence, if it hears that."""
    sentence, periods = driven.alarm["AlarmDescription"], int(driven.alarm["EvaluationPeriods"])
    assert sentence == driven.properties["AlarmDescription"]
    assert driven.after([good] * periods) == "OK"
    assert driven.heard() == []
    for day in bad:
        assert driven.after([day] * periods) == "ALARM"
        [message] = driven.heard()
        assert (message["NewStateValue"], message["AlarmDescription"]) == ("ALARM", sentence)
        assert driven.after([day] * periods) == "ALARM"
        assert driven.heard() == [], "said once"
        assert driven.after([good] * periods) == "OK"
        assert driven.heard() == []
    if hears_silence:
        # A value that lacks is replaced by an older one at first.
        assert driven.after([*[good] * periods, {}]) == "OK"
        assert driven.heard() == []
        assert driven.after([{}] * periods) == "INSUFFICIENT_DATA"
        [message] = driven.heard()
        assert message["AlarmDescription"] == sentence


def of_the_brake(drive: StageTemplates) -> Iterator[tuple[str, Json]]:
    """Yield the logical id and the resource of each of the brake's alarms."""
    for template in drive.templates:
        for logical_id, resource in template.body["Resources"].items():
            of_it = resource["Type"] == alarms.ALARM
            if of_it and resource["Metadata"]["LambdaDriveAlarm"]["Name"] in alarms.BRAKES:
                yield logical_id, resource


def main(assembly: Path, stages: list[dict[str, Any]]) -> None:
    """Drive all, and print how many there are and of which kinds."""
    metric_alarms._keep_metrics_of_templates()
    kinds: list[str] = []
    for each in stages:
        domain = each.pop("domain", None)
        settings = Settings(**each, domain=Domain(**domain) if domain else None)
        drive = templates.load(assembly, settings.name)
        sources = alarms.sources(drive)
        for name, wanted in days_of(settings).items():
            logical_id, resource = alarms.named(drive)[name]
            properties = resource["Properties"]
            ids = {
                of: number
                for of, (_, _, number) in alarms.metrics(drive, sources, properties).items()
            }
            bad, good = (
                [{ids[of]: value for of, value in day.items()} for day in days]
                for days in (wanted.bad, wanted.good)
            )
            silence = not wanted.partners and len(wanted.metrics) == 1
            driven = Driven(drive, logical_id, properties)
            drive_it(driven, bad, good[0], hears_silence=silence)
            kinds.append(name)
        for logical_id, resource in of_the_brake(drive):
            driven = Driven(drive, logical_id, resource["Properties"])
            much = dict.fromkeys((number for number, _ in alarms.stats(driven.alarm)), 1e12)
            drive_it(driven, [much], {}, hears_silence=False)
            kinds.append(resource["Metadata"]["LambdaDriveAlarm"]["Name"])
    print(json.dumps(kinds))


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
