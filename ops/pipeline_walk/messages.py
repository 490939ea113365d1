"""What the pipeline of a walk tells people, by the topic, the rule and the alarm that it deployed.

This program stands for CodePipeline, which publishes that an approval waits and sends an event when
a stage failed, and for EventBridge, which counts the events that a rule matches. The local cloud
takes events of AWS's services from nobody, as AWS does, and counts none.
"""

import json
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ops.local.cdk_cli import Target
from ops.local.cloud import Running
from ops.pipeline_walk.build_roles import session
from ops.pipeline_walk.pipeline_template import Action

_RULE, _PIPELINE, _TOPIC = "AWS::Events::Rule", "AWS::CodePipeline::Pipeline", "AWS::SNS::Topic"
_BUCKET = "AWS::S3::Bucket"


class Messages:
    """The messages of the pipeline in one stack, which may not be deployed yet."""

    def __init__(self, stack: str, running: Running, target: Target) -> None:
        self._stack = stack
        self._running = running
        self._target = target

    def resolved(self, text: str) -> str:
        """Return a text with the topics and buckets of the stack in place of their logical ids.

        A topic has its ARN, and a bucket its name.
        """
        for logical_id, name in self._deployed(_TOPIC, _BUCKET).items():
            text = text.replace(logical_id, name)
        return text

    def approval_waits(self, action: Action, pipeline: str) -> None:
        """Publish that a manual approval waits, in its own role, if it names a topic.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-json-format.html
        """
        topic = self.resolved(action.configuration.get("NotificationArn", ""))
        if not topic.startswith("arn:"):
            return
        text = {
            "region": self._target.region,
            "approval": {
                "pipelineName": pipeline,
                "stageName": action.stage,
                "actionName": action.name,
                "customData": action.configuration.get("CustomData", ""),
            },
        }
        assert action.owner is not None
        as_action = session(action.owner, self._running, self._target, self.resolved)
        as_action.client("sns", endpoint_url=self._running.endpoint).publish(
            TopicArn=topic,
            Subject=f"APPROVAL NEEDED: AWS CodePipeline {pipeline} for action {action.name}",
            Message=json.dumps(text),
        )

    def stage_failed(self, stage: str, execution: str) -> None:
        """Count the event of a failed stage, by each rule of the stack that matches it."""
        events, cloudwatch = self._client("events"), self._client("cloudwatch")
        for pipeline in self._deployed(_PIPELINE).values():
            event = json.dumps(stage_event(pipeline, stage, execution, "FAILED", self._target))
            for rule in self._deployed(_RULE).values():
                pattern = events.describe_rule(Name=rule)["EventPattern"]
                if events.test_event_pattern(Event=event, EventPattern=pattern)["Result"]:
                    of_it = [{"Name": "RuleName", "Value": rule}]
                    counted = {"MetricName": "MatchedEvents", "Dimensions": of_it, "Value": 1.0}
                    cloudwatch.put_metric_data(Namespace="AWS/Events", MetricData=[counted])

    def _deployed(self, *kinds: str) -> dict[str, str]:
        """Return the physical ids of the stack's resources of some types, by their logical ids."""
        try:
            found = self._client("cloudformation").describe_stack_resources(StackName=self._stack)
        except ClientError as error:
            if "does not exist" in str(error):
                return {}
            raise
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in found["StackResources"]
            if each["ResourceType"] in kinds
        }

    def _client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
        where = self._target
        return self._running.client(service, account=where.account, region=where.region)


def stage_event(
    pipeline: str, stage: str, execution: str, state: str, target: Target
) -> dict[str, object]:
    """Return what CodePipeline sends to EventBridge when a stage comes to a state.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
    """
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "version": "0",
        "id": execution,
        "detail-type": "CodePipeline Stage Execution State Change",
        "source": "aws.codepipeline",
        "account": target.account,
        "time": now,
        "region": target.region,
        "resources": [f"arn:aws:codepipeline:{target.region}:{target.account}:{pipeline}"],
        "detail": {
            "pipeline": pipeline,
            "version": 1.0,
            "execution-id": execution,
            "start-time": now,
            "stage": stage,
            "state": state,
            "pipeline-execution-attempt": 1.0,
        },
    }
