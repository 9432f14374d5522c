"""The form as a person meets it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from weryai_ui.request.fields import FIELDS, REFERENCE_FIELDS

# Not `wait_for_function`: to it the promise of a condition is a condition that is true.
UNTIL = """(arg) => new Promise((done) => {
  const look = async () => {
    const studio = await window.studio;
    if (studio && (%s)(studio, arg)) done();
    else setTimeout(look, 20);
  };
  look();
})"""
ADVANCED = [name for name, spec in FIELDS.items() if spec.form.advanced]


def opened(page: Page, url: str) -> Page:
    """The page, ready to type into: the counter stands there once the scripts run."""
    page.goto(url)
    expect(page.locator("#field-prompt .counter")).to_be_visible()
    return page


def until(page: Page, condition: str, arg: Any = None) -> None:
    """Waits until a function of JavaScript is true of the page's scripts (the exports of `main.js`) and `arg`."""
    page.evaluate(UNTIL % condition, arg)


def box(page: Page, name: str) -> Locator:
    """The box that a field is typed into."""
    return page.locator(f"#field-{name} textarea, #field-{name} input").first


def unfolded(page: Page, name: str) -> None:
    """Opens the part of the form that a field is folded into."""
    fold = "paste-many" if name in REFERENCE_FIELDS else "advanced" if name in ADVANCED else None
    if fold and not box(page, name).is_visible():
        page.locator(f"#{fold} > button").click()
        expect(box(page, name)).to_be_visible()
        # Drawn once more after it appeared: what is typed before that is not seen by the page.
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def type_in(page: Page, name: str, text: str) -> None:
    """Types into a field and leaves it."""
    unfolded(page, name)
    box(page, name).fill(text)
    box(page, name).blur()
    until(page, "({ form }, [name, text]) => String(form.values[name] ?? '') === text", [name, text])


def choose(page: Page, name: str, words: str) -> None:
    """Chooses a chip of a field, or of `send-to`, which opens by a press on what is chosen."""
    field = page.locator(f"#{name}" if name == "send-to" else f"#field-{name}")
    field.locator("label").locator("visible=true").first.click()
    field.get_by_text(words, exact=True).click()


def answer(page: Page, yes: str | None) -> str:
    """Answers what the page asks before something costs, with the button of that name or by Esc; gives the question."""
    asking = page.locator("#asking")
    expect(asking).to_be_visible()
    asked = asking.locator("h2").inner_text()
    if yes is None:
        page.keyboard.press("Escape")
    else:
        asking.get_by_role("button", name=yes, exact=True).click()
    expect(asking).to_be_hidden()
    return asked


def show_pane(page: Page, name: str) -> Locator:
    """Opens the tab of a pane ("request", "response", "code", "timeline"), and gives the pane."""
    tab = page.locator(f"#{name}-tab")
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")
    return page.locator(f"#{name}" if name in ("code", "timeline") else f"#{name}-json")


def thumbs(page: Page, prompt: str = "") -> Locator:
    """The pictures of the newest submissions, where there are several; or the one of a prompt."""
    return page.locator("#task-board .thumbs button").filter(has_text=prompt)


def choose_example(page: Page, name: str) -> None:
    """Chooses an example from the strip or, once that was used, from the gallery."""
    card = page.locator(f'#examples [data-example="{name}"]')
    if not card.is_visible():
        page.locator("#examples .all").click()
    card.click()


def choose_scenario(page: Page, words: str) -> None:
    """Chooses what the sandbox should do, by a part of its words."""
    page.locator("#scenario input").click()
    page.locator("#scenario [role=option]").filter(has_text=words).click()


def press(page: Page, button: str = "generate") -> None:
    """Presses a button of the form."""
    page.locator(f"#{button}").click()
