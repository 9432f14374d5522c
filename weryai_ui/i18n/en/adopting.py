"""A submission whose answer was lost: what became of it, and the id that a person found."""

from __future__ import annotations

from collections.abc import Mapping

BROWSER: Mapping[str, Mapping[str, str]] = {
    "adopting": {
        "look": "What became of it?",
        "charged": "Was it charged?",
        "history": "The service's call history",
        "listed": "In the sandbox's own list since this press:",
        "label": "I found its task id",
        "follow": "Follow it",
    },
}

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "adopt": {
        "followed": "The task is followed from now on.",
        "no_id": "That is no task id; nothing was changed.",
        "no_key": "Enter your key first: the app asks the service about the id with the key that the request was sent with.",
        "not_known": "The service does not know this id with this key; nothing was changed.",
        "no_answer": "The service did not say what this id is; nothing was changed. Try again in a moment.",
        "taken": "Another submission has this task already; nothing was changed.",
        "settled": "What became of this submission is known; nothing was changed.",
        "balance_unknown": "The balance is not known.",
        "balance_now": "The balance is {now} credits now; what it was before this press is not known.",
        "balance_same": "The balance is {now} credits, as before this press.",
        "balance_fewer": "The balance is {now} credits: {n} fewer than before this press.",
        "balance_more": "The balance is {now} credits: {n} more than before this press.",
    },
}
