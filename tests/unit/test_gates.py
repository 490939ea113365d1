"""The scanners of `make gates`: what is excused, what is not, and what shows that one is off."""

import io
import json
import platform
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ops.review.sarif import Scan, ScanResult, read_scans
from stacks.settings import Settings
from tests.gates import __main__ as gates
from tests.gates import scanners
from tests.gates.exceptions import EXCUSES, Choice, Excuse
from tests.gates.findings import Finding, dead, distinct, needless, resource_path, unexcused
from tests.gates.planted import FILE, PLANTED, TEMPLATE
from tests.gates.resolved import in_whole_numbers, resolved, without_paths
from tests.gates.sarif import as_sarif
from tests.infra.templates import Json

STACKS = Path(__file__).resolve().parents[2] / "stacks"
LIMIT = 8

FOUND = Finding("checkov", "CKV_1", "Dev/Service/Files/Function", "a queue is missing")
EXCUSE = Excuse("function.py Function", {"Service/Files/Function": ("checkov CKV_1",)}, "Because.")


def test_what_no_exception_covers_is_told_in_a_line() -> None:
    assert unexcused([FOUND], [], []) == [
        "Dev/Service/Files/Function: checkov CKV_1: a queue is missing"
    ]


def test_an_exception_excuses_its_own_finding_in_every_stage() -> None:
    shipped = Finding("checkov", "CKV_1", f"LambdaDrivePipeline/{FOUND.construct}")
    assert unexcused([FOUND, shipped], [EXCUSE], []) == []


@pytest.mark.parametrize(
    "other",
    [
        Finding("checkov", "CKV_2", FOUND.construct),
        Finding("cfn-lint", "CKV_1", FOUND.construct),
        Finding("checkov", "CKV_1", "Dev/Service/Usage/Function"),
        Finding("checkov", "CKV_1", "Dev/Service/MyFiles/Function"),
        Finding("checkov", "CKV_1", f"{FOUND.construct}/Resource"),
    ],
)
def test_an_exception_excuses_nothing_else(other: Finding) -> None:
    assert unexcused([FOUND, other], [EXCUSE], []) == [str(other)]


def test_an_ellipsis_in_an_exception_stands_for_any_text() -> None:
    excuse = Excuse("route.py Route", {"Subnet…/Route": ("nag R[Resource::…/*]",)}, "Because.")
    for construct, rule, told in (
        ("Dev/Data/Subnet1/Route", "R[Resource::key/*]", []),
        (
            "Dev/Data/Subnet1/Table",
            "R[Resource::key/*]",
            ["Dev/Data/Subnet1/Table: nag R[Resource::key/*]: "],
        ),
        (
            "Dev/Data/Subnet1/Route",
            "R[Resource::*]",
            ["Dev/Data/Subnet1/Route: nag R[Resource::*]: "],
        ),
    ):
        assert unexcused([Finding("nag", rule, construct)], [excuse], []) == told


def test_what_a_deployer_chose_is_excused_in_the_stages_that_chose_it() -> None:
    chosen = replace(EXCUSE, choice=Choice("retain", lambda stage: stage.retain))
    dev, prod = Settings(name="Dev", retain=False), Settings(name="Prod", retain=True)
    of_prod = replace(FOUND, construct="LambdaDrivePipeline/Prod/Service/Files/Function")
    of_neither = replace(FOUND, construct="LambdaDrivePipeline/Service/Files/Function")
    told = f"{FOUND} (excused with retain alone)"
    found = [FOUND, of_prod, of_neither]
    assert unexcused(found, [chosen], [dev, prod]) == [told]
    assert unexcused([of_neither], [chosen], [dev]) == [f"{of_neither} (excused with retain alone)"]
    assert unexcused(found, [chosen], [replace(dev, retain=True), prod]) == []


def test_the_log_of_a_pipeline_is_kept_as_one_of_its_stages_chose() -> None:
    """Also where a stage has the name of a part of the pipeline."""
    found = Finding("cfn-guard", "CT.CLOUDWATCH.PR.2", "LambdaDrivePipeline/Delivery/Log/Resource")
    shorter = Settings(name="Prod", retain=True, log_retention_days=30)
    year = replace(shorter, log_retention_days=365)
    for name in ("Dev", "Delivery", "Log"):
        assert unexcused([found], EXCUSES, [replace(year, name=name), shorter]) == []
        assert len(unexcused([found], EXCUSES, [replace(year, name=name), year])) == 1


def test_a_stage_may_have_the_name_of_a_stack() -> None:
    chosen = replace(EXCUSE, choice=Choice("retain", lambda stage: stage.retain))
    names = ("Data", "Service", "Files", "Dev")
    for name in names:
        stages = [Settings(name=each, retain=each == name) for each in names]
        for each in names:
            for before in ("", "LambdaDrivePipeline/"):
                found = replace(FOUND, construct=f"{before}{each}/Service/Files/Function")
                assert (unexcused([found], [chosen], stages) == []) is (each == name)


def test_no_stage_makes_a_choice_by_default() -> None:
    for retain in (False, True):
        default = Settings(name="Default", retain=retain)
        for excuse in EXCUSES:
            assert not (excuse.choice and excuse.choice.made(default)), excuse.construct


def test_an_exception_that_nothing_needs_is_told() -> None:
    assert needless([FOUND], [EXCUSE]) == []
    assert needless([], [EXCUSE]) == [
        "Service/Files/Function: checkov CKV_1 finds nothing: remove its exception"
    ]


def test_a_gate_that_does_not_find_what_is_planted_is_off() -> None:
    planted = {"checkov": ("CKV_1",), "cfn-lint": ("E1",)}
    assert dead([FOUND], planted) == ["cfn-lint did not find E1, which is planted: it is off"]


def test_every_gate_has_something_planted_for_it() -> None:
    assert set(PLANTED) == set(scanners.SCANNERS)


def test_all_scanners_are_given_the_templates_and_the_bad_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def scan(folder: Path, templates: Mapping[str, Json]) -> list[Finding]:
        assert {file.name for file in folder.iterdir()} == set(templates) == {"a", FILE}
        assert json.loads((folder / FILE).read_text()) == TEMPLATE
        return [FOUND]

    for name in scanners.SCANNERS:
        monkeypatch.setitem(scanners.SCANNERS, name, scan)
    assert gates.scan({"a": {}}) == [FOUND] * len(scanners.SCANNERS)


def test_a_run_is_good_only_when_each_gate_found_the_fault_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A gate that is silently off says what one says that finds nothing."""
    faults = [
        Finding(name, rule, f"{FILE}#Topic") for name, rules in PLANTED.items() for rule in rules
    ]
    monkeypatch.setattr(gates, "EXCUSES", (EXCUSE,))
    unneeded = "Service/Files/Function: checkov CKV_1 finds nothing: remove its exception"
    other = Finding("checkov", "CKV_2", "Dev/Data/Network")
    missed = [
        f"{each.gate} did not find {each.rule}, which is planted: it is off" for each in faults
    ]
    for found, told in (
        ([*faults, FOUND], []),
        ([FOUND], missed),
        ([*faults, FOUND, other], [str(other)]),
        (faults, [unneeded]),
    ):
        assert gates.judge(found, [], everything=True) == told
    assert gates.judge(faults, []) == []


def test_all_findings_are_written_with_their_exceptions(tmp_path: Path) -> None:
    found = [
        FOUND,
        Finding("checkov", "CKV_2", FOUND.construct, "open"),
        Finding("checkov", "CKV_2", "Dev.template.json#Queue", "of no path"),
        Finding("cdk", "C#1", "Dev/A#B"),
    ]
    (tmp_path / "a").write_text(json.dumps(as_sarif([*found, FOUND], [EXCUSE], ["cfn-lint"])))
    assert read_scans([tmp_path / "a"]) == Scan(
        frozenset(("cdk", "checkov", "cfn-lint")),
        (
            ScanResult("cdk", "C#1", "C#1", ("Dev/A#B",)),
            ScanResult(
                *("checkov", "CKV_1", "a queue is missing", (FOUND.construct,)),
                excused=True,
                because="Because.",
            ),
            ScanResult("checkov", "CKV_2", "of no path", ("Queue",), "Dev.template.json"),
            ScanResult("checkov", "CKV_2", "open", (FOUND.construct,)),
        ),
    )


def test_a_version_of_an_app_is_scanned_and_not_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stages of one version must not be left out because they are alike."""
    topic = {"Type": "AWS::SNS::Topic"}
    for name in ("manifest", "A.template", "B.template"):
        content = {"artifacts": {}, "Resources": {"Topic": topic}}
        (tmp_path / f"{name}.json").write_text(json.dumps(content))

    def scan(_: Path, templates: Mapping[str, Json]) -> list[Finding]:
        return [
            Finding(gate, rule, f"{file}#Topic")
            for file in templates
            for gate, rules in PLANTED.items()
            for rule in (rules if file == FILE else rules[:1])
        ]

    monkeypatch.setattr(gates, "SCANNERS", {"all": scan})
    sarif = tmp_path / "a.sarif"
    monkeypatch.setattr(sys, "argv", ["gates", str(tmp_path), "--sarif", str(sarif)])
    assert gates.main() == 0
    assert f"{2 * len(PLANTED)} findings in {sarif}" in capsys.readouterr().out
    found = read_scans([sarif]).results
    assert {each.file for each in found} == {"A.template.json", "B.template.json"}
    monkeypatch.setattr(gates, "SCANNERS", {"all": lambda *_: []})
    assert gates.main() == 1
    assert "checkov did not find" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["gates", str(tmp_path)])
    with pytest.raises(SystemExit):
        gates.main()
    assert "--sarif is needed" in capsys.readouterr().err


def test_a_program_that_says_nothing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "cfn-lint/bin/cfn-lint"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(scanners, "ENVIRONMENTS", tmp_path)
    with pytest.raises(SystemExit, match="cfn-lint said nothing, and ended with 3: broken"):
        scanners.cfn_lint(tmp_path, {})


_SAID = {
    "messages": {"custom_message": "\n  [CT.SQS.PR.2]: Encrypt it\n  [FIX]: Do so.\n"},
    "checks": [{"path": "/Resources/Queue/Properties"}],
}
_GUARD = f"""#!{sys.executable}
print({json.dumps([{"name": "./a", "not_compliant": [{"Rule": _SAID}]}])!r})
"""


def test_guard_runs_the_rules_of_the_types_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "cfn-guard/lib/cdk-validator-cfnguard@1.jsii.tgz"
    package.parent.mkdir(parents=True)
    with tarfile.open(package, "w:gz") as archive:
        for name, text in {
            "package/bin/ubuntu/x86_64/cfn-guard": _GUARD,
            "package/bin/ubuntu/aarch64/cfn-guard": "#!/bin/sh\nexit 1\n",
            "package/rules/sqs/queue.guard": 'let type = "AWS::SQS::Queue"',
            "package/rules/sns/topic.guard": 'let type = "AWS::SNS::Topic"',
        }.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    monkeypatch.setattr(scanners, "ENVIRONMENTS", tmp_path)
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    kept: list[list[str]] = []
    unpack = scanners._unpack_guard

    def unpacked(folder: Path, types: set[str]) -> None:
        unpack(folder, types)
        kept.append(sorted(each.name for each in (folder / "rules").iterdir()))

    monkeypatch.setattr(scanners, "_unpack_guard", unpacked)
    queue = {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "Dev/Queue"}}
    found = scanners.cfn_guard(tmp_path, {"a": {"Resources": {"Queue": queue}}})
    assert found == [Finding("cfn-guard", "CT.SQS.PR.2", "Dev/Queue", "Encrypt it")]
    assert kept == [["queue.guard"]]


def test_the_same_template_is_scanned_once(tmp_path: Path) -> None:
    for name, path, size in (("a", "Dev/A", 1), ("b", "Pipeline/Dev/A", 1), ("c", "Prod/A", 2)):
        body = {"Resources": {"A": {"Size": size, "Metadata": {"aws:cdk:path": path}}}}
        (tmp_path / name).write_text(json.dumps(body))
    read = distinct(tmp_path / name for name in "abc")
    assert [file.name for file in read] == ["a", "c"]
    assert resource_path({"a": read[tmp_path / "a"]}, "a", "A") == "Dev/A"


def test_templates_that_differ_in_the_name_of_their_stage_alone_are_read_once(
    tmp_path: Path,
) -> None:
    for name, stage, size in (("a", "Dev", 1), ("b", "Zones1", 1), ("c", "Zones2", 2)):
        path = {"aws:cdk:path": f"{stage}/Data/A"}
        resource = {"Size": size, "Names": [stage, f"/lambda-drive/{stage}/a"], "Metadata": path}
        body = {"Description": f"{stage} drive: the files", "Resources": {"A": resource}}
        (tmp_path / name).write_text(json.dumps(body))
    shipped = {
        "Size": 1,
        "Names": ["Ships/Dev", "/lambda-drive/Dev/a"],
        "Metadata": {"aws:cdk:path": "Ships/Dev/Data/A"},
    }
    body = {"Description": "Dev drive: the files", "Resources": {"A": shipped}}
    (tmp_path / "shipped").write_text(json.dumps(body))
    # Of which nobody knows a stage, whatever it names.
    for name, group in (("d", "Dev-a"), ("e", "Zones1-a")):
        other = {"Description": "Ships the drive", "Resources": {"A": {"Name": group}}}
        (tmp_path / name).write_text(json.dumps(other))
    read = distinct(tmp_path / name for name in ("a", "b", "shipped", "c", "d", "e"))
    assert [file.name for file in read] == ["a", "c", "d", "e"]


def test_exceptions_are_few_and_say_why() -> None:
    assert len([excuse for excuse in EXCUSES if not excuse.choice]) <= LIMIT
    assert max(Counter(excuse.construct for excuse in EXCUSES).values()) == 1
    pairs = [pair for excuse in EXCUSES for pair in excuse.pairs()]
    assert len(set(pairs)) == len(pairs)
    for excuse in EXCUSES:
        assert excuse.because.endswith(".")
        assert excuse.found
        for _, rule in excuse.pairs():
            assert rule.partition(" ")[0] in {"cdk-nag", *scanners.SCANNERS}


def test_an_exception_is_of_a_construct_of_the_stacks() -> None:
    for excuse in EXCUSES:
        file, name = excuse.construct.split()
        assert re.search(rf"^class {name}[(:]", (STACKS / file).read_text(), re.MULTILINE), name


def test_what_a_function_puts_together_is_text_to_a_scanner() -> None:
    policy = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":", {"Ref": "Key"}, "/*"]]}
    template = {
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket", "Id": {"Ref": "AWS::AccountId"}},
            "Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "Joined": policy,
                    "Imported": {"Fn::ImportValue": "Dev-Data:Group"},
                    "Named": [{"Fn::GetAtt": ["Bucket", "Arn"]}, {"Ref": "Bucket"}],
                    "Inside": {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]},
                },
            },
        }
    }
    resources = resolved(template)["Resources"]
    assert resources["Bucket"]["Id"] == "123456789012"
    assert resources["Policy"]["Properties"] == {
        "Joined": "arn:aws:<Key>/*",
        "Imported": "Dev-Data:Group",
        "Named": ["arn:aws:s3:::bucket", {"Ref": "Bucket"}],
        "Inside": "arn:aws:s3:::bucket/*",
    }


def test_what_no_scanner_judges_is_taken_from_its_copy() -> None:
    assert in_whole_numbers({"Threshold": 0.375, "Period": 60}) == {"Threshold": 1, "Period": 60}
    reference = {"VALUE": "{{resolve:ssm:/a/b}}", "PATH": "/a/b"}
    assert without_paths(reference) == {"VALUE": "{{resolve:ssm::a:b}}", "PATH": "/a/b"}
