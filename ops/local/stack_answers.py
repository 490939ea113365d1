"""What is said of a stack that changes: here the answer comes when the change has ended.

The CDK CLI asks `DescribeStacks` each 5 s, and a change takes seconds here and not minutes. An
answer that comes later is one that AWS may give, too.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any

from ministack.services import cloudformation

Answer = tuple[int, Any, bytes]

# Below the 10 s after which an impatient client gives an answer up.
LONGEST_SECONDS = 4.0
_LOOK_SECONDS = 0.05
# A stack that has nothing but a change set stays as it is until somebody executes that.
_CHANGING = re.compile(rb"<StackStatus>(?!REVIEW_)\w+_IN_PROGRESS</StackStatus>")


def wait_for_changes() -> None:
    """Keep the answer about one stack until it changes no more, but no longer than 4 s."""
    handle = cloudformation.handle_request

    async def settled(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Answer:
        answer: Answer = await handle(method, path, headers, body, query)
        until = time.monotonic() + LONGEST_SECONDS
        while _asks_of_one(body) and _CHANGING.search(answer[2]) and time.monotonic() < until:
            await asyncio.sleep(_LOOK_SECONDS)
            answer = await handle(method, path, headers, body, query)
        return answer

    cloudformation.handle_request = settled


def _asks_of_one(body: bytes) -> bool:
    return b"Action=DescribeStacks" in body and b"StackName=" in body
