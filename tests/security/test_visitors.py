"""Two visitors, and somebody who is neither: who can see, open, export, repeat, forget, and follow what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import TOO_MANY_REQUESTS
from typing import Any

import pytest

from tests.conftest import App, running_app, settings_in
from tests.security.conftest import FORM, Witness, call, post
from weryai_ui.access.visitor_keys import VISITOR_KEYS_KEPT
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission
from weryai_ui.store.records import SendTo

ANN, BOB = "a" * 43, "b" * 43
NOBODY = ("", "c" * 43, "*", "%", "' OR 1=1 --", "a" * 42, ANN.upper(), ANN + " ", None, [ANN], {"x": ANN})
SECRET = "Only for Ann"
KEY = "sk-of-ann-0123456789"
BOARD = "the board's own route"


@dataclass(frozen=True)
class Room:
    """An app with one submission of Ann's, made with her own key."""

    app: App
    intent: str
    service: Witness


@pytest.fixture(scope="module")
def room(unhurried: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    witness = Witness()
    with running_app(settings_in(tmp_path_factory.mktemp("room"), base_url=witness.url)) as app:
        intent = app.service.submit(Submission({**FORM, "prompt": SECRET}, SendTo.MY_KEY, ANN, key=KEY)).intent
        app.service.submit(Submission({**FORM, "prompt": "Bob's own"}, SendTo.SANDBOX, BOB))
        assert intent is not None
        yield Room(app, intent.id, witness)
    witness.close()


def asks(app: App) -> dict[str, int]:
    """Every function that a widget's script may call, with the number of its component."""
    return {
        function.__name__: component._id
        for component in app.blocks.blocks.values()
        for function in getattr(component, "server_fns", None) or ()
    }


def told(app: App, name: str, asked: Any) -> str:
    if name == BOARD:
        answer = post(app, "/board", asked)
    else:
        body = {"data": asked, "component_id": asks(app)[name], "fn_name": name, "session_hash": "s"}
        answer = post(app, "/gradio_api/component_server", body)
    assert answer.status != TOO_MANY_REQUESTS, "refused before it was asked"
    return answer.body.decode()


READS = (BOARD, "list_history", "open_intent", "panes_of", "export_history")


@pytest.mark.parametrize("name", READS)
def test_a_visitor_sees_their_own(room: Room, name: str) -> None:
    assert SECRET in told(room.app, name, {"visitor": ANN, "intent": room.intent})


@pytest.mark.parametrize("who", [BOB, *NOBODY], ids=str)
def test_nobody_else_sees_any_of_it_by_any_function(room: Room, who: Any) -> None:
    for name in (BOARD, *asks(room.app)):
        for asked in ({"visitor": who, "intent": room.intent}, {"intent": room.intent}, who, [who, room.intent]):
            answer = told(room.app, name, asked)
            assert SECRET not in answer, name
            assert room.intent not in answer, name
    if isinstance(who, str):
        assert all(SECRET not in json.dumps(each) for each in call(room.app, "tasks", who, 100))


@pytest.mark.parametrize(
    "after", ["x", 7, [], {"id": "\0", "created_at": 1e999}, {"id": "' OR 1=1 --", "created_at": 0}]
)
def test_a_history_that_is_asked_for_from_nowhere_begins_at_its_beginning(room: Room, after: Any) -> None:
    asked = {"visitor": ANN, "filter": "all", "after": after}
    assert [row["id"] for row in json.loads(told(room.app, "list_history", asked))["rows"]] == [room.intent]


def test_a_place_in_somebody_elses_history_shows_none_of_it(room: Room) -> None:
    (own,) = json.loads(told(room.app, "list_history", {"visitor": ANN}))["rows"]
    for created_at in (own["created_at"] - 9, own["created_at"] + 9):
        asked = {"visitor": BOB, "filter": "all", "after": {**own, "created_at": created_at}}
        assert room.intent not in told(room.app, "list_history", asked)


@pytest.mark.parametrize("who", [BOB, "", "c" * 43])
def test_nobody_else_forgets_or_repeats_it(room: Room, who: str) -> None:
    before = len(room.service.arrived)
    told(room.app, "forget", {"visitor": who, "intent": room.intent})
    told(room.app, "forget_intent", {"visitor": who, "intent": room.intent})
    assert room.app.service.submit_again(who, room.intent, key="", idempotency_key="") is None
    assert room.app.service.open(ANN, room.intent) is not None
    assert not [each for each in room.service.arrived[before:] if each.method == "POST"]


@pytest.mark.parametrize("who", [BOB, "c" * 43])
def test_a_second_browser_cannot_use_the_key_of_the_first(room: Room, who: str) -> None:
    service = room.app.service
    assert service.has_key(ANN)
    assert not service.has_key(who)
    refused = service.submit(Submission(FORM, SendTo.MY_KEY, who))
    assert refused.refusal == "The API key is empty."


def test_a_key_given_by_nobody_is_kept_for_nobody(room: Room) -> None:
    told(room.app, "give_key", {"visitor": "", "key": KEY})
    assert not room.app.service.has_key("")


def test_keys_are_kept_for_so_many_visitors_and_no_more(room: Room) -> None:
    service: Service = room.app.service
    for number in range(VISITOR_KEYS_KEPT + 10):
        service.remember_key(f"visitor {number}", KEY)
    known = service.accounts.visitors_with_keys()
    assert isinstance(known, tuple) and len(known) == VISITOR_KEYS_KEPT
    service.remember_key(ANN, KEY)


@pytest.mark.parametrize("chosen", ["", "me", "visitor", "a" * 31, "ä" * 40, "a b" * 20])
def test_a_token_that_somebody_else_could_choose_too_submits_nothing_and_opens_no_board(
    room: Room, chosen: str
) -> None:
    answer = call(room.app, "generate", FORM, "sandbox", "", chosen, "", "")
    if chosen:
        assert answer["task"] is None and answer["refusal"].startswith("The call names no visitor")
    else:  # the free sandbox gives who names none a visitor of their own, whom nobody can guess
        assert len(answer["visitor"]) == 43 and answer["task"] is not None
    board = json.loads(told(room.app, BOARD, {"visitor": chosen}))
    assert len(board["visitor"]) == 43 and board["cards"] == []
