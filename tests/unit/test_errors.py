"""The table of causes: every code and status has a sentence, whose move it is, and what to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weryai_ui.errors import CODES, HTTP, ActionBy, Explanation, Trouble, explain, explain_trouble

CONTRACT_CODES = {1001, 1003, 1006, 1007, 1009, 1010, 1011, 1014, 1015, 1017, 2001, 2003, 2004}
CONTRACT_CODES |= {6001, 6002, 6003, 6004, 6010, 6101}


def test_every_code_of_the_contract_is_explained() -> None:
    assert set(CODES) == CONTRACT_CODES  # and 1002, whose meaning hangs on the HTTP status


@pytest.mark.parametrize(
    ("http_status", "code", "key", "move"),
    [
        (200, 1001, "code.1001", ActionBy.WAIT),
        (200, 1006, "code.1006", ActionBy.FIX_INPUT),
        (200, 1011, "code.1011", ActionBy.TOP_UP),
        (403, 1009, "code.1009", ActionBy.KEY_OWNER),
        (500, 6001, "code.6001", ActionBy.SERVICE),
        (None, 2003, "code.2003", ActionBy.FIX_INPUT),
        (401, 1002, "code.1002.key", ActionBy.KEY_OWNER),
        (403, 1002, "code.1002.key", ActionBy.KEY_OWNER),
        (400, 1002, "code.1002.field", ActionBy.FIX_INPUT),
        (200, 1002, "code.1002", ActionBy.CHECK),
        (401, None, "http.401", ActionBy.KEY_OWNER),
        (429, None, "http.429", ActionBy.WAIT),
        (502, None, "http.502", ActionBy.SERVICE),
        (418, None, "http.4xx", ActionBy.FIX_INPUT),
        (599, None, "http.5xx", ActionBy.SERVICE),
        (307, None, "wire.redirect", ActionBy.CHECK),
        (404, 4242, "http.404", ActionBy.CHECK),
        (200, 4242, "code.4242", ActionBy.CHECK),
        (200, None, "wire.not_json", ActionBy.CHECK),
        (101, None, "wire.not_http", ActionBy.CHECK),
        (999, None, "wire.not_http", ActionBy.CHECK),
    ],
)
def test_a_code_decides_and_the_http_status_stands_in(
    http_status: int | None, code: int | None, key: str, move: ActionBy
) -> None:
    explanation = explain(http_status, code)
    assert (explanation.key, explanation.move) == (key, move)


def test_a_code_nobody_knows_keeps_its_number() -> None:
    assert "4242" in explain(200, 4242).cause


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_on_the_wire_is_explained(trouble: Trouble) -> None:
    explanation = explain_trouble(trouble)
    assert explanation.key == f"wire.{trouble.value}"
    _assert_reads_well(explanation)


@pytest.mark.parametrize("code", [*CODES, 1002])
@pytest.mark.parametrize("http_status", [None, *HTTP])
def test_every_explanation_is_sentences(http_status: int | None, code: int) -> None:
    _assert_reads_well(explain(http_status, code))


@given(st.none() | st.integers(), st.none() | st.integers())
def test_any_two_numbers_are_explained(http_status: int | None, code: int | None) -> None:
    _assert_reads_well(explain(http_status, code))


def _assert_reads_well(explanation: Explanation) -> None:
    for sentence in (explanation.cause, explanation.advice):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert len(sentence) < 120
