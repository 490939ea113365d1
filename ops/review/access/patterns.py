"""Which pattern of a policy contains which: `s3:*` contains `s3:GetObject`.

A pattern of IAM stands for texts. To know whether another stands for all of them, it is tried on
texts in which each wildcard is nothing, and something that no pattern has.
"""

from functools import lru_cache
from itertools import product

from ops.local.rules.patterns import arn_like, like, plain

_UNUSUAL = "\x00\x00\x00\x00\x00\x00\x00\x00"
_MOST = 4  # wildcards of which each combination is tried


@lru_cache(maxsize=65536)
def examples(pattern: str) -> tuple[str, ...]:
    """Return texts that match a pattern: the extremes of what its wildcards stand for."""
    parts = pattern.replace("?", "\x01").split("*")
    wild = len(parts) - 1
    if wild <= _MOST:
        fillings = list(product(("", _UNUSUAL), repeat=wild))
    else:
        fillings = [("",) * wild, (_UNUSUAL,) * wild]
    return tuple(
        parts[0] + "".join(fill + part for fill, part in zip(filling, parts[1:], strict=True))
        for filling in fillings
    )


@lru_cache(maxsize=65536)
def contains(one: str, other: str, *, arn: bool = False) -> bool:
    """Say whether a pattern stands for all that the other does, which is of actions or of ARNs."""
    if one in {other, "*"}:
        return True
    if arn:
        # The wildcard alone is every ARN.
        return other != "*" and all(arn_like(each, plain(one)) for each in examples(other))
    return all(like(each, plain(one), ignore_case=True) for each in examples(other))


@lru_cache(maxsize=65536)
def overlap(one: str, other: str) -> bool:
    """Say whether there is a text for which both patterns stand."""
    seen: set[tuple[int, int]] = set()
    waiting = [(0, 0)]
    one, other = one.lower(), other.lower()
    while waiting:
        place = i, j = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        first, second = one[i : i + 1], other[j : j + 1]
        if not first and not second:
            return True
        if first == "*":
            waiting += [(i + 1, j), *([(i, j + 1)] if second else [])]
        if second == "*":
            waiting += [(i, j + 1), *([(i + 1, j)] if first else [])]
        if (
            first
            and second
            and "*" not in {first, second}
            and (first == second or "?" in {first, second})
        ):
            waiting.append((i + 1, j + 1))
    return False
