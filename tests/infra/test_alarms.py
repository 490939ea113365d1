"""The alarms of a stage: each hears its bad days and no good one, and says what to do."""

from tests.baseline import SETTINGS
from tests.infra import alarms
from tests.infra.cdk_synth import PROJECT
from tests.infra.templates import StageTemplates


def test_each_alarm_hears_a_bad_day_and_no_good_one(drive: StageTemplates) -> None:
    alarms.check(drive, SETTINGS[drive.name])


def test_each_alarm_says_what_to_do_and_the_page_says_the_same(drive: StageTemplates) -> None:
    page = " ".join((PROJECT / "docs" / "operations" / "alarms.md").read_text().split())
    said = set()
    for name, (_, resource) in alarms.named(drive).items():
        sentence = resource["Properties"]["AlarmDescription"]
        assert f"| `{name}` | {sentence} |" in page
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0, "one sentence"
        said.add(sentence)
    assert len(said) == len(alarms.named(drive))
