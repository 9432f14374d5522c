"""A Chromium with a page on the studio and one on the plain app, and when each can be used."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from bench import apps
from bench.measure import CannotMeasure
from tests.conftest import BROWSER_FLAGS
from tests.machine import find_browser

WAIT_MS = 60_000
TOO_LONG = "x" * 501
"""A prompt that the form refuses: a submission is answered, and nothing is sent anywhere."""


@dataclass(frozen=True)
class Subject:
    """A page to be measured: its address and its parts, as expressions of JavaScript where they are conditions.

    `field` and `button`: selectors. `text`: what is typed. `heard`: whether the page knows what stands in the field.
    `answered`: whether a submission of the button was answered. `settled`: whether the page has loaded all.
    `response`: the selector of the envelope that came back.
    """

    url: str
    field: str
    button: str
    text: str
    heard: str
    answered: str
    settled: str
    response: str


def studio(url: str) -> Subject:
    """The studio: a refused submission moves the focus to the first field with a problem."""
    field = "#field-prompt textarea"
    box = f"document.querySelector({json.dumps(field)})"
    counter = "document.querySelector('#field-prompt .counter')"
    return Subject(
        url,
        field,
        "#generate",
        TOO_LONG,
        f"parseInt({counter}?.textContent) === {box}.value.length",
        f"document.activeElement === {box}",
        f"{counter} && document.getElementById('goes')?.textContent",
        "#response-json code",
    )


def plain(url: str) -> Subject:
    """The plain app: its button sends the request, and the envelope appears."""
    answered = "document.querySelector('#response')?.textContent.includes('task_id')"
    settled = "document.querySelector('#prompt textarea') && document.querySelector('#generate')"
    return Subject(url, "#prompt textarea", "#generate", "A paper boat", "true", answered, settled, "#response")


@contextlib.contextmanager
def both() -> Iterator[tuple[Browser, Subject, Subject]]:
    """A browser, the studio and the plain app, all running, both with the same imitated service."""
    with (
        apps.folder() as within,
        apps.folder() as beside,
        apps.imitated_service(beside) as service,
        apps.studio(within, **apps.on_the_owners_key(service)) as ours,
        apps.plain(beside, **apps.on_the_owners_key(service)) as theirs,
        chromium() as browser,
    ):
        yield browser, studio(ours.url), plain(theirs.url)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium without anything of the person's own."""
    path = find_browser()
    if path is None:
        raise CannotMeasure("no browser: name one in WERYAI_TEST_BROWSER")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(BROWSER_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def fresh(browser: Browser) -> Iterator[tuple[BrowserContext, Page, list[str]]]:
    """An empty cache, an empty storage and an empty page; the list fills with what goes wrong in it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    page, troubles = context.new_page(), list[str]()
    page.on("pageerror", lambda error: troubles.append(f"uncaught: {error}"))
    try:
        yield context, page, troubles
        if troubles:
            raise CannotMeasure("; ".join(troubles))
    except Error as error:
        raise CannotMeasure(f"in the browser: {error}") from error
    finally:
        context.close()


def until_settled(page: Page, subject: Subject) -> None:
    """Waits until the page has what it loads by itself."""
    page.wait_for_function(f"() => Boolean({subject.settled})")
