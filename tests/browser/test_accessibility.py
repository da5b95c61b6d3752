"""Every page for everybody: what axe finds, and what a keyboard reaches."""

import pytest

from tests.browser.axe import COLOURS, EVERY_RULE, axe
from tests.browser.pages import NEWCOMER, PAGES, page_named

pytestmark = pytest.mark.chromium
WIDE = {"width": 1280, "height": 800}

# The elements that somebody can reach: shown, enabled, and the checked one only of a group of radio buttons.
REACHABLE = """
() => {
  const shown = (e) => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length;
  const groups = new Set();
  const list = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter((e) => {
    if (e.disabled || e.tabIndex < 0 || !shown(e)) return false;
    if (e.type !== 'radio') return true;
    const checked = [...document.getElementsByName(e.name)].find((r) => r.form === e.form && r.checked);
    if (checked) return checked === e;
    return !groups.has(e.name) && groups.add(e.name);
  });
  list.forEach((e, i) => e.setAttribute('data-reach', i));
  return list.map((e) => e.outerHTML.slice(0, 120));
}
"""
# A page may have put the focus on its summary of errors: back to where it starts.
FROM_THE_TOP = """
() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
}
"""
# What has the focus: which it is, and what is wrong with how it shows.
FOCUSED = """
() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const [left, right] = [Math.max(0, box.left), Math.min(innerWidth, box.right)];
  const [top, bottom] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)];
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const labels = [...(e.labels ?? [])];
  const faults = [];
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) faults.push('no outline');
  if (right <= left || bottom <= top) faults.push('out of sight');
  else if (!(over && (e.contains(over) || over.contains(e) || labels.some((l) => l.contains(over)))))
    faults.push('covered by ' + over?.outerHTML.slice(0, 80));
  return {reach: e.getAttribute('data-reach'), faults: faults.map((f) => f + ': ' + e.outerHTML.slice(0, 120))};
}
"""


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_axe_finds_nothing(visit, page):
    """On a phone and on a desk, light and dark: every rule at each size and in each theme, colours in all four."""
    opened = visit(page)
    found = axe(opened, EVERY_RULE, "light 375")
    opened.emulate_media(color_scheme="dark")
    found += axe(opened, COLOURS, "dark 375")
    opened.set_viewport_size(WIDE)
    found += axe(opened, EVERY_RULE, "dark 1280")
    opened.emulate_media(color_scheme="light")
    found += axe(opened, COLOURS, "light 1280")
    assert "\n".join(found) == ""


@pytest.mark.parametrize("page", NEWCOMER, ids=str)
def test_axe_finds_nothing_where_there_is_nothing_yet(visit, page):
    assert "\n".join(axe(visit(page), EVERY_RULE, "light 375")) == ""


def test_axe_finds_nothing_on_the_page_of_a_breakdown(visitor, served):
    opened = visitor("family").new_page()
    with served.without_database():
        assert opened.goto("/").status == 503
    assert "\n".join(axe(opened, EVERY_RULE, "light 375")) == ""


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(visit, page):
    """The skip link first, and it goes to the content; then everything in turn, in sight, outlined, not covered."""
    opened = visit(page)
    reachable = opened.evaluate(REACHABLE)
    opened.evaluate(FROM_THE_TOP)
    reached, faults = [], []
    for _ in range(4 * len(reachable)):
        opened.keyboard.press("Tab")
        focused = opened.evaluate(FOCUSED)
        if focused is None or (reached and focused["reach"] == reached[0]):
            break
        # A date has a stop for its day, its month, its year and its calendar.
        if focused["reach"] not in reached:
            reached.append(focused["reach"])
            faults += focused["faults"]
    assert "\n".join(faults) == ""
    assert [html for n, html in enumerate(reachable) if str(n) not in reached] == []
    assert reached[0] == "0"
    skip = opened.locator("[data-reach='0']")
    assert skip.inner_text() == "Aller au contenu"
    skip.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "contenu"


def test_a_menu_opens_and_closes_by_keyboard(visit):
    opened = visit(page_named("home"))
    menu = opened.locator("details.menu")
    menu.locator("summary").press("Enter")
    opened.get_by_role("button", name="Me déconnecter").wait_for()
    opened.keyboard.press("Tab")
    opened.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert opened.locator(":focus").inner_text().strip() == "Mon espace"
