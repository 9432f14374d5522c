"""The board of results: a card for each press, followed without holding an event open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weryai_ui.ui.widgets.base import Widget


class TaskBoard(Widget):
    """Shows `{"visitor": str, "stamp": str, "cards": [...]}` as made by `views.board`.

    The script asks `refresh` with `{"visitor", "stamp"}` every few seconds while something is unfinished; the
    answer is the same shape, without cards when the stamp still fits. A refresh that fails is followed by the
    next: an outage of the app shows as a line and loses nothing.
    """

    def __init__(
        self,
        words: dict[str, str],
        *,
        refresh: Callable[[Any], dict[str, Any]],
        forget: Callable[[Any], dict[str, Any]],
        **settings: Any,
    ) -> None:
        super().__init__({"visitor": "", "stamp": "", "cards": []}, words=words, asks=[refresh, forget], **settings)
