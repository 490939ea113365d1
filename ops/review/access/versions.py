"""What both versions of an app permit, side by side."""

from dataclasses import replace

from ops.review.access.collected import ACCESS_ALONE, collect
from ops.review.access.names import Names, accounts
from ops.review.access.sentences import Words
from ops.review.app_version import DeclaredResource, Key
from ops.review.changes import Changes
from ops.review.findings import Finding, Weight, about


class Versions:
    """The grants and facts of both versions. A resource that moved has its place after in both."""

    def __init__(self, changed: Changes) -> None:
        self.changed = changed
        places = changed.matches.places
        known = accounts(changed.before, changed.after)
        self.before = collect(Names(changed.before, places, known))
        self.after = collect(Names(changed.after, {}, known))
        self._were = {places.get(key, key) for key in changed.before.resources}
        self._origins = {there: here for here, there in places.items()}
        self._kept = {
            places.get(each.before.key, each.before.key)
            for each in changed.resources
            if each.before and each.impact == "kept outside"
        }
        self.words = Words(self.named)

    def named(self, key: Key) -> str:
        """Return the name of a resource, that of the new version first."""
        if key in self.changed.after.resources:
            return self.changed.after.named(key)
        return self.changed.before.named(self._origins.get(key, key))

    def resource(self, key: Key) -> DeclaredResource:
        """Return the resource of the new version, else that of the old one."""
        found = self.changed.after.resources.get(key)
        return found or self.changed.before.resources[self._origins.get(key, key)]

    def was(self, at: Key | str) -> bool:
        """Say whether something was there before; what is outside of the app always was."""
        return isinstance(at, str) or at in self._were

    def stays(self, at: Key | str) -> bool:
        """Say whether something is there after the change."""
        return isinstance(at, str) or at in self.changed.after.resources

    def is_kept(self, at: Key | str) -> bool:
        """Say whether something stays in AWS, though no stack has it any more."""
        return not self.stays(at) and at in self._kept

    def place(self, source: DeclaredResource) -> Key:
        """Return the place of a resource of either version, after the change."""
        if source.stack is self.changed.before.stacks.get(source.stack.name):
            return self.changed.matches.places.get(source.key, source.key)
        return source.key

    def cover(self, source: DeclaredResource, attribute: str) -> tuple[Key, str]:
        """Return what a finding about a statement covers."""
        key = self.place(source)
        whole = source.type in ACCESS_ALONE and not (self.was(key) and self.stays(key))
        return key, "*" if whole else attribute


def finding(
    resource: DeclaredResource,
    weight: Weight,
    sentence: str,
    details: list[str],
    covers: set[tuple[Key, str]],
) -> Finding:
    """Return a finding about access that covers exactly this."""
    made = about(resource, "access", weight, sentence, details=details)
    return replace(made, covers=frozenset(covers))
