"""What a widget's script asks with: anybody may have written it, so anything else than a place is none."""

from __future__ import annotations

from typing import Any

import pytest

from weryai_ui.store.records import Place
from weryai_ui.ui.http.params import number, place

ID = "0123456789abcdef" * 2


def test_a_row_of_the_history_is_its_place_whatever_else_it_says() -> None:
    row = {"id": ID, "created_at": 1_800_000_000, "prompt": "x"}
    assert place({"after": row}, "after") == Place(1_800_000_000.0, ID)


@pytest.mark.parametrize(
    "after",
    [
        None,
        7,
        "x",
        [],
        {},
        {"id": ID},
        {"created_at": 1.0},
        *(
            {"id": ID, "created_at": each}
            for each in ("1", None, [1], float("nan"), float("inf"), -float("inf"), 10**400)
        ),
        *(
            {"created_at": 1.0, "id": each}
            for each in ("", 7, "x" * 32, ID + "0", ID + "\n", ID[:-1] + "\0", "\ud800" * 32)
        ),
    ],
    ids=repr,
)
def test_what_names_no_place_is_the_beginning_of_the_history(after: Any) -> None:
    assert place({"after": after}, "after") is None


@pytest.mark.parametrize("asked", [None, [], "after", 7])
def test_a_question_that_is_no_object_has_no_place(asked: Any) -> None:
    assert place(asked, "after") is None


def test_a_number_that_no_float_holds_is_none() -> None:
    assert number({"x": 10**400}, "x") != number({"x": 10**400}, "x")
