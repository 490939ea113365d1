"""Exports of stacks: what may not change while another stack imports it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html: an
export's name is unique in an account and a region, and one that is imported can neither be deleted
nor changed. CloudFormation's words are those in aws-samples/generative-ai-use-cases#1232,
anomalyco/sst#1256 and aws-solutions/aws-waf-security-automations#268.
"""

from collections.abc import Iterable, Mapping


class ExportError(ValueError):
    """CloudFormation refuses an export, in its words."""


def check_update(
    before: Mapping[str, str],
    after: Mapping[str, str],
    importers: Mapping[str, Iterable[str]],
    others: Mapping[str, str],
) -> None:
    """Hold a stack's exports, name to value, to what other stacks have.

    `importers` has the stacks that import an export, `others` the stack of each export of others.
    """
    for name in sorted(after.keys() & others.keys()):
        raise ExportError(f"Export with name {name} is already exported by stack {others[name]}")
    for name, value in before.items():
        using = sorted(importers.get(name, ()))
        if using and after.get(name) != value:
            verb = "update" if name in after else "delete"
            raise ExportError(
                f"Update canceled. Cannot {verb} export {name} as it is in use by"
                f" {' and '.join(using)}."
            )


def check_deletion(exports: Iterable[str], importers: Mapping[str, Iterable[str]]) -> None:
    """Refuse to delete a stack of which another stack imports an export."""
    for name in exports:
        if using := sorted(importers.get(name, ())):
            raise ExportError(
                f"Export {name} cannot be deleted as it is in use by {' and '.join(using)}"
            )
