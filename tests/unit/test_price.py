"""What a request costs by a tariff, how a sum is shared, and how it is said."""

from __future__ import annotations

import pytest

from weryai_ui.errors import SettingsError
from weryai_ui.i18n import Locale, speaking
from weryai_ui.jobs.costs import Cost, Member, costs
from weryai_ui.request.price import NO_TARIFF, Shape, read_tariff
from weryai_ui.settings import Settings
from weryai_ui.store.ledger_records import Price
from weryai_ui.ui.views.panes import price

FILM = Shape("SEEDANCE_2_0", "720p", 5, "false", 2)


@pytest.mark.parametrize(
    ("tariff", "shape", "credits"),
    [
        ("*=12", FILM, 120),
        ("720p=10, *=12", FILM, 100),
        ("720p=10,seedance_2_0 720P=9,*=12", FILM, 90),
        ("720p sound=14,720p silent=11", FILM, 110),
        ("720p sound=14,720p silent=11", FILM._replace(sound="true"), 140),
        ("720p sound=14,720p silent=11", FILM._replace(sound=""), 110),
        ("1080p=10", FILM, None),
        ("*=0.5", FILM._replace(number=1), 2.5),
        ("", FILM, None),
    ],
)
def test_the_line_of_a_tariff_that_says_most_counts(tariff: str, shape: Shape, credits: float | None) -> None:
    assert read_tariff(tariff).price(shape) == credits


@pytest.mark.parametrize("tariff", ["12", "720p=", "720p=many", "=3", "720p=-1", "720p=nan", "720p=inf"])
def test_a_tariff_that_cannot_be_read_stops_the_start_with_the_entry(tariff: str) -> None:
    with pytest.raises(SettingsError, match=r"WERYAI_TARIFF has .*words=credits"):
        Settings.from_env({"WERYAI_TARIFF": f"*=1,{tariff}"})


def test_without_a_tariff_there_is_none() -> None:
    assert Settings.from_env({}).tariff == NO_TARIFF


def members(*known_and_weight: tuple[float | None, float]) -> list[Member]:
    return [Member(str(number), *each) for number, each in enumerate(known_and_weight)]


@pytest.mark.parametrize(
    ("group", "before", "after", "found"),
    [
        ([(None, 5)], 100, 95, [Cost(5, False)]),
        ([(None, 5)], 100, 100, [Cost(0, False)]),
        ([(None, 5)], None, 95, [Cost(None, False)]),
        ([(None, 5)], 100, None, [Cost(None, False)]),
        ([(None, 5)], 95, 1240, [Cost(None, False)]),
        ([(3.0, 5), (None, 5)], 100, 90, [Cost(3, False), Cost(7, False)]),
        ([(0.0, 0), (None, 5), (None, 5), (None, 5)], 100, 90, [Cost(0, False), *(Cost(n, True) for n in (3, 4, 3))]),
        ([(None, 0), (None, 0)], 10, 10, [Cost(0, True), Cost(0, True)]),
        ([(2.5, 0)], None, None, [Cost(2.5, False)]),
    ],
)
def test_the_difference_is_shared_to_the_credit(
    group: list[tuple[float | None, float]], before: int | None, after: int | None, found: list[Cost]
) -> None:
    assert list(costs(members(*group), before, after, doubtful=False).values()) == found


def test_where_something_else_may_have_moved_the_balance_even_a_single_one_is_about() -> None:
    assert costs(members((None, 5)), 9, 4, doubtful=True) == {"0": Cost(5, True)}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "Price not known yet."),
        (Price(60, 60), "By the owner's tariff: 60 credits."),
        (Price(58, 62, 6), "The last 6 like this cost 58 to 62 credits."),
        (Price(60, 60, 3), "The last 3 like this cost 60 credits."),
        (Price(60, 60, 1), "The last one like this cost 60 credits."),
        (Price(58, 62.5, 2, about=True), "The last 2 like this cost about 58 to 62.5 credits."),
    ],
)
def test_a_price_in_words(found: Price | None, words: str) -> None:
    assert price(found) == words
    with speaking(Locale.ZH):
        assert price(found) != words
