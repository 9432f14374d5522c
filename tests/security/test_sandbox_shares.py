"""Nobody shuts another visitor out of the sandbox: credits, unfinished tasks and drawing are each visitor's own."""

from __future__ import annotations

from collections.abc import Callable

import requests

from tests.conftest import App, StartApp
from tests.durability.waiting import until
from weryai_ui.access.accounts import visitor_id
from weryai_ui.access.policy import Caller
from weryai_ui.access.visitors import new_key, new_token
from weryai_ui.client.outcome import Outcome
from weryai_ui.logs import without_keys
from weryai_ui.sandbox.purses import CREDITS
from weryai_ui.service.preparing import Submission
from weryai_ui.store.records import Intent, SendTo

SUBMIT = "/v1/generation/almighty-reference-to-video"
ONE = {"model": "SEEDANCE_2_0", "prompt": "A boat", "duration": 5, "resolution": "480p"}
FOUR = {**ONE, "video_number": 4}
KEYS = ("sk-sandbox-slow", "sk-sandbox-fails", "sk-sandbox-content")


def submit(app: App, visitor: str, body: dict[str, object], scenario: str = "sk-sandbox") -> Intent:
    intent = app.service.submit(
        Submission(body, SendTo.SANDBOX, visitor, scenario=scenario, idempotency_key=new_key())
    ).intent
    assert intent is not None
    return intent


def use_up(send: Callable[[str], bool]) -> int:
    """Sends with every scenario until it is refused; how often it was accepted."""
    accepted = 0
    for key in KEYS:
        while send(key):
            accepted += 1
    return accepted


def direct(app: App, key: str, body: dict[str, object]) -> bool:
    """Whether the sandbox takes a request that goes straight to it."""
    url = app.service.accounts.sandbox_url + SUBMIT
    return bool(requests.post(url, json=body, headers={"Authorization": f"Bearer {key}"}, timeout=30).json()["data"])


def drawn(app: App) -> set[str]:
    return {path.stem for path in (app.service.settings.data_dir / "sandbox" / "media").glob("task_*.mp4")}


def test_who_uses_up_the_sandbox_keeps_nobody_from_submitting_and_being_drawn_soon(start_app: StartApp) -> None:
    app = start_app(sandbox_pace=20)
    greedy, other = new_token(), new_token()
    taken = use_up(lambda key: submit(app, greedy, FOUR, key).outcome is Outcome.ACCEPTED)
    strangers = use_up(lambda key: direct(app, key, FOUR))
    before = drawn(app)
    intent = submit(app, other, ONE, "sk-sandbox-slow")
    print(f"a visitor had {taken} submissions accepted, a stranger {strangers}; another visitor: {intent.outcome}")
    assert taken == 5
    assert intent.outcome is Outcome.ACCEPTED, intent.service_message
    (task,) = intent.tasks
    until(lambda: task.upstream_id in drawn(app), seconds=100)
    turns = len(drawn(app) - before)
    print(f"drawn as number {turns} after it was submitted")
    assert turns <= 4  # the one under way, one of each of the two who came before, its own


def test_whose_account_it_is_stands_nowhere(start_app: StartApp) -> None:
    app = start_app()
    visitor = new_token()
    submission = Submission(ONE, SendTo.SANDBOX, visitor, scenario="sk-sandbox-fails")
    account = app.service.accounts.choose(
        SendTo.SANDBOX, visitor_id(visitor), Caller(), key="", scenario=submission.scenario
    )
    scenario, _, secret = account.wire_key.partition(".")
    assert (scenario, len(secret)) == ("sk-sandbox-fails", 32)
    intent = submit(app, visitor, ONE, submission.scenario)
    until(lambda: app.service.open(visitor, intent.id)[0].tasks[0].ended_at)  # type: ignore[index]
    assert app.service.balance(submission) == CREDITS
    assert (intent.scenario, app.service.key_of(submission)) == ("sk-sandbox-fails", "sk-sandbox-fails")
    assert secret not in without_keys(f"sent with {account.wire_key}") + repr(account)
    proof = secret[16:].encode()
    kept = [path for path in app.service.settings.data_dir.rglob("*") if path.is_file()]
    assert [path for path in kept if proof in path.read_bytes()] == []
    print(f"not in any of {len(kept)} files, nor in a log line, nor in a repr")
