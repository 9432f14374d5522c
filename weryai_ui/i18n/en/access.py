"""Who may spend what: refusals, keys, budgets and what is left of them."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "allowance": {
        "day": "{left} of {limit} tasks left in these 24 hours",
        "hour": "{left} of {limit} tasks left for you in this hour",
        "at-once": "{left} of {limit} places free for tasks at once",
        "opens": ", opens again at {time} UTC",
    },
    "access": {
        "no_sandbox": "The sandbox is switched off on this server.",
        "wrong_code": "That access code was not taken; nothing was sent. Try again in {seconds} s.",
        "no_owner_key": "This server has no key of its own: use the sandbox, or a key of your own.",
        "closed": "The owner's key is closed to visitors of this page: use the sandbox, or a key of your own.",
        "needs_code": "The owner's key asks for the access code. The sandbox and a key of your own work without it.",
        "named_only": "The owner's key is for people whom the owner named: sign in, or use the sandbox or a key of your own.",
        "database_away": "The app's own database did not take the record that comes before every request, so nothing was sent and nothing was spent. Try again in a minute.",
        "no_visitor": "The call names no visitor, so nothing was sent. Send a visitor token: 32 to 128 letters, digits, - or _, made at random once and kept for later calls; in Python, secrets.token_urlsafe(32) makes one.",
        "wrong_key": "The idempotency key is missing or has the wrong form, so nothing was sent. Send 8 to 64 letters, digits, - or _, made at random for each submission; in Python, secrets.token_hex(16) makes one.",
        "database_silent": "The app's own database does not answer just now. What was sent goes on at the service and is kept; this page goes on by itself as soon as the database is back.",
        "no_room": "The app could not keep what comes back of a request just now, so nothing was sent and nothing was spent. Try again in a minute.",
        "key_used": "This submission was sent before and then removed from the history, so nothing was sent now. A new submission needs a new idempotency key; with the next press of Generate the page makes one.",
        "restarting": "The app is starting or restarting, so nothing was sent. What you typed is kept; try again in a moment.",
        "went_wrong": "Something went wrong in the app; its log names it by {request_id}.",
    },
    "key": {
        "empty": "The API key is empty.",
        "too_long": "The API key is longer than {limit} characters.",
        "blank": "The API key has a space or a line break inside; copy it again.",
        "character": "The API key has a character that no key has; copy it again.",
        "only_prefix": "The API key has nothing after sk-; copy it again.",
    },
    "budget": {
        "day": "The owner's key makes at most {limit} in 24 hours",
        "hour": "You can make at most {limit} in an hour",
        "at-once": "At most {limit} may run at once",
        "one_task": "1 task",
        "tasks": "{n} tasks",
        "beyond": "{what}, and this asks for {wanted}. Nothing was sent.",
        "left": "{what}; {left} left, and this asks for {wanted}. {opens} Nothing was sent.",
        "none_left": "{what}; none is left. {opens} Nothing was sent.",
        "opens_at_end": "It opens again when one of them ends.",
        "opens_in": "It opens again in {wait} (at {clock} UTC).",
        "minutes": "{minutes} min",
        "hours": "{hours} h {minutes} min",
    },
}
