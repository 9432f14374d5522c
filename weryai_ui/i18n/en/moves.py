"""A history that moves to another browser."""

from __future__ import annotations

from collections.abc import Mapping

BROWSER: Mapping[str, Mapping[str, str]] = {
    "moving": {
        "move": "Move to another browser",
        "have": "I have a code",
        "says": "Open this page in the other browser, press “I have a code” under the history, and type:",
        "warns": "Both browsers then have the same history. Give the code only to yourself: with it, someone else sees your history, and spends what you may spend here.",
        "code": "Code",
        "left": "{minutes}:{seconds} left",
        "over": "This code has expired.",
        "again": "New code",
        "close": "Close",
        "have_says": "Type the code that your other browser shows. Its history opens here, and what this browser has so far joins it; the form stays as it is.",
        "have_warns": "Only use a code of your own: whoever made it sees everything that joins.",
        "take": "Take over the history",
        "wait": "A submission of this browser still waits for its answer. Try again when it is there.",
        "taken": "The history of both browsers is here.",
    },
}
"""What the page says by itself."""

SECTIONS: Mapping[str, Mapping[str, str]] = {
    **BROWSER,
    "moves": {
        "wrong": "This code opens nothing: it was mistyped, used already, or made more than ten minutes ago. Try again in {seconds} s, or make a new one in the other browser.",
        "own": "This is the code of this very browser. Type it in the other one.",
        "too_many": "Too many codes are waiting just now. Try again in a few minutes.",
    },
}
