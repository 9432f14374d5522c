"""The rules of a pool: who comes next, who waits, who is refused, and with what words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.process import in_a_loop
from weryai_ui.i18n import Locale, speaking
from weryai_ui.ui.http.pools import NAMES_KEPT, RETRY_S, Line, Pace, Pool, Pools, Size, TooMany, Who

ANN, BEN, EVE = (Who.of(name, f"10.0.0.{number}") for number, name in enumerate(("ann", "ben", "eve")))
ALONE = Size(1, 1)


class Played:
    """Work in a pool that begins and ends when the test says so; `begun` in the order in which it began."""

    def __init__(self, size: Size) -> None:
        self._pool = Pool({"work": size})
        self.begun: list[str] = []
        self.refused: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, name: str, who: Who) -> None:
        self._ends[name] = asyncio.Event()
        self._tasks[name] = asyncio.create_task(self._work(name, who))
        await settled()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await settled()

    async def cancel(self, name: str) -> None:
        self._tasks[name].cancel()
        await settled()

    async def _work(self, name: str, who: Who) -> None:
        try:
            async with self._pool.place("work", who):
                self.begun.append(name)
                await self._ends[name].wait()
        except TooMany:
            self.refused.append(name)


async def settled() -> None:
    """Whatever can go on without a clock has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


def played(play: Callable[[Played], Coroutine[Any, Any, None]], size: Size = ALONE) -> Played:
    """What became of a play in a pool of that size."""

    async def act() -> Played:
        game = Played(size)
        await play(game)
        for task in game._tasks.values():
            task.cancel()
        ends = await asyncio.gather(*game._tasks.values(), return_exceptions=True)
        assert not [end for end in ends if not isinstance(end, asyncio.CancelledError | None)]
        return game

    return in_a_loop(act())


def test_everybodys_first_piece_comes_before_anybodys_second() -> None:
    async def play(game: Played) -> None:
        for name, who in (("a1", ANN), ("a2", ANN), ("a3", ANN), ("b1", BEN), ("e1", EVE)):
            await game.ask(name, who)
        for name in ("a1", "b1", "e1", "a2", "a3"):
            await game.end(name)

    assert played(play).begun == ["a1", "b1", "e1", "a2", "a3"]


def test_who_asks_for_little_does_not_wait_behind_those_who_always_ask() -> None:
    async def play(game: Played) -> None:
        for number in range(3):
            for name, who in (("a", ANN), ("b", BEN)):
                await game.ask(f"{name}{number}", who)
        for name in ("a0", "b0"):
            await game.end(name)
        await game.ask("e1", EVE)
        for name in ("a1", "e1", "b1"):
            await game.end(name)

    assert played(play).begun == ["a0", "b0", "a1", "e1", "b1", "a2"]


def test_who_asks_for_one_thing_after_another_comes_before_who_asks_for_many_at_once() -> None:
    async def play(game: Played) -> None:
        await game.ask("b1", BEN)
        for number in range(4):
            await game.ask(f"a{number}", ANN)
        await game.end("b1")
        await game.ask("b2", BEN)
        await game.end("a0")

    assert played(play).begun == ["b1", "a0", "b2"]


def test_short_work_of_all_kinds_takes_turns_and_what_waits_for_something_else_does_not_stop_it() -> None:
    short = Size(8, 8, line=Line.LIGHT)

    async def act() -> None:
        pools = Pools({"board": short, "check": short, "upload": Size(8, 8)})
        async with asyncio.timeout(20), pools.place("board", ANN) as done, pools.place("board", BEN):
            third = asyncio.create_task(_once(pools, "check", EVE))
            await settled()
            assert not third.done()
            await _once(pools, "upload", EVE)
            done()
            await third
            async with pools.place("check", EVE):
                await _once(pools, "check", ANN)

    in_a_loop(act())


def test_a_place_of_one_kind_is_not_held_by_who_waits_for_another() -> None:
    async def act() -> None:
        pools = Pools({"board": Size(1, 1, line=Line.LIGHT), "check": Size(8, 8, line=Line.LIGHT)})
        async with asyncio.timeout(20), pools.place("check", ANN) as first, pools.place("check", ANN):
            waiting = asyncio.create_task(_once(pools, "board", BEN))
            await settled()
            next_one = asyncio.create_task(_once(pools, "board", EVE))
            await settled()
            waiting.cancel()
            first()
            await next_one

    in_a_loop(act())


def test_who_has_just_submitted_is_not_behind_for_the_next_check() -> None:
    begun = []

    async def ask(pools: Pools, who: Who) -> None:
        async with pools.place("check", who) as done:
            begun.append(who)
            done()

    async def act() -> None:
        pools = Pools({"check": Size(8, 8, line=Line.LIGHT), "submit": Size(8, 8, line=Line.LIGHT)})
        async with asyncio.timeout(20):
            await _once(pools, "check", BEN)
            await _once(pools, "submit", ANN)
            async with pools.place("submit", EVE) as first, pools.place("submit", EVE):
                waiting = [asyncio.create_task(ask(pools, who)) for who in (BEN, ANN)]
                await settled()
                first()
                await asyncio.gather(*waiting)

    in_a_loop(act())
    assert begun == [ANN, BEN]


def test_what_is_light_does_not_wait_behind_what_is_heavy_nor_that_behind_it() -> None:
    async def act() -> None:
        light, heavy = Size(8, 8, line=Line.LIGHT), Size(8, 8, line=Line.HEAVY)
        pools = Pools({"check": light, "text": heavy})
        async with asyncio.timeout(20), pools.place("text", ANN) as done:
            other = asyncio.create_task(_once(pools, "text", BEN))
            await settled()
            assert not other.done()
            async with pools.place("check", BEN), pools.place("check", EVE):
                done()
                await other

    in_a_loop(act())


async def _once(pools: Pools, kind: str, who: Who) -> None:
    async with pools.place(kind, who):
        pass


def test_a_visitor_has_no_more_than_their_share_at_once_while_places_are_free() -> None:
    async def play(game: Played) -> None:
        for name, who in (("a1", ANN), ("a2", ANN), ("a3", ANN), ("b1", BEN)):
            await game.ask(name, who)

    assert played(play, Size(8, 2)).begun == ["a1", "a2", "b1"]


def test_an_address_leaves_places_to_others() -> None:
    async def play(game: Played) -> None:
        for number in range(6):
            await game.ask(f"v{number}", Who.of(f"v{number}", "10.0.0.9"))
        await game.ask("b1", BEN)

    assert played(play, Size(4, 1)).begun == ["v0", "v1", "v2", "b1"]


def test_what_a_visitor_asks_beyond_their_share_is_refused_and_others_wait_on() -> None:
    async def play(game: Played) -> None:
        await game.ask("b1", BEN)
        for number in range(5):
            await game.ask(f"a{number}", ANN)
        await game.ask("e1", EVE)

    game = played(play, Size(1, 1, waiting_of_visitor=2))
    assert game.refused == ["a2", "a3", "a4"]


def test_a_full_queue_sends_away_who_has_the_most_in_it() -> None:
    async def play(game: Played) -> None:
        await game.ask("e1", EVE)
        for number in range(4):
            await game.ask(f"a{number}", ANN)
        await game.ask("b1", BEN)
        await game.end("e1")

    game = played(play, Size(1, 1, waiting=4, waiting_of_visitor=4))
    assert game.refused == ["a3"]
    assert game.begun == ["e1", "b1"]


def test_new_tokens_of_one_address_leave_room_in_the_line() -> None:
    async def play(game: Played) -> None:
        await game.ask("a1", ANN)
        await game.end("a1")
        await game.ask("first", EVE)
        for number in range(20):
            await game.ask(f"new{number}", Who.of(f"new{number}", "10.0.1.1"))
        await game.ask("a2", ANN)
        await game.end("first")

    game = played(play, Size(1, 1, waiting=8))
    assert "a2" not in game.refused


def test_a_caller_who_goes_away_leaves_their_place_and_their_wait() -> None:
    async def play(game: Played) -> None:
        for name, who in (("a1", ANN), ("b1", BEN), ("e1", EVE)):
            await game.ask(name, who)
        await game.cancel("b1")
        await game.cancel("a1")

    assert played(play).begun == ["a1", "e1"]


def test_a_place_that_is_free_in_the_moment_in_which_its_next_caller_goes_away_is_not_lost() -> None:
    async def play(game: Played) -> None:
        for name, who in (("a1", ANN), ("b1", BEN), ("e1", EVE)):
            await game.ask(name, who)
        game._ends["a1"].set()
        await game.cancel("b1")
        await game.ask("a2", ANN)
        await game.end("e1")

    assert played(play).begun == ["a1", "e1", "a2"]


def test_who_has_no_turn_in_time_is_refused_and_the_pool_goes_on() -> None:
    async def play(game: Played) -> None:
        await game.ask("a1", ANN)
        await game.ask("b1", BEN)
        async with asyncio.timeout(10):
            while not game.refused:
                await asyncio.sleep(0.01)
        await game.end("a1")
        await game.ask("e1", EVE)

    game = played(play, Size(1, 1, patience_s=0.05))
    assert (game.begun, game.refused) == (["a1", "e1"], ["b1"])


def test_a_burst_is_free_and_then_the_pace_is_kept_for_each_by_themselves() -> None:
    now = [0.0]
    pace = Pace(0.5, 3, 1.0, lambda: now[0])
    assert [pace.wait("ann") for _ in range(6)] == [0, 0, 0, 0, 0.5, 1.0]
    with pytest.raises(TooMany) as refused:
        pace.wait("ann")
    assert refused.value.retry_after == 2
    assert pace.wait("ben") == 0
    now[0] = 60.0
    assert pace.wait("ann") == 0


def test_a_million_names_take_no_more_memory_than_those_that_are_kept() -> None:
    pace = Pace(1.0, 1, 1.0)
    for number in range(NAMES_KEPT + 500):
        pace.wait(str(number))
    assert len(pace._due) == NAMES_KEPT


def test_new_visitors_of_one_address_have_a_pace_and_known_ones_do_not_wait_for_it() -> None:
    async def act() -> None:
        pool = Pool({"work": Size(4, 1, patience_s=0.5, newcomers_every_s=1.0, newcomers=2)})
        for who in (ANN, BEN):
            async with pool.place("work", who):
                pass
        crowd = [Who.of(f"new{number}", "10.0.1.1") for number in range(4)]
        with pytest.raises(TooMany):
            for who in crowd:
                async with pool.place("work", who):
                    pass
        async with asyncio.timeout(5), pool.place("work", crowd[0]), pool.place("work", ANN):
            pass

    in_a_loop(act())


def test_the_sentence_names_the_seconds_in_the_language_of_who_is_refused() -> None:
    refused = TooMany(7)
    assert str(refused) == (
        "This server takes only so much of one visitor at once, so this was not carried out. Try again in 7 s."
    )
    with speaking(Locale.ZH):
        assert "7 秒" in str(refused)
    assert TooMany().retry_after == RETRY_S


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.1", "203.0.113.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("testclient", "testclient", True),
    ],
)
def test_an_address_of_the_sixth_version_counts_with_its_network(one: str, other: str, same: bool) -> None:
    assert (Who.of("", one) == Who.of("", other)) is same
