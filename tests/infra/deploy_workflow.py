"""GitHub's workflow that deploys the stages in turn, from the stages in `environments.py`.

`make reference` writes it; `tests/infra/test_workflows.py` compares. GitHub's own means have no
loop in which each stage waits for the one before it and for its own reviewers.
"""

import sys
from pathlib import Path

from environments import GITHUB, STAGES

FILE = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "deploy.yml"

_FIRST = """\
# Written by make reference from the stages in environments.py (tests/infra/deploy_workflow.py).
#
# Every commit on {branch} goes to {first} (first.yml), and on to {others}
# when a reviewer of that environment agrees. An environment that asks no reviewer is deployed
# only when somebody starts this by hand. Nothing is deployed until the repository has the
# variable AWS_REGION (docs/operations/shipping.md).
name: Deploy
on:
  push:
    branches: [{branch}]
  workflow_dispatch:
permissions: {{}}
jobs:
  {first}:
    permissions:
      contents: read
      id-token: write
    # From its check on, so that no commit overtakes an earlier one. Of those that wait, the
    # newest stays.
    concurrency:
      group: deploy-{first}
      cancel-in-progress: false
    uses: ./.github/workflows/first.yml
    with:
      stage: {first}
"""

_NEXT = """\
  {stage}-reviewers:
    needs: {before}
    if: vars.AWS_REGION != ''
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      actions: read
    outputs:
      asked: ${{{{ steps.look.outputs.asked }}}}
    steps:
      # https://docs.github.com/en/rest/deployments/environments#get-an-environment
      - id: look
        env:
          GH_TOKEN: ${{{{ github.token }}}}
        run: |
          asked=$(gh api "repos/$GITHUB_REPOSITORY/environments/{stage}" \\
            --jq 'any(.protection_rules[]?; .type == "required_reviewers")')
          echo "asked=$asked" >>"$GITHUB_OUTPUT"
          if [ "$asked" != true ]; then
            echo "::notice title={stage}::The environment {stage} has no required reviewers:" \\
              "start this workflow by hand to deploy it."
          fi
  {stage}:
    needs: [{needs}]
    if: needs.{stage}-reviewers.outputs.asked == 'true' || github.event_name == 'workflow_dispatch'
    permissions:
      contents: read
      id-token: write
    concurrency:
      group: deploy-{stage}
      cancel-in-progress: false
    uses: ./.github/workflows/ship.yml
    with:
      stage: {stage}
      runner: ${{{{ fromJSON(needs.{first}.outputs.runners).{stage} }}}}
"""


def written(stages: tuple[str, ...], branch: str) -> str:
    """Return the workflow that deploys these stages in this order, from this branch."""
    first, *others = stages
    named = ", then ".join(others) or "no other stage"
    text = _FIRST.format(first=first, branch=branch, others=named)
    for before, stage in zip(stages, others, strict=False):
        needs = ", ".join(dict.fromkeys([first, before, f"{stage}-reviewers"]))
        text += _NEXT.format(stage=stage, before=before, needs=needs, first=first)
    return text


def current() -> str:
    """Return the workflow for the project's own stages: those that GitHub ships, or all."""
    names = tuple(stage.name for stage in (GITHUB.stages if GITHUB else STAGES))
    return written(names, GITHUB.branch if GITHUB else "main")


def main() -> int:
    """Write the workflow, and say whether it changed."""
    if FILE.read_text() != (new := current()):
        FILE.write_text(new)
        print(f"{FILE.name}: changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
