"""The code that moves a history: nobody guesses one, or reads a token from the database."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import App
from tests.durability.scripted import Clock
from tests.security.test_visitors import told
from tests.visitors import visitor_named
from weryai_ui.access import move_codes
from weryai_ui.access.accounts import visitor_id
from weryai_ui.access.throttle import SERVER_BURST, SERVER_SECONDS_PER_TRY
from weryai_ui.errors import Refusal
from weryai_ui.service.moving import Moving, Offered, Taken
from weryai_ui.store.moves import LASTS_S, MOST_CODES
from weryai_ui.store.schema import move_codes as table
from weryai_ui.store.submissions import Store

ANN, BOB = visitor_named("ann"), visitor_named("bob")
SECONDS = re.compile(r"\d+ s")


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store(f"sqlite:///{tmp_path / 'weryai.sqlite3'}", clock=clock)


@pytest.fixture
def moving(store: Store, clock: Clock) -> Moving:
    return Moving(store, clock)


def offered(moving: Moving, visitor: str = ANN) -> str:
    found = moving.offer(visitor)
    assert isinstance(found, Offered)
    return found.code


def test_a_code_hands_the_token_over_however_it_is_typed(moving: Moving) -> None:
    for typed in (str, str.lower, lambda code: f" {code.replace('-', ' ')} ", lambda code: code.replace("-", "")):
        found = moving.take(BOB, typed(offered(moving)), "here")
        assert isinstance(found, Taken)
        assert found.token == ANN
        assert ANN not in repr(found)


def test_wrong_used_late_and_malformed_codes_are_refused_in_the_same_words(moving: Moving, clock: Clock) -> None:
    used = offered(moving)
    moving.take(BOB, used, "here")
    late = offered(moving)
    clock.pass_(LASTS_S + 1)
    said = set()
    for number, code in enumerate((used, late, move_codes.new_code(), "", "x" * 10_000, "0OIL-1111")):
        found = moving.take(BOB, code, f"address-{number}")
        assert isinstance(found, Refusal)
        said.add(SECONDS.sub("", found))
    assert len(said) == 1


def test_one_address_is_slowed_down_and_then_not_even_looked_at(moving: Moving) -> None:
    code = offered(moving)
    moving.take(BOB, move_codes.new_code(), "here")
    assert isinstance(moving.take(BOB, code, "here"), Refusal)
    assert isinstance(moving.take(BOB, code, "elsewhere"), Taken)


def test_all_addresses_together_have_so_few_guesses_that_none_hits(moving: Moving, clock: Clock) -> None:
    looked: list[str] = []
    take = moving._moves.take
    moving._moves.take = lambda code, taker: looked.append(code) or take(code, taker)  # type: ignore[method-assign, func-returns-value]
    began, addresses = clock(), count()
    while clock() < began + LASTS_S:
        for _ in range(3):
            moving.take(BOB, "", f"address-{next(addresses)}")
        clock.pass_(1)
    assert len(looked) <= SERVER_BURST + LASTS_S / SERVER_SECONDS_PER_TRY
    assert len(looked) * MOST_CODES / len(move_codes.ALPHABET) ** move_codes.CHARACTERS < 1e-6


def test_the_browsers_own_code_is_told_and_stays_good(moving: Moving) -> None:
    code = offered(moving)
    own = moving.take(ANN, code, "here")
    assert isinstance(own, Refusal)
    assert own.code == "moves.own"
    assert isinstance(moving.take(BOB, code, "here"), Taken)


def test_the_row_of_a_code_holds_neither_the_code_nor_the_token(moving: Moving, store: Store) -> None:
    code = offered(moving)
    with store._reading() as connection:
        (row,) = connection.execute(select(table)).all()
    kept = " ".join(map(str, row))
    for secret in (code, code.replace("-", ""), ANN, ANN.encode().hex()):
        assert secret not in kept
    assert row.visitor == visitor_id(ANN)


@pytest.mark.parametrize("nobody", ["", "c" * 31, "*", "' OR 1=1 --"])
def test_who_has_no_token_makes_takes_and_joins_nothing(moving: Moving, nobody: str) -> None:
    assert isinstance(moving.offer(nobody), Refusal)
    assert isinstance(moving.take(nobody, offered(moving), "here"), Refusal)
    assert moving.join(ANN, nobody) is None
    assert moving.join(nobody, ANN) is None
    assert moving.join(ANN, ANN) is None


def test_the_routes_take_whatever_is_sent(app: App) -> None:
    sent: list[object] = [None, [], "x", {"visitor": ANN, "code": ["x"], "before": {"x": 1}}]
    for name in ("offer_move", "take_move", "join_history"):
        for asked in sent:
            answer = told(app, name, asked)
            assert '"token"' not in answer
            assert "Traceback" not in answer
