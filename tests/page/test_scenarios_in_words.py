"""Every scenario of the sandbox on the page, in both profiles: outcome, tasks in the sandbox's ledger, and the words.

`-s` prints the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.conftest import App, running_app, settings_in
from tests.durability.waiting import until
from tests.service.conftest import FORM, new_submission
from tests.visitors import visitor_named
from weryai_ui.access.accounts import visitor_id
from weryai_ui.client.failures import Failure
from weryai_ui.client.outcome import Outcome
from weryai_ui.errors import cause_of
from weryai_ui.i18n import say
from weryai_ui.sandbox.profile import Profile
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.ui.failed import Change

ENDS_WITHIN_S = 240.0
PICTURES = ["https://example.com/1.png", "https://example.com/2.png"]
ASKED: Mapping[str, Mapping[str, Any]] = {
    "sk-sandbox-partial": {"video_number": 2},
    "sk-sandbox-image-audit": {"images": PICTURES, "prompt": "Image 1 beside image 2"},
    "sk-sandbox-content": {"generate_audio": "true"},
}
"""What a scenario needs to show what it is for."""


@dataclass(frozen=True)
class Told:
    """What is told of a submission: its outcome, the tasks that were made, how it stands, and the first sentence.

    `change`: the one next change that its button makes.
    """

    outcome: Outcome
    tasks: int
    state: str
    cause: str = ""
    change: Change | None = None


READY = Told(Outcome.ACCEPTED, 1, "task_state.succeeded")


def failed(why: Failure, change: Change) -> Told:
    return Told(Outcome.ACCEPTED, 1, "task_state.failed", say(f"happened.{why}"), change)


def refused(cause: str, change: Change | None = None) -> Told:
    return Told(Outcome.REJECTED, 0, "outcome.REJECTED", cause_of(cause), change)


def lost(cause: str, tasks: int = 1) -> Told:
    return Told(Outcome.UNKNOWN, tasks, "outcome.UNKNOWN", cause_of(cause))


TOLD: Mapping[str, Told] = {
    "sk-sandbox": READY,
    "sk-sandbox-slow": READY,
    "sk-sandbox-fails": failed(Failure.OTHER, Change.CHANGE_PROMPT),
    "sk-sandbox-content": failed(Failure.CONTENT, Change.WITHOUT_SOUND),
    "sk-sandbox-image-audit": failed(Failure.IMAGE_AUDIT, Change.REMOVE_PICTURE),
    "sk-sandbox-copyright": failed(Failure.COPYRIGHT, Change.CHANGE_PROMPT),
    "sk-sandbox-busy": failed(Failure.BUSY, Change.WAIT),
    "sk-sandbox-no-reason": failed(Failure.NO_REASON, Change.SAME_AGAIN),
    "sk-sandbox-late-failure": failed(Failure.NO_REASON, Change.SAME_AGAIN),
    "sk-sandbox-jam": READY,
    "sk-sandbox-completed": READY,
    "sk-sandbox-link-later": READY,
    "sk-sandbox-fresh-link": READY,
    "sk-sandbox-partial": Told(Outcome.ACCEPTED, 2, "mixed.partly", say("happened.other"), Change.CHANGE_PROMPT),
    "sk-sandbox-no-credits": refused("code.1011", Change.SAME_AGAIN),
    "sk-sandbox-rate-limited": refused("code.1001", Change.WAIT),
    "sk-sandbox-queue-full": refused("code.1007", Change.WAIT),
    "sk-sandbox-model-gone": refused("code.1006"),
    "sk-sandbox-bad-key": refused("code.1002.key"),
    "sk-sandbox-malformed": lost("wire.not_json", tasks=0),
    "sk-sandbox-made-timeout": lost("http.504"),
    "sk-sandbox-made-reset": lost("wire.cut_off"),
    "sk-sandbox-made-empty": lost("wire.not_json"),
    "sk-sandbox-made-html": lost("wire.not_json"),
}


def visitor_of(key: str) -> str:
    """Each scenario has a visitor, and so an account in the sandbox, of its own."""
    return visitor_named(key)


@pytest.fixture(scope="module", params=Profile)
def submitted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A running app whose sandbox has been given a request of each scenario."""
    folder = tmp_path_factory.mktemp("scenarios")
    with running_app(settings_in(folder, sandbox_pace=0.0, sandbox_profile=request.param)) as app:
        for key in SCENARIOS:
            values = {**FORM, **ASKED.get(key, {})}
            app.service.submit(new_submission(visitor_of(key), scenario=key, values=values))
        yield app


def card(app: App, key: str, language: str = "en") -> Any:
    """The one card on the visitor's board; None while anything of it is still to come."""
    asked = {"visitor": visitor_of(key), "version": "", "language": language}
    (found,) = requests.post(f"{app.url}/board", json=asked, timeout=30).json()["cards"]
    return None if found["busy"] else found


def in_ledger(app: App, key: str) -> int:
    """How many tasks the sandbox has made for the visitor."""
    own = app.service.accounts.sandbox_keys.key_for(key, visitor_id(visitor_of(key)))
    listed = requests.get(f"{app.url}/sandbox/tasks", headers={"Authorization": f"Bearer {own}"}, timeout=30)
    return 0 if listed.status_code == 401 else len(listed.json()["data"])


def words(shown: Any) -> list[str]:
    """All that the card says, as it is read."""
    failure = shown["failure"] or {}
    change = failure.get("change") or {}
    others = [each["label"] for each in failure.get("others", ())]
    sentences = [each["text"] for each in shown["says"]] + [each["says"] for each in shown["tasks"]]
    return [shown["state"], *sentences, *(f"[{label}]" for label in (change.get("label"), *others) if label)]


def test_every_scenario_stands_in_the_table() -> None:
    assert list(TOLD) == list(SCENARIOS)


@pytest.mark.parametrize("key", TOLD)
def test_a_scenario_is_told_on_the_page_as_it_went_in_the_sandbox(submitted: App, key: str) -> None:
    told, shown = TOLD[key], until(lambda: card(submitted, key), ENDS_WITHIN_S)
    made = in_ledger(submitted, key)
    read = list(dict.fromkeys(words(shown)))
    print(f"| {key} | {shown['outcome']} | {made} | {' · '.join(read)} |")
    assert (shown["outcome"], made) == (told.outcome, told.tasks)
    assert shown["state"] == say(told.state, ready=1, total=2)
    films = [film for task in shown["tasks"] for film in task["videos"]]
    assert len(films) == (1 if told.state in (READY.state, "mixed.partly") else 0)
    assert told.cause in " ".join(read)
    change = (shown["failure"] or {}).get("change") or {}
    assert change.get("key") == told.change
    if told.change is Change.WAIT:
        seconds = round(change["not_before"] - shown["ended_at"])
        assert say("acts.busy", seconds=seconds) in read, "what it says to wait is what the button counts down"
    assert all(read)
    in_chinese = words(card(submitted, key, "zh"))
    assert len(in_chinese) == len(words(shown))
    assert not any(each.isascii() for each in in_chinese)
