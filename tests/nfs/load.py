"""Writers that go on for a while, and keep what was acknowledged to them."""

import hashlib
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from drive.errors import BusyError, MissingError, PreconditionFailedError
from tests.nfs import actions
from tests.nfs.actions import COUNTED

Version = tuple[str, str]
NAMES = ("load/one", "load/two")


@dataclass
class Acknowledged:
    """Which versions of names came and went, by their tags, and what each version holds."""

    came: Counter[Version] = field(default_factory=Counter)
    went: Counter[Version] = field(default_factory=Counter)
    digests: dict[str, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Acknowledged") -> None:
        """Put together what two writers were told."""
        self.came += other.came
        self.went += other.went
        self.digests |= other.digests
        self.answers += other.answers


def change(root: Path, seed: int, seconds: float) -> Acknowledged:
    """Change two names, each time only from the version that was seen, by all that the drive has.

    Beside that it writes and removes names that everybody changes without a condition.
    """
    chance, told = random.Random(seed), Acknowledged()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        name, other = chance.sample(NAMES, 2)
        try:
            match chance.randrange(6):
                case 0 | 1:
                    _put(root, told, chance, name)
                case 2:
                    _upload(root, told, chance, name)
                case 3:
                    _delete(root, told, name)
                case 4:
                    _move(root, told, name, other)
                case 5:
                    _anyhow(root, chance)
            told.answers["done"] += 1
        except (PreconditionFailedError, MissingError, BusyError) as error:
            told.answers[type(error).__name__] += 1
    return told


def _content(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(1, 5000))


def _seen(root: Path, name: str) -> str | None:
    try:
        return actions.tag(root, name)
    except MissingError:
        return None


def _came(told: Acknowledged, name: str, tag: str, content: bytes) -> None:
    told.came[name, tag] += 1
    told.digests[tag] = hashlib.sha256(content).hexdigest()


def _put(root: Path, told: Acknowledged, chance: random.Random, name: str) -> None:
    content, old = _content(chance), _seen(root, name)
    none = None if old else "*"
    tag = actions.write(root, name, content, match=old, none_match=none, limits=COUNTED)
    if old:
        told.went[name, old] += 1
    _came(told, name, tag, content)


def _upload(root: Path, told: Acknowledged, chance: random.Random, name: str) -> None:
    content, old = _content(chance), _seen(root, name)
    if old is None:
        return
    half = len(content) // 2
    upload = actions.begin(root, name, len(content), match=old, limits=COUNTED)
    try:
        actions.append(root, upload, 0, content[:half], limits=COUNTED)
        _, tag = actions.append(root, upload, half, content[half:], limits=COUNTED)
        assert tag
        told.went[name, old] += 1
        _came(told, name, tag, content)
    finally:
        actions.remove(root, upload, limits=COUNTED)


def _delete(root: Path, told: Acknowledged, name: str) -> None:
    old = _seen(root, name)
    if old:
        actions.delete(root, name, match=old, limits=COUNTED)
        told.went[name, old] += 1


def _move(root: Path, told: Acknowledged, name: str, other: str) -> None:
    old = _seen(root, name)
    if old:
        moved = actions.move(root, name, other, match=old, overwrite=False, limits=COUNTED)
        assert moved == old
        told.went[name, old] += 1
        told.came[other, old] += 1


def _anyhow(root: Path, chance: random.Random) -> None:
    name, other = chance.sample(["load/x", "load/y", "load/z"], 2)
    what = chance.randrange(3)
    if what == 0:
        actions.write(root, name, _content(chance), limits=COUNTED)
    elif what == 1:
        actions.delete(root, name, limits=COUNTED)
    else:
        actions.move(root, name, other, limits=COUNTED)


def write_one_name(root: Path, seed: int, seconds: float) -> Counter[str]:
    """Read and replace one name as fast as it goes; what was answered, and how often."""
    answers: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            tag, _ = actions.read(root, "one-name")
            answers["read"] += 1
            actions.write(root, "one-name", b"%d" % seed, match=tag)
            answers["written"] += 1
        except PreconditionFailedError:
            answers["changed meanwhile"] += 1
        except BusyError:
            answers["busy"] += 1
    return answers


def clean_again_and_again(root: Path, seconds: float) -> int:
    """Run the janitor until the time is up."""
    runs, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        runs += actions.clean(root) is not None
        time.sleep(0.1)
    return runs
