"""What the owner's page says, as plain data for its template, and every entry as CSV. Pure; no prompt is in it."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Row

from weryai_ui.i18n import say
from weryai_ui.request.price import amount
from weryai_ui.store.overview import DAY_S, Overview, Period
from weryai_ui.store.records import SendTo
from weryai_ui.store.set_aside import SetAside, Work
from weryai_ui.ui.owner.charts import bars

EMPTY: Final[Mapping[str, Any]] = MappingProxyType(
    dict.fromkeys(("door", "said", "token"), "")
    | dict.fromkeys(("sign_in", "stopped", "has_key"), False)
    | dict.fromkeys(("cards", "charts", "periods", "people", "errors", "work", "aside"), ())
)
"""What the page says to who has not come in."""
COLUMNS = (
    *("at", "who", "send_to", "model", "resolution", "seconds", "sound", "number", "ended", "failure", "code"),
    *("http_status", "credits_before", "credits_after", "credits", "about", "refunded"),
)
MONEY = frozenset({"credits_before", "credits_after", "credits", "about", "refunded"})


def content(found: Overview, work: Sequence[Work], aside: Sequence[SetAside], storage_gb: float) -> dict[str, Any]:
    """The page of who has come in."""
    labels = [_day(found.days[at][0]) for at in (0, len(found.days) // 2, -1)]
    submissions: list[float] = [count for _, count, _ in found.days]
    credits = [spent for _, _, spent in found.days]
    return {
        "cards": _cards(found, storage_gb),
        "charts": [
            (name, bars(values, _titles(found, values), name), labels)
            for name, values in ((say("owner.by_day"), submissions), (say("owner.credits_by_day"), credits))
        ],
        "periods": [(say("owner.today"), _period(found.today)), (say("owner.month"), _period(found.month))],
        "people": [
            (_who(each.who, each.visitor), amount(each.submissions), amount(each.credits)) for each in found.people
        ],
        "errors": [_error(row) for row in found.errors],
        "work": [
            (say(f"owner.work_{each.kind}"), *map(amount, (each.queue, each.late, each.failed, each.set_aside)))
            for each in work
        ],
        "aside": [
            (_minute(each.at), say(f"owner.work_{each.kind}"), _who("", each.visitor), each.error) for each in aside
        ],
    }


def _cards(found: Overview, storage_gb: float) -> list[tuple[str, str, str]]:
    """The figures on top: name, figure, and what is beside it."""
    stored = f"{found.stored_bytes / 1024**3:.2f}"
    return [
        (say("owner.submissions_today"), amount(sum(found.today.submissions.values())), _by_key(found.today)),
        (say("owner.credits_today"), amount(found.today.credits), _beside(found.today)),
        (say("owner.credits_month"), amount(found.month.credits), _beside(found.month)),
        (say("owner.running"), amount(sum(found.running.values())), _counted(found.running)),
        (say("owner.waiting"), amount(sum(found.waiting.values())), _counted(found.waiting)),
        (say("owner.stored"), stored, say("owner.films", n=found.stored_films, most=f"{storage_gb:g}")),
    ]


def _by_key(period: Period) -> str:
    return _counted(period.submissions)


def _counted(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{say(f'send_to.{send_to}')}: {counts[send_to]}" for send_to in SendTo if counts.get(send_to))


def _beside(period: Period) -> str:
    parts = [
        say("owner.and_about", n=amount(period.credits_about)) if period.credits_about else "",
        say("owner.refunded", n=amount(period.refunded)) if period.refunded else "",
        say("owner.unpriced", n=period.unpriced) if period.unpriced else "",
    ]
    return " · ".join(part for part in parts if part)


def _period(period: Period) -> list[tuple[str, list[tuple[str, str]]]]:
    """The tables of a period: its outcomes, and why what failed did."""
    ends = [(say(f"owner.end_{end}"), amount(count)) for end, count in _largest(period.ends)]
    failures = [(say(f"owner.why_{failure}"), amount(count)) for failure, count in _largest(period.failures)]
    return [(say("owner.outcomes"), ends), (say("owner.failures"), failures)]


def _largest(counts: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: -each[1])


def _titles(found: Overview, values: Sequence[float]) -> list[str]:
    return [f"{_day(day)}: {amount(value)}" for (day, _, _), value in zip(found.days, values, strict=True)]


def _day(number: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(number * DAY_S))


def _error(row: Row[Any]) -> tuple[str, str, str, str, str]:
    """When, who, where, what, and the service's code."""
    what = say(f"owner.why_{row.failure}") if row.failure else say(f"owner.end_{row.ended}")
    http = f"HTTP {row.http_status}" if row.http_status not in (None, 200) else ""
    code = " ".join(str(each) for each in (row.code, http) if each)
    return _minute(row.at), _who(row.who, row.visitor), say(f"send_to.{row.send_to}"), what, code


def _minute(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(at))


def _who(who: str, visitor: str) -> str:
    return who or say("owner.visitor", number=visitor[:8])


def as_csv(rows: Iterable[Row[Any]]) -> str:
    """Entries as CSV with a line of names; what a visitor's own key cost is theirs, and left out."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row, name) for name in COLUMNS] for row in rows)
    return file.getvalue()


def _cell(row: Row[Any], name: str) -> Any:
    if name == "at":
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(row.at))
    if name in MONEY and row.send_to != SendTo.OWNER_KEY:
        return ""
    value = (row.who or row.visitor[:8]) if name == "who" else getattr(row, name)
    # A spreadsheet takes such a text for a formula.
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
