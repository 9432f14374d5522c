"""The links on a card: what is kept here, and what the browser can reach."""

from __future__ import annotations

from collections.abc import Iterable

from weryai_ui.errors import DatabaseAway
from weryai_ui.service import Service
from weryai_ui.store.records import Intent
from weryai_ui.ui.kept import Kept
from weryai_ui.ui.own_address import SANDBOX_PATH
from weryai_ui.ui.views import cards


def links_for(service: Service, intents: Iterable[Intent]) -> cards.Links:
    """The links of these submissions; without what is kept of them while the database is away."""
    where = service.accounts.sandbox_url, SANDBOX_PATH
    try:
        return cards.Links(*where, Kept(service.copies_of(intents), service.copier.percent))
    except DatabaseAway:  # what became of a submission is known without it
        return cards.Links(*where)
