"""On a phone, and at 200 % zoom: nothing is lost at the side, the buttons leave room, fingers meet what they aim at."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.form import opened
from tests.browser.states import speak
from tests.browser.test_tray import BOAT, CLIP, WAVES, given, tiles
from tests.conftest import App, watch

SCREENS = {
    "320 px": (320, 568, 2),
    "390 px": (390, 844, 3),
    "200 %": (720, 450, 2),
    "768 px": (768, 1024, 1),
    "desktop": (1440, 900, 1),
}
"""CSS pixels and the scale of the device. A 1440 x 900 screen at 200 % zoom is 720 x 450 of two pixels each."""
SMALL = ("320 px", "200 %")
BAR_SHARE = 0.30
TARGET_PIXELS = 24
FINGER_PIXELS = 44
"""What a finger meets without looking twice (WCAG 2.2, 2.5.5)."""

# What is right of the screen and in no box of its own that scrolls is lost: the page clips what sticks out.
LOST = """() => {
  const root = document.scrollingElement, width = root.clientWidth;
  const scrolls = (node) => node !== root && (["auto", "scroll"].includes(getComputedStyle(node).overflowX)
    || Boolean(node.parentElement && scrolls(node.parentElement)));
  const lost = [...document.querySelectorAll("body *")].filter((node) =>
    node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length
    && (node.getBoundingClientRect().right > width + 1 || node.getBoundingClientRect().left < -1) && !scrolls(node));
  const outer = lost.filter((node) => !lost.includes(node.parentElement));
  return [...outer.map((node) => node.outerHTML.slice(0, 120)),
    ...(root.scrollWidth > width ? [`the page scrolls sideways: ${root.scrollWidth} of ${width}`] : [])];
}"""
# A button whose words are wider than it is.
CRAMPED = """() => [...document.querySelectorAll("button:not(.label-wrap), a[href], label")]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".strip")
    && (() => {
      const words = document.createRange();
      words.selectNodeContents(node);
      const inner = words.getBoundingClientRect(), outer = node.getBoundingClientRect();
      return inner.width > 0 && (inner.right > outer.right + 1 || inner.left < outer.left - 1);
    })())
  .map((node) => node.outerHTML.slice(0, 120))"""
BAR = "() => document.querySelector('.studio-actions').getBoundingClientRect().height / innerHeight"
# A radio is hit on its chip, a file box on its label, a list of choices on its frame.
SMALL_TARGETS = """least => [...(document.querySelector("dialog[open]") ?? document).querySelectorAll(
    "a[href], button, select, summary, input, textarea, [tabindex='0']")]
  .map((node) => node.matches("[type=radio], [type=file]") ? node.closest("label")
    : node.matches("[role=combobox]") ? (node.closest(".wrap") ?? node) : node)
  .filter((node) => node.checkVisibility({ visibilityProperty: true }))
  .map((node) => [node.getBoundingClientRect(), node])
  .filter(([{ width, height }]) => width < least || height < least)
  .map(([{ width, height }, node]) => `${Math.round(width)} x ${Math.round(height)}: ${node.outerHTML.slice(0, 120)}`)
"""


def put_on(session: CDPSession, screen: str) -> None:
    width, height, scale = SCREENS[screen]
    metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
    session.send("Emulation.setDeviceMetricsOverride", metrics)


def complaints(page: Page, screen: str) -> list[str]:
    """What is wrong with the page as it stands on this screen."""
    found = [f"lost: {each}" for each in page.evaluate(LOST)]
    found += [f"cramped: {each}" for each in page.evaluate(CRAMPED)]
    found += [f"too small: {each}" for each in page.evaluate(SMALL_TARGETS, TARGET_PIXELS)]
    share = page.evaluate(BAR)
    if screen in SMALL and share > BAR_SHARE:
        found.append(f"the bar with the buttons takes {share:.0%}")
    return found


def test_what_does_not_fit_is_seen(app: App, page: Page) -> None:
    session = page.context.new_cdp_session(page)
    opened(page, app.url)
    put_on(session, "320 px")
    assert page.evaluate("() => [innerWidth, devicePixelRatio]") == [320, 2]
    for seen, break_it in (
        ("lost", "document.querySelector('.studio-head h1').style.cssText = 'width: 400px; flex: none'"),
        ("cramped", "document.querySelector('#check').style.setProperty('flex', '0 0 40px', 'important')"),
        ("too small", "document.querySelector('#heading .theme').style.cssText = 'min-height: 0; height: 20px'"),
        ("the bar", "document.querySelector('.studio-actions').style.height = '200px'"),
    ):
        assert complaints(page, "320 px") == []
        page.evaluate(f"() => {{ {break_it}; }}")
        assert any(each.startswith(seen) for each in complaints(page, "320 px")), seen
        opened(page, app.url)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568)])
def test_a_finger_meets_the_tools_of_a_tile_and_nothing_is_cut_off(
    app: App, browser: Browser, troubles: list[str], width: int, height: int
) -> None:
    with browser.new_context(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        watch(page, troubles)
        opened(page, app.url)
        assert page.evaluate("() => matchMedia('(pointer: coarse)').matches")
        given(page, BOAT, CLIP, WAVES)
        expect(tiles(page)).to_have_count(3, timeout=60_000)
        small = page.locator(
            "#references :is(.role, .remove, .tools button, .tools a, .fitted button, .add > *)"
        ).evaluate_all(
            """(all, least) => all.map((node) => [node.getBoundingClientRect(), node.outerHTML.slice(0, 120)])
              .filter(([{ width, height }]) => width < least || height < least)
              .map(([{ width, height }, html]) => `${width} x ${height}: ${html}`)""",
            FINGER_PIXELS,
        )
        assert small == []
        for language in ("zh", "en"):
            speak(page, language)
            assert [*page.evaluate(LOST), *page.evaluate(CRAMPED)] == []
    assert troubles == []
