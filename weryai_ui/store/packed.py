"""A text that may be long and is seldom read: kept compressed where the database does not do so by itself."""

from __future__ import annotations

import zlib
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

SHORT_CHARACTERS = 2000
"""What nearly every request is like; a shorter text stays readable for whoever opens the database."""


class PackedText(TypeDecorator[str]):
    """A column of texts, of which SQLite keeps a long one as compressed bytes. PostgreSQL compresses by itself.

    A text that was stored by an earlier version is read as it is.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """The text as it is kept."""
        if value is None or dialect.name != "sqlite" or len(value) <= SHORT_CHARACTERS:
            return value
        return zlib.compress(value.encode("utf-8", "surrogatepass"))

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy passes it
        """The text that was kept."""
        if isinstance(value, bytes):
            return zlib.decompress(value).decode("utf-8", "surrogatepass")
        return value  # type: ignore[no-any-return] # a text, as the column's own type gives it
