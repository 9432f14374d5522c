"""What axe finds on a page."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Axe's other answers, what passed and what does not apply, weigh more than the page: they stay in the browser.
RUN = "() => axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"


def violations(page: Page) -> list[str]:
    """Every violation of a rule: the rule's id and the HTML that breaks it."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [f"{each['id']}: {node['html'][:200]}" for each in page.evaluate(RUN) for node in each["nodes"]]
