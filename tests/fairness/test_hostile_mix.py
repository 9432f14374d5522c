"""Two hundred hostile clients of every kind at once, and one visitor beside them who must hardly notice."""

from __future__ import annotations

import contextlib
import math
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.fairness.crowd import FULL, Answered, Crowd, Kind, Target
from tests.fairness.wellbehaved import WellBehaved
from tests.fairness.wire import PageCalls
from tests.media.made import clip, noise
from tests.process import AppProcess

AT_MOST_S: Mapping[str, float] = {"board": 20.0, "check": 2.0, "upload": 30.0, "sandbox submission": 30.0}
"""What the 95th percentile of a well-behaved visitor's answers may take under the attack."""


@contextlib.contextmanager
def hanging_service() -> Iterator[str]:
    """A service that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]


def table(quiet: Mapping[str, Sequence[float]], attacked: Mapping[str, Sequence[float]], answered: Answered) -> str:
    """The figures as a person reads them."""
    lines = [f"{'':>32}{'quiet p95':>12}{'attacked p95':>14}{'ratio':>8}"]
    for what, before in quiet.items():
        one, two = p95(before) * 1000, p95(attacked[what]) * 1000
        lines.append(f"{what:>32}{one:>9.0f} ms{two:>11.0f} ms{two / one:>8.1f}")
    for kind in sorted({kind for kind, _ in answered}):
        by_status = {status: count for (each, status), count in sorted(answered.items()) if each == kind}
        lines.append(f"{kind:>32}  " + ", ".join(f"{status}: {count}" for status, count in by_status.items()))
    return "\n".join(lines)


def under_attack(folder: Path, kinds: Mapping[str, Kind], rounds: int, *, fresh_tokens: bool = False) -> None:
    picture = noise("PNG", (96, 96))
    with hanging_service() as service, AppProcess(folder, WERYAI_BASE_URL=service) as app:
        calls = PageCalls.of(app.url)
        WellBehaved(app.url, calls, picture).until_ready()
        visitor = WellBehaved(app.url, calls, picture)
        for _ in range(rounds):
            visitor.round()
        assert not visitor.undrawn()
        quiet = dict(visitor.seconds)
        visitor.seconds.clear()
        target = Target("127.0.0.1", app.port, calls, picture, clip(6.0, size=(640, 480)), fresh_tokens)
        with Crowd(target, kinds) as crowd:
            for _ in range(rounds):
                visitor.round()
        attacked = dict(visitor.seconds)
        print("\n" + table(quiet, attacked, crowd.answered))
        lost = visitor.lost()
        print("\n".join(lost))
        assert not lost, f"{len(lost)} things were lost"
        took = {what: p95(seconds) for what, seconds in attacked.items()}
        assert all(seconds <= AT_MOST_S[what] for what, seconds in took.items()), took


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fresh_tokens", [False, True], ids=["a visitor each", "a new visitor each time"])
def test_two_hundred_hostile_clients_hardly_slow_another_visitor(tmp_path: Path, fresh_tokens: bool) -> None:
    under_attack(tmp_path, FULL, 20, fresh_tokens=fresh_tokens)
