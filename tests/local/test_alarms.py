"""Each alarm of a stage reaches a queue with its sentence; some by what really happens."""

import json
from collections import Counter
from dataclasses import asdict, replace

from stacks.alarms.sentences import SAYS
from stacks.settings import Domain, Settings
from tests.baseline import DEV, PROD
from tests.infra.alarms import BRAKES
from tests.local.assemblies import assembly_of
from tests.local.conftest import in_process

# Together they have an alarm of each kind.
STAGES = (
    DEV,
    PROD,
    replace(
        DEV,
        name="Other",
        egress="nat-instance",
        throughput="bursting",
        max_drive_bytes=10**12,
        backup_copy_to="arn:aws:backup:eu-west-3:123456789012:backup-vault:copies",
        domain=Domain(
            "drive.example.com", "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d"
        ),
    ),
)


def test_each_alarm_is_driven_to_a_message_and_back() -> None:
    """On the interpreter of the local cloud, without a server and without a wait."""
    settings = json.dumps([_changed(each) for each in STAGES])
    driven = Counter(json.loads(in_process("alarms", assembly_of(*STAGES), settings)))
    assert {*driven} == {*SAYS} | BRAKES
    assert driven["FilesErrors"] == len(STAGES)


def _changed(settings: Settings) -> dict[str, object]:
    """Return the settings that are not as by default, as JSON can have them."""
    plain = Settings(name=settings.name, retain=settings.retain)
    return {
        name: value
        for name, value in asdict(settings).items()
        if name in {"name", "retain"} or getattr(settings, name) != getattr(plain, name)
    }
