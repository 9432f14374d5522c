"""The page without a mouse: every stop is seen, has a name and leads on; the whole job; the focus is never lost."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.browser.form import answer, box, choose, choose_scenario, opened, press, type_in, unfolded
from tests.browser.states import shine, speak
from tests.browser.test_tray import BOAT, CLIP, WAVES, given, tiles
from tests.conftest import App

MOST_STOPS = 200
PANELS = ["heading", "examples", "carry", "compose", "results"]
"""The page from top to bottom and from left to right: the focus goes through them in this order."""
SLACK_PIXELS = 4
CONTRAST = 3.0
"""Of what shows the focus against what lies around it (WCAG 2.2, 1.4.11)."""

# Where the focus is after a submission of Tab, and what showed it at the stop before: compared with the same place now.
STOP = """async () => {
  const LOOKS = [
    "outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "borderTopWidth", "clipPath"];
  const PANELS = {
    heading: "#heading", examples: "#examples", carry: "#carry",
    compose: ".studio-compose", results: ".studio-results"};
  const looksOf = (node) => {
    const all = getComputedStyle(node);
    return Object.fromEntries(LOOKS.map((look) => [look, all[look]]));
  };

  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const isOpaque = (colour) => numbers(colour).length === 3 || numbers(colour)[3] === 1;
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [red, green, blue] = numbers(colour).map((part) => linear(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (...colours) => {
    const [dark, bright] = colours.map(light).sort((one, other) => one - other);
    return (bright + 0.05) / (dark + 0.05);
  };
  const behind = (node) => {
    const { backgroundColor } = getComputedStyle(node);
    return isOpaque(backgroundColor) || !node.parentElement ? backgroundColor : behind(node.parentElement);
  };

  // The strongest thing that came with the focus: a frame, an outline, or that it was to be seen at all.
  const shown = (node, then, now) => {
    if (then.clipPath !== now.clipPath) return 21;
    const came = [];
    const outlined = ({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
    if (outlined(then) && !outlined(now)) came.push(then.outlineColor);
    if (then.boxShadow !== now.boxShadow) came.push(...(then.boxShadow.match(/rgba?\\([^)]*\\)/g) ?? []));
    if (then.borderTopColor !== now.borderTopColor && then.borderTopWidth !== "0px") came.push(then.borderTopColor);
    const around = behind(node.parentElement ?? node);
    return Math.max(0, ...came.filter(isOpaque).map((colour) => contrast(colour, around)));
  };

  // A list of choices fades out over what comes after it.
  const fading = () => document.querySelector(".options") && !document.activeElement.matches("[role=combobox]");
  for (let frame = 0; frame < 30 && fading(); frame++) await new Promise(requestAnimationFrame);

  const node = document.activeElement, before = window.stopBefore;
  if (before?.node === node) return { within: true };
  const answer = { end: !node || node === document.body };
  if (before) {
    const own = before.looks.filter(([each]) => each === before.node || !each.contains(node));
    answer.shown = Math.max(0, ...own.map(([each, then]) => shown(each, then, looksOf(each))));
  }
  window.stopBefore = null;
  if (answer.end) return answer;
  const looks = [];
  for (let at = node; at && looks.length < 5; at = at.parentElement) looks.push([at, looksOf(at)]);
  window.stopBefore = { node, looks };
  window.visited.add(node);

  const target = node.matches("[type=radio], [type=file]") ? node.closest("label") : node;
  const { left, top, right, width, height } = target.getBoundingClientRect();
  const isOpen = (part) => {
    const hit = document.elementFromPoint(left + width / 2, top + height * part);
    if (!hit) return false;
    return target.contains(hit) || (hit.contains(target) && getComputedStyle(hit).position !== "sticky");
  };
  const points = [0.05, 0.25, 0.5, 0.75, 0.95].map(isOpen);
  const room = innerHeight - document.querySelector(".studio-actions").getBoundingClientRect().height;
  const isWhole = points.every(Boolean) && left >= -1 && right <= innerWidth + 1;
  return {
    ...answer,
    panel: Object.keys(PANELS).find((name) => node.closest(PANELS[name])) ?? "none",
    html: node.outerHTML.slice(0, 120),
    number: [...window.visited].indexOf(node),
    place: { left: left + scrollX, top: top + scrollY, right: right + scrollX },
    seen: height < room ? isWhole : points.some(Boolean),
  };
}"""
NEVER_REACHED = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, video[controls], [tabindex='0']")]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled
    && !node.matches("[type=radio]:not(:checked), [tabindex='-1']") && !window.visited.has(node))
  .map((node) => node.outerHTML.slice(0, 120))"""

JUMPS = "() => [...document.querySelectorAll('*')].filter((node) => node.tabIndex > 0).map((node) => node.outerHTML)"


@dataclass(frozen=True)
class Stop:
    """Where one submission of Tab led to: by its number in the order of the first visits, and as HTML for the message.
    `shown`: how well the focus is seen there, as a contrast."""

    name: str
    panel: str
    html: str
    number: int
    place: dict[str, float]
    seen: bool
    shown: float = 0.0


def at_the_top(page: Page) -> None:
    """The next Tab goes to the first stop of the page."""
    page.evaluate("() => { window.scrollTo(0, 0); window.stopBefore = null; window.visited = new Set(); }")
    page.mouse.click(2, 2)


def stops(page: Page, key: str = "Tab") -> list[Stop]:
    """Presses the key until the focus has left the page."""
    session = page.context.new_cdp_session(page)
    found: list[Stop] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        stop: dict[str, Any] = page.evaluate(STOP)
        if stop.get("within"):  # the browser's own buttons of a video
            continue
        if found:
            found[-1] = replace(found[-1], shown=stop["shown"])
        if stop["end"]:
            return found
        where = (stop["panel"], stop["html"], stop["number"], stop["place"], stop["seen"])
        found.append(Stop(name_of_the_focused(session), *where))
    raise AssertionError(f"the focus does not leave the page, and is at {found[-1].html}")


def name_of_the_focused(session: CDPSession) -> str:
    """What a screen reader calls it: the browser's own computation."""
    focused = session.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]["objectId"]
    asked = {"objectId": focused, "fetchRelatives": False}
    (node,) = session.send("Accessibility.getPartialAXTree", asked)["nodes"]
    name: str = node.get("name", {}).get("value", "")
    return name


def complaints(page: Page) -> list[str]:
    """Everything that is wrong with the page for who goes through it by Tab."""
    at_the_top(page)
    forward = stops(page)
    wrong = [f"never reached: {html}" for html in page.evaluate(NEVER_REACHED)]
    wrong += [f"jumps the queue: {html}" for html in page.evaluate(JUMPS)]
    for stop in forward:
        if not stop.name.strip():
            wrong.append(f"no name: {stop.html}")
        if not stop.seen:
            wrong.append(f"hidden: {stop.html}")
        if stop.shown < CONTRAST:
            wrong.append(f"focus not shown ({stop.shown:.1f}): {stop.html}")
    visited = [stop.panel for stop in forward]
    if visited != sorted(visited, key=PANELS.index):
        wrong.append(f"out of order: {visited}")
    for before, after in pairwise(forward):
        below = after.place["top"] >= before.place["top"] - SLACK_PIXELS
        right = after.place["left"] >= before.place["right"] - SLACK_PIXELS
        if after.panel == before.panel and not (below or right):
            wrong.append(f"goes back: from {before.html} to {after.html}")
    backward = [stop.number for stop in stops(page, "Shift+Tab")]
    if backward[: len(forward)] != [stop.number for stop in reversed(forward)]:
        wrong.append(f"back is another way: {backward}")
    return wrong


@pytest.mark.parametrize(
    ("width", "height", "language", "theme"),
    [(1440, 900, "en", "light"), (720, 450, "zh", "dark"), (320, 568, "en", "dark")],
)
def test_tab_goes_through_everything_and_each_stop_is_seen_and_named(
    app: App, page: Page, width: int, height: int, language: str, theme: str
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    opened(page, app.url)
    type_in(page, "prompt", "Walked through, with image 1")
    unfolded(page, "webhook_url")
    given(page, BOAT, CLIP, WAVES)
    expect(tiles(page)).to_have_count(3, timeout=30_000)
    choose(page, "resolution", "480p")
    press(page)
    expect(page.locator("#task-board video")).to_be_visible(timeout=30_000)
    expect(page.locator("#task-board .card")).to_contain_text("Kept here.", timeout=30_000)
    speak(page, language)
    shine(page, theme)
    walked = 0
    for tab in ("#results-tab", "#create-tab") if page.locator("#create-tab").is_visible() else ("",):
        if tab:
            page.locator(tab).click()
        assert complaints(page) == []
        walked += page.evaluate("() => window.visited.size")
    assert walked > 60


@pytest.mark.parametrize(
    ("complaint", "break_it"),
    [
        ("no name", "document.querySelector('#references .add-link').replaceChildren()"),
        ("jumps the queue", "document.querySelector('#check').tabIndex = 1"),
        (
            "out of order",
            "document.querySelector('.studio-results').append(document.querySelector('#carry'), fresh('last'))",
        ),
        ("goes back", "document.querySelector('#references .drop').style.cssText = 'position: relative; top: 300px'"),
        (
            "never reached",
            "document.querySelector('#heading .theme').addEventListener('focus', ({ target }) => target.blur())",
        ),
        ("hidden", "document.querySelector('#heading').append(over(fresh('over all')))"),
        ("focus not shown", "document.head.append(style('#heading button { outline: none !important; }'))"),
        ("focus not shown (1.", "document.head.append(style('#heading button { outline-color: #eef !important; }'))"),
    ],
)
def test_the_walk_would_complain(app: App, page: Page, complaint: str, break_it: str) -> None:
    opened(page, app.url)
    page.evaluate(
        f"""() => {{
          const fresh = (text) => Object.assign(document.createElement("button"), {{ textContent: text }});
          const style = (text) => Object.assign(document.createElement("style"), {{ textContent: text }});
          const over = (node) => Object.assign(node, {{ style: "position: fixed; inset: 8px 0 60%; z-index: 99" }});
          {break_it};
        }}"""
    )
    assert any(each.startswith(complaint) for each in complaints(page))


def test_the_walk_sees_a_trap(app: App, page: Page) -> None:
    opened(page, app.url)
    page.evaluate(
        """() => document.querySelector("#field-prompt textarea").addEventListener(
          "keydown", (event) => { if (event.key === "Tab") event.preventDefault(); })"""
    )
    at_the_top(page)
    with pytest.raises(AssertionError, match="does not leave the page"):
        stops(page)


# --- the job ----------------------------------------------------------------------------------------


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Presses the key until the target has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"{key} does not lead to {target}")


def test_a_shortcut_generates_and_a_key_lists_the_shortcuts(app: App, page: Page) -> None:
    opened(page, app.url)
    page.locator("#check").focus()
    page.keyboard.press("?")
    keys = page.locator("#keys")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Ctrl + Enter")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(page.locator("#check")).to_be_focused()
    expect(page.locator("#task-board .card")).to_have_count(0)
    type_in(page, "prompt", "Sent? By a shortcut")
    box(page, "prompt").press("?")
    expect(keys).to_be_hidden()
    box(page, "prompt").press("Control+Enter")
    expect(page.locator("#task-board .card")).to_contain_text("Sent? By a shortcut")


def test_the_whole_job_by_keyboard_alone(app: App, page: Page) -> None:
    opened(page, app.url)
    keys = page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the prompt")).to_be_focused()
    keys.press("Enter")
    expect(box(page, "prompt")).to_be_focused()
    keys.type("Made without a mouse")

    tab_to(page, page.get_by_role("radiogroup", name="Resolution").get_by_role("radio", name="720p"))
    keys.press("ArrowLeft")
    expect(page.get_by_role("radio", name="480p")).to_be_checked()
    keys.press("ArrowRight")
    keys.press("ArrowLeft")
    expect(page.get_by_role("radio", name="480p")).to_be_checked()
    expect(page.get_by_role("radio", name="480p")).to_be_focused()

    tab_to(page, page.get_by_role("button", name="Advanced", expanded=False))
    keys.press("Enter")
    expect(page.get_by_role("button", name="Advanced", expanded=True)).to_be_focused()
    tab_to(page, box(page, "caller_id"))
    keys.type("42")
    tab_to(page, page.locator("#scenario input"))
    for key, option in (("ArrowDown", "1"), ("ArrowUp", "0")):
        keys.press(key)
        expect(page.locator("#scenario .item.active")).to_have_attribute("data-index", option)
    keys.press("Enter")
    expect(page.locator("#scenario [role=option]")).to_have_count(0)
    expect(page.locator("#scenario input")).to_have_value(re.compile("^Succeeds after a few seconds"))

    tab_to(page, page.get_by_role("button", name="Generate", exact=True))
    keys.press("Enter")
    card = page.locator("#task-board .card")
    expect(card.locator("video")).to_be_visible(timeout=30_000)
    expect(page.locator("#generate")).to_be_focused()
    expect(page.locator("#request-json code")).to_contain_text('"caller_id": 42')
    expect(page.locator("#request-json code")).to_contain_text('"resolution": "480p"')

    details = card.get_by_role("button", name="Details")
    tab_to(page, details)
    keys.press("Enter")
    dialog = page.get_by_role("dialog", name="Ready")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("node => node.contains(document.activeElement)")
    summary = dialog.locator("summary").first
    tab_to(page, summary)
    keys.press("Space")
    expect(dialog.locator("details").first).to_have_attribute("open", "")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(details).to_be_focused()

    tab_to(page, page.locator("#request-tab"))
    keys.press("ArrowLeft")
    expect(page.locator("#timeline-tab")).to_be_focused()
    expect(page.locator("#timeline summary").last).to_contain_text("Status · HTTP 200")
    keys.press("ArrowLeft")
    expect(page.locator("#code-tab")).to_be_focused()
    python = page.locator("#code").get_by_role("button", name="Python")
    tab_to(page, python)
    keys.press("Space")
    expect(page.locator("#code code")).to_contain_text("requests.request(")
    expect(python).to_be_focused()

    chinese = page.get_by_role("button", name="中文")
    tab_to(page, chinese)
    keys.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(chinese).to_be_focused()
    expect(page.get_by_role("radiogroup", name="分辨率").get_by_role("radio", name="480p")).to_be_checked()
    keys.press("Tab")
    keys.press("Space")
    expect(page.locator("body.dark")).to_be_visible()
    expect(page.get_by_role("button", name="浅色")).to_be_focused()


def test_a_reference_is_given_cut_and_removed_by_keyboard_alone(app: App, page: Page) -> None:
    opened(page, app.url)
    given(page, CLIP)
    expect(tiles(page)).to_have_count(1, timeout=30_000)
    tab_to(page, page.get_by_role("button", name="Cut video 1"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="video 1")
    tab_to(page, dialog.get_by_label("Start, s"))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Cut video 1")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Remove video 1"))
    page.keyboard.press("Enter")
    expect(tiles(page)).to_have_count(0)
    undo = page.get_by_role("button", name="Undo")
    tab_to(page, undo)
    page.keyboard.press("Enter")
    expect(tiles(page)).to_have_count(1)
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    expect(tiles(page)).to_have_count(0)
    expect(page.locator("#references .link")).to_be_focused()  # with nothing left to be undone


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (720, 450)])
def test_tab_leaves_a_list_of_choices_closed_and_goes_on(app: App, page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    opened(page, app.url)
    for key, next_stop in (("Tab", "#check"), ("Shift+Tab", "#send-to input:checked")):
        tab_to(page, page.locator("#scenario input"), key)
        expect(page.locator("#scenario [role=option]").last).to_be_attached()
        page.keyboard.press(key)
        expect(page.locator(next_stop)).to_be_focused()
        expect(page.locator("#scenario [role=option]")).to_have_count(0)


# --- what is drawn anew -----------------------------------------------------------------------------


def test_a_card_that_changes_keeps_the_focus_and_gives_it_back_after_its_details(app: App, page: Page) -> None:
    opened(page, app.url)
    for opens_details in (False, True):
        type_in(page, "prompt", f"Looked at while it changes {opens_details}")
        choose(page, "resolution", "480p")
        press(page)
        card = page.locator("#task-board .card").filter(has_text=f"changes {opens_details}")
        expect(card).to_have_class("card result-card tone-busy")
        details = card.get_by_role("button", name="Details")
        details.focus()
        if opens_details:
            page.keyboard.press("Enter")
            expect(page.locator("#history dialog")).to_be_visible()
        expect(card.locator(".state")).to_have_text("Ready", timeout=30_000)
        if opens_details:
            page.keyboard.press("Escape")
        expect(details).to_be_focused()


def test_a_row_of_the_history_keeps_the_focus_when_its_state_changes(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "prompt", "In the history")
    choose(page, "resolution", "480p")
    press(page)
    row = page.locator("#history .rows button")
    row.focus()
    expect(row).to_contain_text("Ready", timeout=30_000)
    expect(row).to_be_focused()


def test_what_takes_itself_away_hands_the_focus_on(app: App, page: Page) -> None:
    opened(page, app.url)
    example = page.locator("#examples .strip button").first
    example.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#task-board .recorded video").first).to_be_visible()
    expect(page.locator("#examples .all")).to_be_focused()
    page.get_by_role("button", name="Restore my input").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Paste a request")).to_be_focused()

    type_in(page, "prompt", "To be forgotten")
    choose_scenario(page, "not enough credits")
    press(page)
    page.locator("#task-board").get_by_role("button", name="Forget").focus()
    page.keyboard.press("Enter")
    answer(page, "Remove")
    expect(page.locator("#task-board .card")).to_have_count(0)
    expect(page.locator("#generate")).to_be_focused()
