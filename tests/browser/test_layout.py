"""Every page at every size, zoomed, on paper, and without motion; and its words: title, heading, language."""

import re

import pytest

from tests.browser.axe import SIDEWAYS
from tests.browser.pages import (
    ANONYMOUS,
    FROM_ROUTES,
    NEWCOMER,
    OFFICE,
    OTHERS,
    PAGES,
    PLACEHOLDER,
    THE_SAME_FOR_ALL,
    page_named,
)

pytestmark = pytest.mark.chromium
# (name, width, height) in CSS pixels: the last two are a window of 1280 × 720 and of 1280 × 1024 zoomed.
SIZES = (
    ("phone", 375, 812),
    ("tablet", 768, 1024),
    ("desk", 1280, 800),
    ("200 %", 640, 360),
    ("400 %", 320, 256),
)
A4 = {"width": 680, "height": 960}  # 180 mm between the margins
ERROR = re.compile(r"^Erreur\s: ")
# What stays on the screen while one scrolls, in parts of its height.
STUCK = """
() => [...document.querySelectorAll('body *')]
  .filter((e) => ['fixed', 'sticky'].includes(getComputedStyle(e).position) && e.checkVisibility())
  .map((e) => e.getBoundingClientRect().height / innerHeight).reduce((sum, part) => sum + part, 0)
"""
# Where a finger presses: 44 px high, as the house wants them.
LOW_TARGETS = """
() => [...document.querySelectorAll(
    '.btn, .form-control, .form-select, .main-nav a, .tools a, .tools summary, .menu-item, .tile, .footer-links a')]
  .filter((e) => e.checkVisibility() && e.getClientRects().length && e.getBoundingClientRect().height < 43.5)
  .map((e) => e.getBoundingClientRect().height + ' px: ' + e.outerHTML.slice(0, 120))
"""
# Seconds of the longest transition or animation of any element.
MOTION = """
() => Math.max(...[...document.querySelectorAll('*')].flatMap((e) => {
  const style = getComputedStyle(e);
  const animated = style.animationName === 'none' ? [] : style.animationDuration.split(',');
  return [...style.transitionDuration.split(','), ...animated].map(parseFloat);
}))
"""
OPEN_ALL = "() => document.querySelectorAll('main details').forEach((e) => { e.open = true; })"
SHOWN_ON_PAPER = """
() => [...document.querySelectorAll('.main-nav, .tools, .skip, .btn, .filter, .footer-links')]
  .filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 120))
"""


# Words that stand on two lines, which a narrow column broke.
BROKEN_WORDS = """
() => [...document.querySelectorAll('.tile span')].flatMap((tile) => {
  const text = tile.firstChild;
  return [...text.data.matchAll(/\\S+/g)].filter((word) => {
    const range = document.createRange();
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    return range.getClientRects().length > 1;
  }).map(String);
})
"""


@pytest.mark.parametrize("page", ["home", "steps"])
def test_no_word_of_a_tile_is_broken(visit, page):
    opened = visit(page_named(page))
    assert opened.locator(".tile").count() >= 6
    for width in (320, 360, 375, 412, 600, 768, 1024, 1280):
        opened.set_viewport_size({"width": width, "height": 800})
        assert opened.evaluate(BROKEN_WORDS) == [], width


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_nothing_is_wider_than_the_screen_nor_too_low_to_press(visit, page):
    """On a phone with every disclosure closed, then at every size with all of them open."""
    opened = visit(page)
    faults = [f"closed, 375: {fault}" for fault in opened.evaluate(SIDEWAYS)]
    opened.evaluate(OPEN_ALL)
    for name, width, height in SIZES:
        opened.set_viewport_size({"width": width, "height": height})
        faults += [f"{name}: {fault}" for fault in opened.evaluate(SIDEWAYS) + opened.evaluate(LOW_TARGETS)]
        if opened.evaluate(STUCK) > 0.3:
            faults.append(f"{name}: what is stuck takes more than 30 % of the screen")
    opened.set_viewport_size({"width": 1280, "height": 800})
    letters = opened.context.new_cdp_session(opened)
    letters.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    assert opened.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    faults += [f"letters twice as large: {fault}" for fault in opened.evaluate(SIDEWAYS)]
    assert "\n".join(faults) == ""


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_words_paper_and_motion(visit, page):
    """One heading that is the title; on paper no navigation; no motion for who asks for none, a short one else."""
    opened = visit(page)
    headings = opened.locator("h1").all_inner_texts()
    assert ERROR.sub("", opened.title()) == f"{' / '.join(headings).strip()} · Mutuelle Horizon Santé"
    assert opened.locator("html").get_attribute("lang") == "fr"
    assert opened.evaluate(MOTION) == 0
    opened.emulate_media(reduced_motion="no-preference")
    assert opened.evaluate(MOTION) <= 0.15
    opened.set_viewport_size(A4)
    opened.emulate_media(media="print")
    assert opened.evaluate(SHOWN_ON_PAPER) == []
    assert opened.evaluate(SIDEWAYS) == []
    assert opened.locator("h1").is_visible()


@pytest.mark.parametrize("page", NEWCOMER, ids=str)
def test_a_page_with_nothing_yet_fits_the_narrowest_phone(visit, page):
    assert visit(page, viewport={"width": 320, "height": 600}).evaluate(SIDEWAYS) == []


WIDTHS = (320, 375, 768, 1280)
NAMED = [
    page
    for page in [*FROM_ROUTES, *(one for one in OTHERS if one.name == "office_member")]
    if page.name not in ANONYMOUS | THE_SAME_FOR_ALL and not page.name.startswith(("content", "oidc"))
]


@pytest.mark.long
def test_a_name_of_two_hundred_letters_widens_nothing(visitor, served):
    """Every page of somebody, or of a colleague, whose name has no place to break."""
    ids = {name.removeprefix("wide_"): one for name, one in served.samples.items() if name.startswith("wide_")}
    pages_of = {}
    faults = []
    for page in NAMED:
        if not {name for name, _words in PLACEHOLDER.findall(page.address)} <= ids.keys():
            continue  # of something that this couple has none of
        who = OFFICE.get(page.name, "handler") if page.name.startswith("office") else "wide"
        if who not in pages_of:
            pages_of[who] = visitor(who).new_page()
        opened = pages_of[who]
        assert opened.goto(page.address.format(**ids)).status == page.status, page.name
        opened.evaluate(OPEN_ALL)
        for width in WIDTHS:
            opened.set_viewport_size({"width": width, "height": 812})
            faults += [f"{page.name} at {width}: {fault}" for fault in opened.evaluate(SIDEWAYS)]
    assert not faults, "\n".join(faults)


def test_a_long_name_leaves_the_office_s_entries_on_one_row(visitor):
    """Of whoever has the most of them, at the width of a small screen of a desk; his name is whole in his menu."""
    opened = visitor("wide_colleague", viewport={"width": 1280, "height": 900}).new_page()
    for path in ("/bureau/demandes", "/bureau/adherents"):
        opened.goto(path)
        assert opened.evaluate(SIDEWAYS) == []
        rows = opened.locator(".site-header .wrap > *").evaluate_all(
            "all => all.map(one => { const box = one.getBoundingClientRect(); return [box.top, box.bottom]; })"
        )
        assert max(top for top, _bottom in rows) < min(bottom for _top, bottom in rows)
        assert opened.locator(".desk-nav").bounding_box()["height"] < 60
    opened.locator(".site-header .menu summary").click()
    assert len(opened.locator(".menu-who b").inner_text()) > 60
