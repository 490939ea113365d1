"""Access: who may do what on what after a change, and might not before; who is denied no longer.

Statements are compared by what they permit. What is split, merged, put in another order or moved to
another policy of the same holder is no change.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ops.review.access.collected import ACCESS_ALONE
from ops.review.access.fact_findings import changed_facts, facts_of_new
from ops.review.access.grants import Scope
from ops.review.access.statement_findings import changed_statements
from ops.review.access.statements import without_documents
from ops.review.access.versions import Versions
from ops.review.access.whole_findings import gone, new
from ops.review.app_version import Key
from ops.review.changes import Changes, Difference, ResourceChange
from ops.review.equality import same
from ops.review.findings import Finding, Weight, about
from ops.review.property_rules import PropertyRule, switch
from ops.review.property_rules import findings as by_rules

_HOLDERS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_RULES = (
    PropertyRule(
        "AdminCreateUserConfig.AllowAdminCreateUserOnly",
        switch(
            "takes only users that an administrator makes",
            "lets anybody in the world sign up as its user",
            weight_off=Weight.LOOK,
        ),
        ("AWS::Cognito::UserPool",),
    ),
)
_MOST = 6  # findings of one weight about one resource
_ONLY_ACCESS = frozenset(
    ("ManagedPolicyArns", "ManagedPolicies", "PermissionsBoundary", "Groups", "Users")
    + ("PublicAccessBlockConfiguration", "AssumeRolePolicyDocument", "PolicyDocument")
    + ("KeyPolicy", "FileSystemPolicy")
)


def findings(changed: Changes) -> Iterator[Finding]:
    """Yield what is permitted, and to whom, that was not, and the reverse."""
    versions = Versions(changed)
    found: dict[Key | str, list[Finding]] = defaultdict(list)
    fresh: dict[Key, list[Scope]] = defaultdict(list)
    removed: dict[Key, list[Scope]] = defaultdict(list)
    for scope in dict.fromkeys((*versions.after.grants, *versions.before.grants)):
        at = scope.at
        if isinstance(at, tuple) and not versions.was(at):
            fresh[at].append(scope)
        elif isinstance(at, tuple) and not versions.stays(at) and not versions.is_kept(at):
            removed[at].append(scope)
        elif scope.kind != "policy" or at not in versions.after.held:
            found[at] += changed_statements(versions, scope)
    for subject, finding in changed_facts(versions):
        found[subject].append(finding)
    facts = facts_of_new(versions)
    for at in dict.fromkeys((*fresh, *facts)):
        found[at] += new(versions, at, fresh.get(at, ()), facts.get(at, ()))
    for at, scopes in removed.items():
        found[at] += gone(versions, at, scopes)
    few = [finding for some in found.values() for finding in _few(some)]
    yield from few
    yield from by_rules(changed, "access", _RULES)
    yield from _settled(versions, frozenset(each for one in few for each in one.covers))


def _few(found: Sequence[Finding]) -> Iterator[Finding]:
    """Yield findings about one resource; of very many of a weight, the rest as one."""
    by_weight: dict[Weight, list[Finding]] = defaultdict(list)
    for each in found:
        by_weight[each.weight].append(each)
    for weight, some in by_weight.items():
        if weight is Weight.STOP or len(some) <= _MOST:
            yield from some
            continue
        yield from some[: _MOST - 1]
        first, *rest = some[_MOST - 1 :]
        yield replace(
            first,
            sentence=f"{first.sentence}; and {len(rest)} more changes of what is permitted",
            details=tuple(
                line for each in (first, *rest) for line in (each.sentence, *each.details)
            ),
            covers=frozenset(cover for each in (first, *rest) for cover in each.covers),
        )


def _settled(versions: Versions, said: frozenset[tuple[Key, str]]) -> Iterator[Finding]:
    """Yield what is written differently, and permits the same."""
    attributes: Mapping[Key, set[str]] = defaultdict(set)
    for key, attribute in versions.before.sources | versions.after.sources:
        attributes[key].add(attribute)
    for each in versions.changed.resources:
        key = each.resource.key
        own = attributes.get(key, set())
        if (key, "*") in said or not own:
            continue
        if each.before is None or each.after is None:
            if each.type in ACCESS_ALONE:
                verb = "is new" if each.after else "is removed"
                sentence = f"{each.resource.name} {verb}, and what may be done is the same"
                yield about(each.resource, "access", Weight.NONE, sentence)
            continue
        for difference in each.differences:
            name = difference.name
            if name in own and (key, name) not in said and _alike(versions, each, difference):
                sentence = f"{each.resource.name}: its {name} permits the same"
                yield about(each.resource, "access", Weight.NONE, sentence, name)


def _alike(versions: Versions, each: ResourceChange, difference: Difference) -> bool:
    """Say whether a property is the same but for the documents that are in it."""
    if difference.name in _ONLY_ACCESS or each.type in ACCESS_ALONE:
        return True
    if difference.name == "Policies" and each.type in _HOLDERS:
        sides = (difference.before, difference.after)
        return all(side is None or isinstance(side, list) or "Fn::If" in side for side in sides)
    assert each.before
    before, after = each.before.stack.name, each.resource.stack.name
    return same(
        without_documents(versions.before.names, before, difference.before) or None,
        without_documents(versions.after.names, after, difference.after) or None,
    )
