"""An app whose names and values try to be more than text."""

from ops.review.report import Report
from tests.review.apps import compared, resource

NAMES = (
    "</style><script>alert(1)</script>",
    '"><img src=https://example.org/x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "[here](https://example.org) ![x](https://example.org/x.png)",
    "`code` **bold** ~~gone~~ | a | b |",
    "@somebody @org/team #1 GH-1 org/repo#2 www.example.org https://example.org :+1:",
    "<!-- --> </details> <h1>",
    "line\n\n# two\r\n- three",
    "\x1b[31mred\x1b]8;;https://example.org\x07 \x9b2J\b\x00",
    "\u202egnp.exe\u2066 \u200b\u2028 \ud800",
    "&lt;b&gt; &#60;script&#62; \\<b\\>",
    "$x$ $$y$$",
)


def report() -> Report:
    """Return a review in which each hostile text is a name, a value and the name of a property."""
    before = {
        f"R{number}": resource("AWS::SQS::Queue", f"Dev/Data/{name}/Resource", **{name: "a"})
        for number, name in enumerate(NAMES)
    }
    after = {
        f"R{number}": resource("AWS::SQS::Queue", f"Dev/Data/{name}/Resource", **{name: name})
        for number, name in enumerate(NAMES)
    } | {name: resource("AWS::SNS::Topic", name) for name in NAMES}
    return compared(before, after)
