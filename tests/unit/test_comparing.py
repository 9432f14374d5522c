"""Which words of a prompt are marked beside another."""

from __future__ import annotations

import pytest

from weryai_ui.ui.views.comparing import marked

SIGNS = {"same": "{}", "added": "[+{}]", "removed": "[-{}]"}


@pytest.mark.parametrize(
    ("first", "other", "shown"),
    [
        ("A red boat drifts", "A blue boat drifts", "A [-red][+blue] boat drifts"),
        ("A boat", "A boat at dusk", "A boat[+ at dusk]"),
        ("A boat at dusk", "A boat", "A boat[- at dusk]"),
        ("纸船在雨中", "纸船在雪中", "纸船在[-雨][+雪]中"),
        ("", "A boat", "[+A boat]"),
        ("image1 turns", "image2 turns", "[-image1][+image2] turns"),
    ],
)
def test_words_are_marked_whole_and_characters_alone(first: str, other: str, shown: str) -> None:
    one, two = marked([first, other])
    assert "".join(piece["text"] for piece in one) == first
    assert "".join(SIGNS[piece["how"]].format(piece["text"]) for piece in two) == shown


def test_prompts_that_agree_are_not_shown() -> None:
    assert marked(["A boat", "A boat", "A boat"]) == []
