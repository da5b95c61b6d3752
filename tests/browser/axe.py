"""What axe finds on an opened page, and what is wider than its screen."""

from functools import cache

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# The size of targets (WCAG 2.2, 2.5.8) is off by default in axe.
EVERY_RULE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
RUN = "options => axe.run(document, options).then(results => results.violations)"
SIDEWAYS = """
() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const kept = (e) => ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(e).overflowX);
  const scrolls = (e) => e && e !== document.body && (kept(e) || scrolls(e.parentElement));
  return [...document.body.querySelectorAll('*')]
    .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !scrolls(e.parentElement))
    .slice(-2).map((e) => root.scrollWidth + ' px: ' + e.outerHTML.slice(0, 120));
}
"""


@cache
def _script() -> str:
    return Axe().axe_script


def axe(opened: Page, options: dict, where: str) -> list[str]:
    """What axe finds, in a few lines each."""
    opened.evaluate(f"() => {{ if (!window.axe) {{ {_script()} }} }}")
    return [
        f"{where}: {rule['id']} at {node['target']}: {node['html'][:160]}\n{node['failureSummary']}"
        for rule in opened.evaluate(RUN, options)
        for node in rule["nodes"]
    ]


def faultless(page: Page) -> None:
    """Nothing that axe finds on this phone, light and dark, and nothing wider than its screen."""
    # A click returns as soon as the page it leads to begins to arrive.
    page.wait_for_load_state()
    found = axe(page, EVERY_RULE, "light") + page.evaluate(SIDEWAYS)
    page.emulate_media(color_scheme="dark")
    found += axe(page, COLOURS, "dark")
    page.emulate_media(color_scheme="light")
    assert "\n".join(found) == ""
