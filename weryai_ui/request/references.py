"""References: the pictures, clips and sounds that a prompt calls by number. Pure.

They are numbered from 1, per kind, in the order in which they are sent (observed: the numbering that
providers of the same model document; the reference page's own example says "image 1").
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from weryai_ui.request.fields import REFERENCE_FIELDS, UPLOAD_SCHEME

# White space, control characters and the invisible ones that come along when a link is copied. The
# browser reads lines with the same class: its \s means something else.
_BLANK_RANGES = (
    (0x00, 0x20),
    (0x7F, 0xA0),
    (0xAD, 0xAD),
    (0x61C, 0x61C),
    (0x1680, 0x1680),
    (0x180E, 0x180E),
    (0x2000, 0x200F),
    (0x2028, 0x202F),
    (0x205F, 0x206F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)
BLANKS = "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in _BLANK_RANGES)
_BLANK_CHARACTERS = "".join(chr(code) for first, last in _BLANK_RANGES for code in range(first, last + 1))

# The reference page writes "image 1"; "@image1", "[Image1]" and the Chinese forms are how other services and
# their users write it (observed). The first group is the number, or the "?" that marks a removed reference.
MENTION_PATTERNS: Mapping[str, str] = {
    "images": r"(?<![a-zA-Z])(?:[iI]mages?|IMAGES?|图片?) ?([0-9]{1,2}(?![0-9])|\?)",
    "videos": r"(?<![a-zA-Z])(?:[vV]ideos?|VIDEOS?|视频) ?([0-9]{1,2}(?![0-9])|\?)",
    "audios": r"(?<![a-zA-Z])(?:[aA]udios?|AUDIOS?|音频) ?([0-9]{1,2}(?![0-9])|\?)",
}


# The first letter is looked at before everything else: most letters of a prompt begin no mention.
_MENTION = re.compile(f"(?=[iIvVaA图视音])(?:{'|'.join(MENTION_PATTERNS.values())})")
REMOVED = -1
"""Stands for the number of a reference that has been removed: no prompt can write it."""


def mentions(prompt: str) -> dict[str, set[int]]:
    """The numbers that a prompt calls, by field; `REMOVED` where it still calls a reference that has gone."""
    found = _MENTION.findall(prompt) or [("", "", "")]
    return {
        field: {REMOVED if number == "?" else int(number) for number in numbers if number}
        for field, numbers in zip(MENTION_PATTERNS, zip(*found, strict=True), strict=True)
    }


@dataclass(frozen=True)
class Reference:
    """One reference: its link, and what is known of what stands there; None is not known."""

    url: str
    duration_s: float | None = None

    kind: str | None = None
    """The field that it belongs to by its content ("images", …), where that is known."""
    width: int | None = None
    height: int | None = None
    """Pixels as shown."""
    size: int | None = None
    """Bytes."""
    extension: str | None = None
    """Of a file on this server, by its content."""

    @property
    def is_upload(self) -> bool:
        """Whether it is a file on this server, to be uploaded to where the request goes."""
        return self.url.startswith(UPLOAD_SCHEME)

    @property
    def measured(self) -> bool:
        """Whether `duration_s` is a usable figure: finite and not negative."""
        return self.duration_s is not None and math.isfinite(self.duration_s) and self.duration_s >= 0


def trimmed(text: str) -> str:
    """The text without blanks at its ends, the invisible ones included."""
    return text.strip(_BLANK_CHARACTERS)


def lines_of(text: str) -> list[str]:
    """The lines of a text box that hold something, without the blanks around it.

    A line with nothing but invisible characters counts nowhere: not in a number, and not on the wire. The browser
    reads lines in the same way (`linesOf` in `ui/scripts/references.js`).
    """
    # Not `splitlines`, which also ends lines where a browser's text box does not.
    return [line for each in text.replace("\r", "\n").split("\n") if each and (line := each.strip(_BLANK_CHARACTERS))]


def references_of(
    value: Any, known: Mapping[str, Reference], most: int
) -> tuple[tuple[Reference, ...], tuple[str, ...]]:
    """The first `most` references of a field's value, and the links of all that it holds.

    `value`: the text of a box, one link a line, or a list of links or of `Reference`; blank ones are skipped.
    `known`: what is known of some of them, by link. Raises `TypeError` for anything else.
    """
    items = lines_of(value) if isinstance(value, str) else [each for each in _items(value) if each]
    first = (known.get(each) or Reference(each) if isinstance(each, str) else each for each in items[:most])
    return tuple(first), tuple(each if isinstance(each, str) else each.url for each in items)


def _items(value: Any) -> Iterator[str | Reference | None]:
    if not isinstance(value, Iterable) or isinstance(value, Mapping | bytes):
        raise TypeError(f"references are a text or a list, not {type(value).__name__}")
    for item in value:
        if isinstance(item, str):
            yield trimmed(item)
        elif isinstance(item, Reference):
            yield item if item.url else None
        else:
            raise TypeError(f"a reference is a link, not {type(item).__name__}")


def links_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Every link among the references of form values, whatever else stands there."""
    found: list[str] = []
    for name in REFERENCE_FIELDS:
        value = values.get(name)
        if isinstance(value, str):
            found += lines_of(value)
        elif isinstance(value, list | tuple):
            found += [trimmed(item) for item in value if isinstance(item, str)]
    return tuple(found)
