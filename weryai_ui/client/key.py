"""The API key, checked once when it is read and shown only masked."""

from __future__ import annotations

from weryai_ui.errors import ApiKeyError

MAX_KEY_CHARACTERS = 512
MIN_CHARACTERS_TO_SHOW_AN_END = 12
SHOWN_END = 4


def check_key(key: str) -> str:
    """`key` without surrounding whitespace, safe to put into a header.

    Raises `ApiKeyError`, which never quotes the key: HTTP libraries do when a key holds a line break.
    """
    stripped = key.strip()
    if not stripped:
        raise ApiKeyError("The API key is empty.")
    if len(stripped) > MAX_KEY_CHARACTERS:
        raise ApiKeyError(f"The API key is longer than {MAX_KEY_CHARACTERS} characters.")
    if any(character.isspace() for character in stripped):
        raise ApiKeyError("The API key has a space or a line break inside; copy it again.")
    if not all("!" <= character <= "~" for character in stripped):
        raise ApiKeyError("The API key has a character that no key has; copy it again.")
    return stripped


def masked(key: str) -> str:
    """The key as it may be shown, such as `sk-…abcd`; a short key shows nothing of itself."""
    prefix = "sk-" if key.startswith("sk-") else ""
    end = key[-SHOWN_END:] if len(key) >= MIN_CHARACTERS_TO_SHOW_AN_END else ""
    return f"{prefix}…{end}"
