"""Logs that hold no key: set up once, and everything that goes to the terminal passes through here.

Lines are `time level logger words name=value ...`. A key in an exception's text, in a traceback that Gradio prints by
itself or in a library's debug line is replaced before it is written.
"""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Iterable
from typing import TextIO

LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
REMOVED = "[key removed]"
KEY_SHAPE = re.compile(r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_.-]{8,}|(?<=Bearer )[^\s'\"…]{8,}")
"""How keys look, a visitor's own too: nobody has to know them to keep them out."""
SHOWN_OPENLY = re.compile(r"sk-sandbox[a-z-]*")
SHORTEST_SECRET = 6
"""A shorter one would take words apart."""


def without_keys(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with each secret, and everything that looks like a key, replaced."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, REMOVED)
    return KEY_SHAPE.sub(lambda found: found[0] if SHOWN_OPENLY.fullmatch(found[0]) else REMOVED, text)


class KeylessStream(io.TextIOBase):
    """A text stream in front of another one that lets no key through."""

    def __init__(self, stream: TextIO, secrets: Iterable[str]) -> None:
        self._stream = stream
        self._secrets = tuple(secrets)

    def write(self, text: str) -> int:
        self._stream.write(without_keys(text, self._secrets))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True


def set_up(level: int | str = logging.INFO, secrets: Iterable[str] = ()) -> None:
    """Puts a `KeylessStream` before both output streams and logs to it. To be called once, by `main`."""
    kept = tuple(secrets)
    sys.stdout, sys.stderr = KeylessStream(sys.stdout, kept), KeylessStream(sys.stderr, kept)
    logging.basicConfig(level=level, format=LINE, stream=sys.stderr, force=True)
    if not logging.getLogger().isEnabledFor(logging.DEBUG):
        logging.getLogger("httpx").setLevel(logging.WARNING)  # Gradio asks this very app at the start, and tells of it
