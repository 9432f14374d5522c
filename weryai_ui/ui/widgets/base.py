"""A widget: one `gr.HTML` whose template, style and script stand beside its Python file.

Templates are static. Everything that came from outside is written with `textContent` and properties in the
script, because Gradio's templates would run it. A function and not a subclass: Gradio writes a `.pyi` file
beside the source of every subclass as it is imported.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import gradio as gr

from weryai_ui.ui.caller import quietly


def widget(module_file: str, value: Any, *, asks: Iterable[Callable[[Any], Any]] = (), **settings: Any) -> gr.HTML:
    """A `gr.HTML` with `widget.html`, `widget.css` and `widget.js` from beside `module_file`.

    `asks`: the functions that the script may call on the server by their names, each with one JSON value.
    """
    folder = Path(module_file).parent
    return gr.HTML(
        value,
        html_template=(folder / "widget.html").read_text(encoding="utf-8"),
        css_template=(folder / "widget.css").read_text(encoding="utf-8"),
        js_on_load=(folder / "widget.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        server_functions=[_as_function(ask) for ask in asks],
        **settings,
    )


def _as_function(ask: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A plain function for a bound method: Gradio marks server functions with an attribute."""

    @functools.wraps(ask)
    def call(asked: Any) -> Any:
        return ask(asked)

    return quietly(call)
