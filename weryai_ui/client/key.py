"""The API key, checked once when it is read and shown only masked."""

from __future__ import annotations

import re

from weryai_ui.errors import ApiKeyError, refuse

MAX_KEY_CHARACTERS = 512
MIN_CHARACTERS_TO_SHOW_AN_END = 12
SHOWN_END = 4
ONLY_A_PREFIX = re.compile(r"(?:sk|[^a-z0-9])*", re.IGNORECASE)
"""What a key begins with, and nothing after it: copied before the key was there, or typed and not gone on with."""


def check_key(key: str) -> str:
    """`key` without surrounding whitespace, safe to put into a header.

    Raises `ApiKeyError`, which never quotes the key: HTTP libraries do when a key holds a line break.
    """
    stripped = key.strip()
    if not stripped:
        raise ApiKeyError(refuse("key.empty"))
    if len(stripped) > MAX_KEY_CHARACTERS:
        raise ApiKeyError(refuse("key.too_long", limit=MAX_KEY_CHARACTERS))
    if any(character.isspace() for character in stripped):
        raise ApiKeyError(refuse("key.blank"))
    if not all("!" <= character <= "~" for character in stripped):
        raise ApiKeyError(refuse("key.character"))
    if ONLY_A_PREFIX.fullmatch(stripped):
        raise ApiKeyError(refuse("key.only_prefix"))
    return stripped


def masked(key: str) -> str:
    """The key as it may be shown, such as `sk-…abcd`; a short key shows nothing of itself."""
    prefix = "sk-" if key.startswith("sk-") else ""
    end = key[-SHOWN_END:] if len(key) >= MIN_CHARACTERS_TO_SHOW_AN_END else ""
    return f"{prefix}…{end}"
