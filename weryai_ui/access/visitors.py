"""What tells visitors apart, and submissions: the visitor token and the idempotency key, made at random by the caller.

A visitor token and an idempotency key together make calls that arrive twice one submission. The server makes neither
in a caller's place: each arrival would get another.
"""

from __future__ import annotations

import re
import secrets

from weryai_ui.errors import Refusal, refuse

TOKEN_BYTES = 32
TOKEN = re.compile(r"[A-Za-z0-9_-]{32,128}")
KEY_BYTES = 16
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


def new_token() -> str:
    """A new visitor token, 256 bits; the store sees only its hash."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_token(value: object) -> bool:
    """Whether a value can be a visitor token: a short text could be somebody else's as well."""
    return isinstance(value, str) and TOKEN.fullmatch(value) is not None


def new_key() -> str:
    """A new idempotency key."""
    return secrets.token_hex(KEY_BYTES)


def is_key(value: object) -> bool:
    """Whether a value can be an idempotency key."""
    return isinstance(value, str) and KEY.fullmatch(value) is not None


def refusal(visitor: object, key: object) -> Refusal | None:
    """Why nothing can be submitted under these two, in a sentence; None when it can."""
    if not is_token(visitor):
        return refuse("access.no_visitor")
    return None if is_key(key) else refuse("access.wrong_key")
