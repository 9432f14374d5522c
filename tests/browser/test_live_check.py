"""What is checked while typing, in the browser alone, is what the server's checks say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from tests.browser.form import box, opened, type_in, unfolded
from tests.conftest import App
from weryai_ui.i18n import Locale, speaking
from weryai_ui.request.fields import FIELDS
from weryai_ui.request.references import Reference
from weryai_ui.request.rules import rules
from weryai_ui.request.validation import check

LINES = st.lists(
    st.sampled_from(
        [
            "https://a.example/1.png",
            "http://me:pw@a.example:8080/ä?x#y",
            "https://münchen.example",
            "https://a.example/" + "é" * 3000,
            "https://a.example/" + "x" * 9000,
            "a.example",
            "data:image/png;base64,AA",
            "https://a.example/with space",
            " https://a.example/\u200b ",
            "\u3000https://a.example/\ufeff",
            "https:///",
            "https://a.example:70000",
            "https://a.example:0",
            "https://[::1]:80/",
            "https://a.example/👩‍👩‍👧",
            "http://localhost:7860/a.mp4",
            "https://127.0.0.1",
            "upload:abcdefghijklmnop.mp4",
            "upload:ABCDEFGHIJKLMNOP",
            "upload:nobody-knows-this-one.png",
            "upload:short",
            "",
        ]
    )
    | st.text(max_size=12).filter(lambda text: text.isprintable()),
    max_size=12,
).map("\n".join)
NUMBERS = st.sampled_from(
    [None, "", "5", " 15 ", "16", "4", "1e3", "٣", "-0", "007", str(2**63), str(-(2**63)), "9" * 40]
)
NUMBER = st.none() | st.integers(0, 8000)
KNOWN = st.fixed_dictionaries(
    {
        link: st.builds(
            Reference,
            st.just(link),
            st.none() | st.floats(0, 20).map(lambda seconds: round(seconds, 3)),
            kind=st.sampled_from(["images", "videos", "audios"]),
            width=NUMBER,
            height=NUMBER,
            size=st.none() | st.integers(0, 60_000_000),
        )
        for link in ("upload:abcdefghijklmnop.mp4", "upload:ABCDEFGHIJKLMNOP", "https://a.example/1.png")
    }
)
FORMS = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["SEEDANCE_2_0", "", None, "OTHER"]),
        "prompt": st.sampled_from(
            ["", " \n", "é" * 500, "👍" * 501, "A boat", "image 1, @video2 [Audio 3] 图片 2 视频1 image ?"]
        )
        | st.text(max_size=30),
        "images": LINES,
        "videos": LINES,
        "audios": LINES,
        "aspect_ratio": st.sampled_from(["", "16:9", "4:3"]),
        "resolution": st.sampled_from(["", "720p", "1080p"]),
        "duration": st.sampled_from([5, 15, 4, 16, 5.5, None]),
        "generate_audio": st.sampled_from(["", "true", "maybe"]),
        "video_number": st.sampled_from(["", "1", "4", "5", "0"]),
        "webhook_url": st.sampled_from(["", "https://a.example/hook", "http://a.example", "hook", "https://a b"]),
        "caller_id": NUMBERS,
    }
)


def said(findings: Any) -> list[tuple[str, str, str]]:
    return sorted((found["field"], found["rule"], found["text"]) for found in findings)


@pytest.mark.parametrize(("locale", "examples"), [(Locale.EN, 300), (Locale.ZH, 60)])
def test_browser_and_server_find_the_same_in_the_same_words(
    locale: Locale, examples: int, app: App, page: Page
) -> None:
    opened(page, app.url)
    page.evaluate("language => window.words.choose(language)", locale)
    page.evaluate("rules => { window.testRules = rules; }", rules())

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(FORMS, min_size=10, max_size=10), KNOWN)
    def compare(forms: list[dict[str, Any]], known: dict[str, Reference]) -> None:
        facts = {link: asdict(reference) for link, reference in known.items()}
        live = page.evaluate(
            "([forms, known]) => forms.map(form => window.studioCheck(window.testRules, form, known))", [forms, facts]
        )
        for form, found in zip(forms, live, strict=True):
            checked = check(form, known=known)
            for name, expected in (("problems", checked.problems), ("warnings", checked.warnings)):
                assert said(found[name]) == sorted((e.field, e.rule, e.text) for e in expected)

    with speaking(locale):
        compare()


def test_a_problem_shows_and_goes_while_typing_without_asking_the_server(app: App, page: Page) -> None:
    opened(page, app.url)
    asked: list[str] = []
    of_itself = ("/component_server/", "/board")
    page.on("request", lambda request: None if request.url.endswith(of_itself) else asked.append(request.url))
    box(page, "prompt").press_sequentially("A boat")
    expect(page.locator("#field-prompt .counter")).to_have_text("6 / 500")
    box(page, "prompt").fill("x" * 501)
    expect(page.locator("#note-prompt")).to_have_text("Prompt is 501 characters; the limit is 500.")
    box(page, "prompt").press("Backspace")
    expect(page.locator("#note-prompt")).not_to_contain_text("limit")
    expect(page.locator("#problems .problems li")).to_have_count(0)
    assert asked == []


def test_every_field_has_its_label_its_help_and_its_id(app: App, page: Page) -> None:
    opened(page, app.url)
    for name, spec in FIELDS.items():
        unfolded(page, name)
        field = page.locator(f"#field-{name}")
        expect(field).to_contain_text(spec.label)
        expect(field).to_contain_text(spec.help)


def test_an_empty_length_is_a_problem_at_its_field(app: App, page: Page) -> None:
    opened(page, app.url)
    type_in(page, "duration", "")
    expect(page.locator("#note-duration")).to_have_text("Length is empty; it is required.")
