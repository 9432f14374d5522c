"""The form as a person meets it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from weryai_ui.request.fields import FIELDS, REFERENCE_FIELDS

ADVANCED = [name for name, spec in FIELDS.items() if spec.form.advanced]


def opened(page: Page, url: str) -> Page:
    """The page, ready to type into: the counter stands there once the scripts run."""
    page.goto(url)
    expect(page.locator("#field-prompt .counter")).to_be_visible()
    return page


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
    heard = "([name, text]) => String(window.studio.values[name] ?? '') === text"
    page.wait_for_function(heard, arg=[name, text])


def choose(page: Page, name: str, words: str) -> None:
    """Chooses a chip of a field, or of `send-to`."""
    field = page.locator(f"#{name}" if name == "send-to" else f"#field-{name}")
    field.get_by_text(words, exact=True).click()


def choose_scenario(page: Page, words: str) -> None:
    """Chooses what the sandbox should do, by a part of its words."""
    page.locator("#scenario input").click()
    page.get_by_role("option").filter(has_text=words).click()


def press(page: Page, button: str = "generate") -> None:
    """Presses a button of the form."""
    page.locator(f"#{button}").click()
