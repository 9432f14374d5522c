"""When the next submit of an account may leave: a row for each account, moved on by whichever process sends."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from weryai_ui.store.schema import accounts
from weryai_ui.store.upsert import INSERTS

KEPT_S = 24 * 3600.0


def _if_missing(insert: Any) -> Any:
    row = insert(accounts).values(id=bindparam("account"), next_submit_at=bindparam("now"))
    return row.on_conflict_do_nothing()


_IF_MISSING = {name: _if_missing(insert) for name, insert in INSERTS.items()}


def take_turn(connection: Connection, account: str, apart_s: float, patience_s: float, now: float) -> float | None:
    """Seconds until a submit of this account may leave; the next one may so many seconds after it.

    None where that is more than `patience_s` away; then no turn was taken.
    """
    connection.execute(_IF_MISSING[connection.dialect.name], {"account": account, "now": now})
    mine = accounts.c.id == account
    free_at: float = connection.execute(select(accounts.c.next_submit_at).where(mine).with_for_update()).scalar_one()
    if free_at > now + patience_s + apart_s:  # no turn lies so far ahead: the clock was set back since
        free_at = now
    wait = max(0.0, free_at - now)
    if wait > patience_s:
        return None
    connection.execute(update(accounts).where(mine).values(next_submit_at=now + wait + apart_s))
    connection.execute(delete(accounts).where(accounts.c.next_submit_at < now - KEPT_S))
    return wait
