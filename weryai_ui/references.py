"""References: the pictures, clips and sounds that a prompt calls by number. Pure.

They are numbered from 1, per kind, in the order in which they are sent (observed: the numbering that
providers of the same model document; the reference page's own example says "image 1").
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# White space, control characters and the invisible ones that come along when a link is copied. The same
# class is used in the browser, where \s means something else.
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

SINGULAR: Mapping[str, str] = {"images": "image", "videos": "video", "audios": "audio"}


@dataclass(frozen=True)
class Reference:
    """One reference: its link, and its length in seconds once something measured it."""

    url: str
    duration_s: float | None = None

    @property
    def measured(self) -> bool:
        """Whether `duration_s` is a usable figure: finite and not negative."""
        return self.duration_s is not None and math.isfinite(self.duration_s) and self.duration_s >= 0


def trimmed(text: str) -> str:
    """The text without blanks at its ends, the invisible ones included."""
    return text.strip(_BLANK_CHARACTERS)


def from_lines(text: str) -> tuple[Reference, ...]:
    """The references of a text box: one link a line, blank lines skipped, blanks around links cut."""
    return tuple(Reference(link) for line in re.split(r"[\r\n]", text) if (link := trimmed(line)))


def from_items(items: Iterable[Any]) -> tuple[Reference, ...]:
    """The references of a list of links or of `Reference`; blank ones are skipped.

    Raises `TypeError` for an item that is neither.
    """
    found = []
    for item in items:
        if isinstance(item, str):
            item = Reference(trimmed(item))
        if not isinstance(item, Reference):
            raise TypeError(f"a reference is a link, not {type(item).__name__}")
        if item.url:
            found.append(item)
    return tuple(found)


def to_lines(links: Iterable[str]) -> str:
    """The text box for a list of links."""
    return "\n".join(links)
