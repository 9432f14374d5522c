"""What the keyboard does, and the list of all commands."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "keys": {
        "title": "Keyboard shortcuts",
        "generate": "Generate",
        "palette": "All commands",
        "mention": "Name a reference in the prompt",
        "move": "Move the reference in focus",
        "remove": "Remove the reference in focus",
        "undo": "Undo the last change to the references",
        "redo": "Redo it",
        "list": "This list",
        "close": "Close",
    },
    "palette": {
        "title": "All commands",
        "placeholder": "Type what you want to do",
        "none": "No command matches.",
        "send_to": "Send to: {what}",
        "example": "Example: {what}",
        "go_to": "Go to: {what}",
        "result": "Show result: {what}",
        "theme": "Theme: {what}",
        "language": "Language: {what}",
    },
}
