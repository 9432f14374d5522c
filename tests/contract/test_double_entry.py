"""The checks and the sandbox were written apart from the same page: they must judge every body alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from weryai_ui.client.outcome import Outcome
from weryai_ui.client.weryai import WeryAIClient
from weryai_ui.request.fields import FIELDS, REFERENCE_FIELDS
from weryai_ui.request.references import trimmed
from weryai_ui.request.validation import check
from weryai_ui.sandbox.envelope import NO_CREDITS, ApiError
from weryai_ui.sandbox.profile import Profile
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.sandbox.validation import judge

LINKS = st.sampled_from(
    [
        "https://a.example/1.png",
        "http://a.example:8080/ä?x=1#y",
        "https://münchen.example",
        "https://a.example/" + "x" * 3000,
        "https://a.example/" + "x" * 9000,
        "ftp://a.example/1",
        "a.example/1",
        "javascript:alert(1)",
        "https://a.example/with space",
        "https://a.example/\u200b",
        "https:///nowhere",
        "https://a.example:70000/",
        "https://a.example:0/",
    ]
)
# Edges first: a bound that one side has wrong shows where it stands.
EDGES = st.sampled_from([-1, 0, 1, 2, 3, 4, 5, 6, 9, 14, 15, 16, 17, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1])
PROMPTS = (st.integers(490, 510) | st.integers(1990, 2010)).map(lambda size: "é" * size) | st.text(
    min_size=1, max_size=40
)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "model": st.sampled_from(["SEEDANCE_2_0", "WERYDANCE_2_0", "SEEDANCE_1_0", "seedance_2_0"]),
    "prompt": PROMPTS,
    "images": st.lists(LINKS, min_size=1, max_size=11),
    "videos": st.lists(LINKS, min_size=1, max_size=5),
    "audios": st.lists(LINKS, min_size=1, max_size=5),
    "aspect_ratio": st.sampled_from(["1:1", "9:16", "16:9", "4:3", "21:9"]),
    "resolution": st.sampled_from(["480p", "720p", "1080p"]),
    "duration": EDGES,
    "generate_audio": st.sampled_from(["true", "false", "yes"]),
    "video_number": EDGES,
    "webhook_url": LINKS,
    "caller_id": EDGES,
    "seed": EDGES,
}
BODIES = st.fixed_dictionaries({}, optional=VALUES)


def sandbox_refuses(body: dict[str, Any]) -> str | None:
    try:
        judge(json.dumps(body).encode(), lambda _url: None)
    except ApiError as refused:
        return str(refused.message)
    return None


def as_sent(body: dict[str, Any]) -> dict[str, Any]:
    """What the form sends: no prompt of blanks only, and links without the invisible characters around them."""
    kept = {name: value for name, value in body.items() if not (name == "prompt" and not value.strip())}
    return {name: _trimmed(name, value) for name, value in kept.items()}


def _trimmed(name: str, value: Any) -> Any:
    if name in REFERENCE_FIELDS:
        return [trimmed(link) for link in value]
    return trimmed(value) if name == "webhook_url" else value


@settings(max_examples=1500)
@given(BODIES)
@example({"model": "SEEDANCE_2_0", "duration": 5, "audios": ["https://a.example/1"]})
@example({"model": "SEEDANCE_2_0", "duration": 5, "images": ["https://a.example/\u200b"]})
@example({"model": "WERYDANCE_2_0", "duration": 4, "prompt": "é" * 2000})
@example({"model": "WERYDANCE_2_0_FAST", "duration": 4, "prompt": "é" * 2001})
def test_the_checks_and_the_sandbox_judge_every_body_alike(body: dict[str, Any]) -> None:
    checked = check(body)
    refused = sandbox_refuses(as_sent(body))
    assert (checked.request is None) == (refused is not None), (checked.problems, refused)


@pytest.fixture(scope="module", params=Profile)
def client(request: pytest.FixtureRequest) -> Iterator[WeryAIClient]:
    with SandboxServer(pace=0, profile=request.param) as server:
        yield WeryAIClient(server.url, "sk-sandbox-fails")


@settings(max_examples=60)
@given(body=BODIES)
@example(body={"model": "SEEDANCE_2_0", "duration": 5, "video_number": 2})
@example(body={"model": "SEEDANCE_2_0", "duration": 4})
def test_both_profiles_take_and_refuse_over_the_wire_what_the_checks_do(
    client: WeryAIClient, body: dict[str, Any]
) -> None:
    checked, sent = check(body), client.submit(as_sent(body))
    assert sent.outcome in (Outcome.ACCEPTED, Outcome.REJECTED)
    refused = sent.outcome is Outcome.REJECTED and sent.code != NO_CREDITS
    assert (checked.request is None) == refused, (checked.problems, sent.service_message)


@settings(max_examples=500)
@given(BODIES)
def test_what_the_checks_let_through_is_what_the_sandbox_receives(body: dict[str, Any]) -> None:
    checked = check(body)
    if checked.request is not None:
        assert checked.request.payload() == as_sent(body)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_both_refuse_the_same_field(name: str) -> None:
    wrong: dict[str, Any] = {"prompt": "x" * 501, "images": ["x"], "videos": ["x"], "audios": ["x"], "webhook_url": "x"}
    body = {"model": "SEEDANCE_2_0", "duration": 5, "images": ["https://a.example/1"], name: wrong.get(name, "wrong")}
    assert [found.field for found in check(body).problems] == [name]
    refused = sandbox_refuses(body)
    assert refused is not None
    assert refused.startswith(name)
