"""What went over the wire for a submission: its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, bindparam, func, insert, select, update

from weryai_ui.client.transport import Exchange
from weryai_ui.store.records import LoggedExchange
from weryai_ui.store.schema import exchanges, intents

EXCHANGE_CHARACTERS = 65_536
AS_RECORDED = ""
"""Stands for the request of a submit's exchange: it is the intent's body, which is not kept twice."""
_BODY = select(intents.c.body).where(intents.c.id == bindparam("intent_id"))


def keep(connection: Connection, exchange: Exchange, **whose: str) -> None:
    """Adds an exchange to the timeline of an intent."""
    row = {
        **whose,
        "method": exchange.method,
        "url": exchange.url,
        "request_text": _capped(exchange.request_text),
        "http_status": exchange.http_status,
        "response_text": _capped(exchange.response_text),
        "response_headers": [list(header) for header in exchange.response_headers],
        "started_at": exchange.started_at.timestamp(),
        "seconds": exchange.seconds,
        "repeats": 0,
    }
    connection.execute(insert(exchanges), row)


def without_copy(connection: Connection, intent_id: str, exchange: Exchange) -> Exchange:
    """The exchange of a submit, with a mark in place of a request that is the intent's body."""
    body = connection.execute(_BODY, {"intent_id": intent_id}).scalar()
    return replace(exchange, request_text=AS_RECORDED) if exchange.request_text == body else exchange


def fold(connection: Connection, answers: Mapping[str, Exchange]) -> frozenset[str]:
    """Counts answers that equal the one before of their task instead of keeping them again; gives the tasks' ids."""
    newest = (
        select(func.max(exchanges.c.id)).where(exchanges.c.task_id.in_(list(answers))).group_by(exchanges.c.task_id)
    )
    what = (exchanges.c.id, exchanges.c.task_id, exchanges.c.http_status, exchanges.c.response_text)
    before = connection.execute(select(*what).where(exchanges.c.id.in_(newest))).all()
    same = {
        row.id: row.task_id
        for row, answer in ((each, answers[each.task_id]) for each in before)
        if row.http_status == answer.http_status and row.response_text == _capped(answer.response_text)
    }
    if same:
        again = update(exchanges).where(exchanges.c.id.in_(list(same))).values(repeats=exchanges.c.repeats + 1)
        connection.execute(again)
    return frozenset(same.values())


def timeline(connection: Connection, intent_id: str) -> tuple[LoggedExchange, ...]:
    """Every exchange of an intent, in the order of time."""
    query = select(exchanges).where(exchanges.c.intent_id == intent_id)
    rows = connection.execute(query.order_by(exchanges.c.started_at, exchanges.c.id)).all()
    body = connection.execute(_BODY, {"intent_id": intent_id}).scalar()
    names = LoggedExchange.__dataclass_fields__
    logged = (LoggedExchange(**{name: row._mapping[name] for name in names}) for row in rows)
    return tuple(replace(each, request_text=body) if each.request_text == AS_RECORDED else each for each in logged)


def storable(text: str | None) -> str | None:
    """A text that every database keeps: PostgreSQL keeps no NUL, and a page of HTML may hold one."""
    return text and text.replace("\0", "\ufffd")


def _capped(text: str | None) -> str | None:
    text = storable(text)
    if text is None or len(text) <= EXCHANGE_CHARACTERS:
        return text
    return f"{text[:EXCHANGE_CHARACTERS]}… ({len(text)} characters in all)"
