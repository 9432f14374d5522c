"""Every state of the page: it fits every screen in both languages, and axe finds nothing in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.axe import violations
from tests.browser.states import shine, speak, states
from tests.browser.test_small_screens import SCREENS, complaints, put_on
from tests.conftest import App


@pytest.mark.timeout(900)
def test_every_state_fits_every_screen_and_axe_finds_nothing(app: App, page: Page) -> None:
    """In Chinese and dark, then in English and light: names and roles know no theme, and colours no language.

    Axe looks at the last of the screens, which is a desktop's; the next state begins in English, as a person left it.
    """
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    fitted, axed = 0, 0
    for state in states(page, app.url):
        for language, theme in (("zh", "dark"), ("en", "light")):
            speak(page, language)
            shine(page, theme)
            for screen in SCREENS:
                put_on(session, screen)
                state.anew()
                found += [f"{state.name}, {language}, {screen}: {each}" for each in complaints(page, screen)]
                fitted += 1
            found += [f"{state.name}, {language}, {theme}: {each}" for each in violations(page)]
            axed += 1
    assert not found, "\n".join(found)
    assert fitted > 200 and axed > 40
