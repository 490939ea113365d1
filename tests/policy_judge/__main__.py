"""`python -m tests.policy_judge FOLDER [--cases N]`: compare our evaluator with another's.

FOLDER has the other, which is installed by `make compare-policies`. Each request that the two
decide differently is written with its policies; then the exit code is 1.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from ops.local.rules.patterns import Keys, replaced
from ops.local.rules.policies import evaluate
from ops.local.rules.policy_documents import Statement
from tests.policy_judge.generated import Case, Cases

HERE = Path(__file__).resolve().parent
NODE = Path(sys.executable).parent / "node"
SEED = 14


def ours(case: Case) -> str:
    """Our decision in the judge's words."""
    decision = evaluate(case.request, case.policies)
    if decision.allowed:
        return "Allowed"
    return "ExplicitlyDenied" if decision.explicit else "ImplicitlyDenied"


def _session_named(case: Case) -> bool:
    caller, resource = case.request.principal, case.policies.resource
    return (
        bool(case.policies.session)
        and caller.account == case.request.owner
        and resource is not None
        and any(
            name in {"*", caller.arn}
            for statement in resource.statements
            for _, name in statement.principals or ()
        )
    )


def _statements(case: Case) -> Iterator[Statement]:
    policies = case.policies
    single = [policy for policy in (policies.boundary, policies.resource) if policy]
    for policy in (*policies.identity, *policies.session, *single):
        yield from policy.statements


def _any_if_exists(case: Case) -> bool:
    return any(
        condition.quantifier == "foranyvalue"
        and condition.if_exists
        and condition.key not in case.request.keys
        for statement in _statements(case)
        for condition in statement.conditions
    )


def _negated_without_value(case: Case) -> bool:
    keys = Keys(case.request.keys)
    return any(
        condition.negated and statement.variables and replaced(value, keys) is None
        for statement in _statements(case)
        for condition in statement.conditions
        for value in condition.values
    )


def _taken_out_without_value(case: Case) -> bool:
    keys = Keys(case.request.keys)
    return any(
        statement.not_resources and statement.variables and replaced(resource, keys) is None
        for statement in _statements(case)
        for resource in statement.resources or ()
    )


def _older_with_variable(case: Case) -> bool:
    return any(
        not statement.variables and "${" in text
        for statement in _statements(case)
        for text in (
            *(statement.resources or ()),
            *(value for condition in statement.conditions for value in condition.values),
        )
    )


# Where the judge decides otherwise than AWS's pages say (docs/decisions/0036-policy-evaluator.md).
KNOWN: dict[str, Callable[[Case], bool]] = {
    "a session that the resource names itself is not limited by its session policy": _session_named,
    "ForAnyValue with IfExists is met without the key": _any_if_exists,
    "a negated operator is met by a variable without a value": _negated_without_value,
    "a variable without a value takes nothing out of NotResource": _taken_out_without_value,
    "the language of 2008 has no variables": _older_with_variable,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.policy_judge")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=int, default=10_000)
    options = parser.parse_args(arguments)
    made = Cases(SEED)
    cases = [made.case() for _ in range(options.cases)]
    judged = subprocess.run(
        [str(NODE), str(HERE / "judge.mjs"), str(options.folder.resolve())],
        input="".join(f"{json.dumps(case.simulation)}\n" for case in cases),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout.splitlines()
    counted, explained = Counter(judged), Counter[str]()
    unexplained = 0
    for case, theirs in zip(cases, judged, strict=True):
        if ours(case) == theirs:
            continue
        why = next((reason for reason, known in KNOWN.items() if known(case)), None)
        if why:
            explained[why] += 1
            continue
        unexplained += 1
        print(f"ours {ours(case)}, theirs {theirs}: {json.dumps(case.simulation, indent=1)}")
    print(f"{len(cases)} requests: {_counts(counted)}")
    print(f"decided differently: {unexplained}; and as AWS's pages say it: {_counts(explained)}")
    return int(unexplained > 0)


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(counted.items())) or "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
