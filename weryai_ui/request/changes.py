"""The one next change to a request that failed, made to its values; the prompt's mentions follow. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from weryai_ui.request.references import MENTION_PATTERNS

_PICTURE = re.compile(MENTION_PATTERNS["images"])
_INDEX = re.compile(r"images?\[([0-9]{1,2})\]", re.IGNORECASE)
SEARCHED_CHARACTERS = 2_000


def suspect_picture(values: Mapping[str, Any], message: str | None) -> int | None:
    """The number of the picture that a refusal is about: the only one, or the one that it names; None when unknown."""
    most, said = len(values.get("images") or ()), (message or "")[:SEARCHED_CHARACTERS]
    if most == 1:
        return 1
    named = {int(number) for number in _PICTURE.findall(said) if number != "?"}
    named |= {int(index) + 1 for index in _INDEX.findall(said)}
    return named.pop() if len(named) == 1 and 1 <= min(named) <= most else None


def without_picture(values: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The values without one picture, numbered from 1. The prompt calls it "image ?" now, and those behind it anew."""

    def renumbered(mention: re.Match[str]) -> str:
        old = 0 if mention[1] == "?" else int(mention[1])
        new = "?" if old == number else str(old - 1)
        return mention[0] if old < number else mention[0][: -len(mention[1])] + new

    images = [image for at, image in enumerate(values["images"], 1) if at != number]
    prompt = _PICTURE.sub(renumbered, values.get("prompt") or "")
    return {**values, "images": images, "prompt": prompt}
