"""A widget: one `gr.HTML` whose template, style and script stand beside its Python file.

Templates are static. Everything that came from outside is written with `textContent` and properties in the
script, because Gradio's templates would run it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import gradio as gr


class Widget(gr.HTML):
    """A `gr.HTML` with `widget.html`, `widget.css` and `widget.js` from the folder of its class.

    `asks`: the functions that the script may call on the server, each with one JSON value; by their names.
    """

    def __init__(self, value: Any = None, *, asks: Iterable[Callable[[Any], Any]] = (), **settings: Any) -> None:
        folder = Path(inspect.getfile(type(self))).parent
        super().__init__(
            value,
            html_template=(folder / "widget.html").read_text(encoding="utf-8"),
            css_template=(folder / "widget.css").read_text(encoding="utf-8"),
            js_on_load=(folder / "widget.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            server_functions=[_as_function(ask) for ask in asks],
            **settings,
        )

    def preprocess(self, payload: Any) -> Any:
        """What the browser sent, unread: no handler takes a widget's value as input."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """Plain data for the script."""
        return value

    def api_info(self) -> dict[str, Any]:
        """Any JSON value."""
        return {}


def _as_function(ask: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A plain function for a bound method: Gradio marks server functions with an attribute."""

    @functools.wraps(ask)
    def call(asked: Any) -> Any:
        return ask(asked)

    return call
