"""Puts a row where one with the same key may stand already, in either database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

INSERTS: Final[Mapping[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""Each database's own statement, which knows what to do about a row that is there."""


def put(connection: Connection, table: Table, key: Mapping[str, Any], **values: Any) -> None:
    """Has one row of that key, with these values whether it was there or not."""
    row = INSERTS[connection.dialect.name](table).values(**key, **values)
    connection.execute(row.on_conflict_do_update(index_elements=list(key), set_=values))
