"""What is wrong with form values, for the page that asks while a person types, and for anybody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.conftest import App, StartApp
from weryai_ui.request.validation import check
from weryai_ui.ui.http.questions import CHECK_BYTES

GOOD = {"model": "SEEDANCE_2_0", "duration": 5, "prompt": "A boat", "images": "https://example.com/1.png"}
FORMS: dict[str, dict[str, Any]] = {
    "good": GOOD,
    "empty": {},
    "long": {**GOOD, "prompt": "é" * 501},
    "half a character": {**GOOD, "prompt": "\ud800", "webhook_url": "https://a.example/\udfff"},
    "strange links": {**GOOD, "images": "data:x\nhttps://a b\n\u200b\nhttps://example.com/1.png", "videos": 7},
    "strange numbers": {**GOOD, "duration": 5.5, "caller_id": 10**400, "video_number": True},
}


def ask(app: App, **asked: Any) -> dict[str, Any]:
    answer = requests.post(f"{app.url}/check", data=json.dumps(asked), timeout=30)
    assert answer.status_code == 200
    return dict(answer.json())


@pytest.mark.parametrize("values", FORMS.values(), ids=FORMS)
def test_the_route_says_what_every_other_entrance_says(app: App, values: dict[str, Any]) -> None:
    found, expected = ask(app, values=values), check(values)
    for name, findings in (("problems", expected.problems), ("warnings", expected.warnings)):
        assert found[name] == [{"field": each.field, "text": each.text} for each in findings]


def test_it_speaks_the_language_that_it_is_asked_in(app: App) -> None:
    told = {language: ask(app, values={}, language=language)["problems"][0]["text"] for language in ("en", "zh")}
    assert told["en"].isascii() and not told["zh"].isascii()


@pytest.mark.parametrize("seconds", ["20", "20.0", "2e1"])
def test_what_the_browser_measured_of_a_link_is_judged_too(app: App, seconds: str) -> None:
    link = "https://example.com/1.mp4"
    found = ask(app, values={**GOOD, "videos": link}, measured=f'{{"{link}": {seconds}}}')
    assert [each["field"] for each in found["problems"]] == ["videos", "videos"]


@pytest.mark.parametrize("measured", [None, 7, "x", "[1]", '{"a": "b"}', f'{{"a": 1{"0" * 400}}}', "[" * 9000])
def test_a_measurement_that_is_none_counts_as_not_measured(app: App, measured: Any) -> None:
    assert ask(app, values=GOOD, measured=measured)["problems"] == []


@pytest.mark.parametrize("asked", [None, [], 7, "x", {}, {"values": []}, {"values": {"seed": 4}, "language": 5}])
def test_whatever_is_asked_is_answered_as_an_empty_form(app: App, asked: Any) -> None:
    answer = requests.post(f"{app.url}/check", data=json.dumps(asked), timeout=30)
    assert {each["field"] for each in answer.json()["problems"]} == {"model", "duration"}


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"\xff", 400), (b"[" * 40_000, 400), (b" " * (CHECK_BYTES + 1), 413)]
)
def test_what_cannot_be_read_is_refused(app: App, body: bytes, status: int) -> None:
    assert requests.post(f"{app.url}/check", data=body, timeout=30).status_code == status


def test_another_site_may_not_ask(app: App) -> None:
    answer = requests.post(f"{app.url}/check", json={}, headers={"Origin": "https://elsewhere.example"}, timeout=30)
    assert answer.status_code == 403


@pytest.mark.parametrize("values", FORMS.values(), ids=FORMS)
def test_the_body_that_would_go_out_is_shown_with_the_fields_that_are_wrong(app: App, values: dict[str, Any]) -> None:
    shown, expected = ask(app, values=values)["request"], check(values)
    assert shown["wrong"] == [each.field for each in expected.problems]
    assert shown["facts"][1] == "Authorization: Bearer sk-…"
    if expected.request is not None:
        assert json.loads(shown["text"]) == expected.request.payload()
    else:
        typed = {name for name, value in values.items() if value}
        assert json.loads(shown["text"]).keys() == typed


def test_programs_are_made_for_who_asks_for_them_and_of_a_form_that_passes(app: App) -> None:
    assert "code" not in ask(app, values=GOOD)
    assert len(ask(app, values=GOOD, code=True)["code"]["programs"]) == 3
    assert "code" not in ask(app, values={**GOOD, "duration": 99}, code=True)


def test_a_body_that_is_too_long_to_follow_is_not_sent_back(app: App) -> None:
    found = ask(app, values={**GOOD, "prompt": "x" * 100_000})
    assert "request" not in found and found["problems"]


def test_a_check_in_the_first_moments_judges_without_the_address_of_the_sandbox(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.service.accounts, "sandbox_url", "")
    body = {"values": {"prompt": "A boat", "duration": 99}, "send_to": "sandbox"}
    answer = requests.post(f"{app.url}/check", json=body, timeout=30)
    assert answer.status_code == 200 and "request" not in answer.json()
    assert "duration" in [each["field"] for each in answer.json()["problems"]]


@pytest.mark.parametrize(
    ("reached", "settings", "sandbox"),
    [
        ("studio.example:8080", {}, "http://studio.example:8080/sandbox"),
        ("studio.example", {"public_url": "https://film.example/studio"}, "https://film.example/studio/sandbox"),
    ],
)
def test_the_code_reaches_the_sandbox_below_the_page_that_was_asked(
    start_app: StartApp, reached: str, settings: dict[str, Any], sandbox: str
) -> None:
    app = start_app(**settings)
    told = requests.post(
        f"{app.url}/check", json={"values": GOOD, "code": True}, headers={"Host": reached}, timeout=30
    ).json()
    assert all(sandbox in each["text"] for each in told["code"]["programs"])
    owners = requests.post(f"{app.url}/check", json={"values": GOOD, "code": True, "send_to": "owner-key"}, timeout=30)
    assert all("api.weryai.com" in each["text"] for each in owners.json()["code"]["programs"])
