"""What axe-core finds wrong with a page, for people who use it by other senses or by keyboard.

Rules: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md, all but the
experimental ones, with those of WCAG 2.2 AA and of good practice.
"""

from playwright.sync_api import Page

from tests.browser import PLACE

SCRIPT = PLACE / "node_modules" / "axe-core" / "axe.min.js"


def findings(page: Page) -> list[str]:
    """Return one line for each element that breaks a rule.

    The script is evaluated, which the Content-Security-Policy of a page does not stop.
    """
    page.evaluate(SCRIPT.read_text())
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))}: {rule['help']}"
        for rule in found
        for node in rule["nodes"]
    ]
