"""The service's answers, from bytes to an envelope: total but for `EnvelopeError`, which `parse_envelope` raises."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from weryai_ui.errors import AppError

MAX_ENVELOPE_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_INTEGER_DIGITS = 40
MAX_STATUS = 2**63 - 1  # what SQLite keeps in an INTEGER column
MAX_MESSAGE_CHARACTERS = 2_000

SUCCESS_CODES = frozenset({0, 200})


class EnvelopeError(AppError):
    """An answer that cannot be read as the service's envelope; the text gives the reason."""


@dataclass(frozen=True)
class Envelope:
    """An answer as the service wraps it: `status` is the business code, `text` the body exactly as it came.

    `status`: None where there is none that is a whole number. `success`: the boolean of that name, where there is one.
    """

    status: int | None
    message: str | None
    data: Any
    text: str
    success: bool | None = None

    @property
    def ok(self) -> bool:
        """True for business status 0 (reference page) or 200 (observed), unless `success` says no."""
        if self.status is None:
            return self.success is True
        return self.status in SUCCESS_CODES and self.success is not False


def parse_envelope(body: bytes) -> Envelope:
    """The envelope in `body`, UTF-8 JSON of at most 1 MiB.

    Raises `EnvelopeError`, and nothing else, for anything that two readers could understand in two ways.
    """
    if len(body) > MAX_ENVELOPE_BYTES:
        raise EnvelopeError("The answer is larger than 1 MiB.")
    try:
        # Not by "utf-8-sig", which Python loads at its first use: a process without a descriptor left could not.
        text = body.removeprefix(codecs.BOM_UTF8).decode()
        document = json.loads(
            text,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise EnvelopeError("The answer is not UTF-8 text.") from error
    except (RecursionError, MemoryError) as error:
        raise EnvelopeError("The answer is nested too deeply.") from error
    except ValueError as error:
        raise EnvelopeError("The answer is not JSON.") from error
    if not isinstance(document, dict):
        raise EnvelopeError("The answer is not a JSON object.")
    if _is_deeper_than(document, MAX_DEPTH):
        raise EnvelopeError("The answer is nested too deeply.")
    return Envelope(
        status=_status(document),
        message=first_text(document, ("message", "desc", "msg")),
        data=document.get("data"),
        text=text,
        success=success if isinstance(success := document.get("success"), bool) else None,
    )


def first_text(fields: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """The first of these fields that holds a text, safe to store and to show."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return _presentable(value)
    return None


def _presentable(text: str) -> str:
    # A lone surrogate would fail later, when the text is stored or shown as UTF-8.
    whole = text.strip()[:MAX_MESSAGE_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in whole)


def _status(document: dict[str, Any]) -> int | None:
    """The business code: a whole number, or one as text. `True == 1` and `0.0 == 0`, and neither is a code."""
    status = document.get("status")
    if isinstance(status, str) and status.strip().isascii() and status.strip().isdecimal():
        status = _integer(status.strip())
    if type(status) is not int:
        return None
    if abs(status) > MAX_STATUS:
        raise EnvelopeError("The answer's status is too large a number.")
    return status


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        raise ValueError("integer too long")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("number too large")
    return number


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name stands twice")
    return fields


def _is_deeper_than(document: object, limit: int) -> bool:
    level = [document]
    for _ in range(limit):
        level = [child for value in level for child in _children(value)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
