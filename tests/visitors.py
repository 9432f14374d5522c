"""Visitor tokens that a reader of a test tells apart."""

from __future__ import annotations

TOKEN_CHARACTERS = 43
"""As long as those that browsers make."""


def visitor_named(name: str) -> str:
    """The visitor token of somebody with that name, in letters, digits and dashes."""
    return name.ljust(TOKEN_CHARACTERS, "-")


VISITOR = visitor_named("visitor")
