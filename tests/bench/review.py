"""How long a review takes without synthesis: of this app, and of generated ones up to 5,000."""

import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ops.review.app_version import AppVersion, ReviewedStack
from ops.review.changes import changes
from ops.review.page import as_page
from ops.review.picture import draw
from ops.review.report import report_of
from tests.review.apps import Json, app, resource

REFERENCE = Path(__file__).resolve().parents[1] / "infra" / "reference"
SIZES = (1250, 2500, 5000)
ROUNDS = 5
_A_GROUP = 10


def generated(size: int, *, changed: bool) -> dict[str, Json]:
    """Return so many resources that refer to each other; some differ after the change."""
    found: dict[str, Json] = {}
    groups = size // _A_GROUP
    for number in range(groups):
        path, other = f"Dev/Data/Group{number}", (number + 1) % groups
        moved = changed and number % 11 == 0
        actions = ["s3:GetObject", *(["s3:PutObject"] if changed and number % 3 == 0 else [])]
        found |= {
            f"Key{number}": resource(
                "AWS::KMS::Key", f"{path}/Key", MultiRegion=changed and number % 5 == 0
            ),
            f"Files{number}": resource(
                "AWS::EFS::FileSystem",
                f"{path}/Files",
                KmsKeyId={"Fn::GetAtt": [f"Key{number}", "Arn"]},
            ),
            f"Group{number}": resource("AWS::EC2::SecurityGroup", f"{path}/Group"),
            f"In{number}": resource(
                "AWS::EC2::SecurityGroupIngress",
                f"{path}/In",
                GroupId={"Ref": f"Group{number}"},
                SourceSecurityGroupId={"Ref": f"Group{other}"},
                IpProtocol="tcp",
                FromPort=2049,
                ToPort=2050 if changed and number % 7 == 0 else 2049,
            ),
            f"Role{number}": resource("AWS::IAM::Role", f"{path}/Role"),
            f"Policy{number}": resource(
                "AWS::IAM::Policy",
                f"{path}/Policy",
                Roles=[{"Ref": f"Role{number}"}],
                PolicyDocument={
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": actions,
                            "Resource": {"Fn::GetAtt": [f"Bucket{number}", "Arn"]},
                        }
                    ]
                },
            ),
            f"Bucket{number}": resource("AWS::S3::Bucket", f"{path}/Bucket"),
            f"Function{number}": resource(
                "AWS::Lambda::Function",
                f"{path}/Function",
                Role={"Fn::GetAtt": [f"Role{number}", "Arn"]},
                Timeout=3 + (number % 2 if changed else 0),
            ),
            f"Queue{number}{'Moved' if moved else ''}": resource(
                "AWS::SQS::Queue", f"{path}/{'Inbox' if moved else 'Queue'}"
            ),
            f"Alarm{number}": resource(
                "AWS::CloudWatch::Alarm",
                f"{path}/Alarm",
                Dimensions=[{"Name": "FunctionName", "Value": {"Ref": f"Function{number}"}}],
            ),
        }
    return found


def of_this_app(*, changed: bool) -> AppVersion:
    """Return the reference of both stages; after the change nothing is kept, and all rules are."""
    stacks = {}
    for file in sorted(REFERENCE.glob("*.json")):
        template = json.loads(file.read_text())
        for body in template["Resources"].values() if changed else ():
            body.pop("DeletionPolicy", None)
            body.get("Properties", {}).pop("KmsKeyId", None)
        stacks[file.stem] = ReviewedStack(file.stem, file.stem.partition("-")[0], template)
    return AppVersion("after" if changed else "before", stacks)


def measured(make: Callable[[bool], AppVersion]) -> float:
    """Return the CPU time in seconds of a review with its page and picture: the median."""
    taken = []
    for _ in range(ROUNDS):
        before, after = make(False), make(True)
        begun = time.process_time()
        changed = changes(before, after)
        as_page(report_of(changed), partial(draw, changed))
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


if __name__ == "__main__":
    print(
        f"review, this app        {measured(lambda changed: of_this_app(changed=changed)):5.2f} s"
    )
    for size in SIZES:
        seconds = measured(
            lambda changed, size=size: app(Data=generated(size, changed=changed))  # type: ignore[misc]  # bound now
        )
        print(f"review, {size:5} resources {seconds:5.2f} s, {seconds / size * 1000:.2f} ms each")
