"""Words for the parts of a history that a submission stands in, so that an index of words can be asked for one as well.

Each is a hash of the visitor, a filter, a model and a destination, the last three also left open: whatever is asked
for is one word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from weryai_ui.store.narrowing import Narrowing
from weryai_ui.store.records import Filter


def facet_of(visitor: str, filter_: str, model: str, send_to: str) -> str:
    """The word of one part; "" is any model, or any destination."""
    part = "\n".join((visitor, filter_, model, send_to))
    return f"f{hashlib.blake2b(part.encode(), digest_size=8).hexdigest()}"


def facet_asked(visitor: str, filter_: Filter, narrowing: Narrowing) -> str:
    """The word of what is asked for, but for its time."""
    return facet_of(visitor, filter_, narrowing.model, narrowing.send_to)


def facets_of(row: Any, filters: Iterable[str] = tuple(Filter)) -> str:
    """The words of all parts in which a row of `intents` stands. `filters`: those that there are."""
    found = {
        facet_of(row.visitor, filter_, model, send_to): None
        for filter_ in filters
        if filter_ == Filter.ALL or getattr(row, filter_)
        for model in ("", row.model)
        for send_to in ("", row.send_to)
    }
    return " ".join(found)
