"""A request body as source code: exact for every character and every 64-bit number, one field a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SHORT_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


@dataclass(frozen=True)
class Style:
    """How a language writes the body: its names, its texts, its indent, and whether a comma may end a list."""

    key: Callable[[str], str]
    text: Callable[[str], str]
    last_comma: bool
    step: str = "  "


def literal(body: Mapping[str, Any], style: Style, names: Mapping[str, str], indent: str = "") -> str:
    """The body as a literal; a link in `names` is written as that piece of code instead of a text.

    Raises `TypeError` for a value that is no text, whole number or list of texts: a request has no others.
    """
    fields = [f"{style.key(name)}: {_value(value, style, names, indent + style.step)}" for name, value in body.items()]
    return "{" + _lines(fields, style, indent) + "}"


def json_text(text: str) -> str:
    """The text as a JSON string, which is also JavaScript; letters as they are, what cannot be seen as an escape."""
    return _quoted(text, lambda code: "".join(rf"\u{unit:04x}" for unit in _utf16(code)))


def python_text(text: str) -> str:
    """The text as a Python literal in double quotes."""
    return _quoted(text, lambda code: rf"\U{code:08x}" if code > 0xFFFF else rf"\u{code:04x}")


def _value(value: object, style: Style, names: Mapping[str, str], indent: str) -> str:
    if isinstance(value, str):
        return style.text(value)
    if type(value) is int:
        return str(value)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        items = [names[item] if item in names else style.text(item) for item in value]
        return "[" + _lines(items, style, indent) + "]"
    raise TypeError(f"a request holds no {type(value).__name__}")


def _lines(entries: list[str], style: Style, indent: str) -> str:
    if not entries:
        return ""
    end = "," if style.last_comma else ""
    return "\n" + ",\n".join(f"{indent}{style.step}{entry}" for entry in entries) + f"{end}\n{indent}"


def _quoted(text: str, escape: Callable[[int], str]) -> str:
    escaped = text.translate(_SHORT_ESCAPES)
    # Not only control characters: a direction mark in a prompt could make the code read as something else.
    if not escaped.isprintable():
        escaped = "".join(c if c.isprintable() else escape(ord(c)) for c in escaped)
    return f'"{escaped}"'


def _utf16(code: int) -> Iterator[int]:
    if code <= 0xFFFF:
        yield code
    else:
        yield 0xD800 + ((code - 0x10000) >> 10)
        yield 0xDC00 + ((code - 0x10000) & 0x3FF)
