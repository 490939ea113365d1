"""The real CLI looks a VPC up, keeps what it found, and asks nobody the next time."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.local.conftest import PROJECT, LocalCloud
from tests.patience import PATIENCE_SECONDS


def synth(folder: Path, vpc_id: str, environment: dict[str, str]) -> Path:
    """Run `cdk synth` in the folder, where the CLI keeps its context, and return the assembly."""
    cdk = PROJECT / ".venv" / "bin" / "cdk"
    app = f"{sys.executable} -m tests.local.existing_vpc {vpc_id}"
    result = subprocess.run(
        [str(cdk), "synth", "**", "--quiet", "--app", app, "--output", "out"],
        check=False,
        cwd=folder,
        env={
            **environment,
            "PATH": f"{cdk.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(PROJECT),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return folder / "out"


def test_a_vpc_is_looked_up_once(ready: LocalCloud, tmp_path: Path) -> None:
    """It is the one that the Dev stage made; its subnets are told apart by their routes."""
    ready.deploy()
    ec2 = ready.client("ec2")
    subnets = {
        tag["Value"]: subnet
        for subnet in ec2.describe_subnets()["Subnets"]
        for tag in subnet.get("Tags", [])
        if tag["Key"] == "Name"
    }
    isolated = [subnet for name, subnet in subnets.items() if "IsolatedSubnet" in name]
    [vpc_id] = {subnet["VpcId"] for subnet in isolated}
    shutil.copy(PROJECT / "cdk.json", tmp_path)

    synth(tmp_path, vpc_id, ready.environment)

    kept = (tmp_path / "cdk.context.json").read_text()
    assert vpc_id in kept
    assembly = synth(tmp_path, vpc_id, {**os.environ})
    assert (tmp_path / "cdk.context.json").read_text() == kept
    [template] = (assembly / "assembly-Dev").glob("DevData*.template.json")
    resources = json.loads(template.read_text())["Resources"].values()
    targets = [each for each in resources if each["Type"] == "AWS::EFS::MountTarget"]
    assert {target["Properties"]["SubnetId"] for target in targets} == {
        subnet["SubnetId"] for subnet in isolated
    }
