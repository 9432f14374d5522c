"""Gradio's own components with words that follow the language of the page.

A component is made with the keys of its words; the page opens in English and the browser puts the visitor's language
over it, and again when another is chosen.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

import gradio as gr

from weryai_ui.i18n import has, say

Keys = dict[str, Any]
"""A component's texts by key: `label`, `info`, `value` of a button, `choices` as pairs of a key and a value."""
Made = TypeVar("Made", bound=gr.blocks.Block)


class Localized:
    """The components made so far, each with its keys."""

    def __init__(self) -> None:
        self._made: list[tuple[gr.blocks.Block, Keys]] = []

    def add(self, make: type[Made], keys: Keys, **settings: Any) -> Made:
        """A component with its words. A text that is no key stands as it is in every language."""
        made = make(**{name: _said(key) for name, key in keys.items()}, **settings)
        self._made.append((made, keys))
        return made

    @property
    def components(self) -> list[gr.blocks.Block]:
        """Every component, in the order of `script`'s answers."""
        return [made for made, _ in self._made]

    @property
    def script(self) -> str:
        """A listener's script that gives each component its words in the language that is spoken."""
        return f"() => window.words.relabel({json.dumps([keys for _, keys in self._made])})"


def _said(key: Any) -> Any:
    if isinstance(key, list):
        return [(_said(each), value) for each, value in key]
    return say(key) if has(key) else key
