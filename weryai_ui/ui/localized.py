"""Gradio's own components with words that follow the language of the page.

A component is made with the keys of its words; the page opens in English and the browser puts the visitor's language
over it, and again when another is chosen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import gradio as gr

from weryai_ui.i18n import has, say
from weryai_ui.ui.http import scripts

Keys = dict[str, Any]
"""A component's texts by key: `label`, `info`, `value` of a button, `choices` as pairs of a key and a value."""
Made = TypeVar("Made", bound=gr.blocks.Block)


class Localized:
    """The components made so far, each with its keys."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        """`facts`: the bounds of the model that the page opens with, for the places in its words."""
        self._facts = facts
        self._made: list[tuple[gr.blocks.Block, Keys]] = []

    def add(self, make: type[Made], keys: Keys, later: Keys | None = None, **settings: Any) -> Made:
        """A component with its words. A text that is no key stands as it is in every language.

        `later`: what differs for another model; `of` in it names the field whose choices the model decides.
        """
        made = make(**{name: self._said(key) for name, key in keys.items()}, **settings)
        self._made.append((made, {**keys, **(later or {})}))
        return made

    def values(self, component: gr.blocks.Block) -> list[Any]:
        """The values that a choice offers, for whichever model."""
        keys = next(keys for made, keys in self._made if made is component)
        return [value for _, value in keys["choices"]]

    @property
    def components(self) -> list[gr.blocks.Block]:
        """Every component, in the order of `script`'s answers."""
        return [made for made, _ in self._made]

    @property
    def script(self) -> str:
        """A listener's script that gives each component its words in the language that is spoken.

        Its first value is the chosen model; without one it is the one that was chosen before.
        """
        return scripts.call(f"studio.relabel({json.dumps([keys for _, keys in self._made])}, values[0])")

    def _said(self, key: Any) -> Any:
        if isinstance(key, list):
            return [(self._said(each), value) for each, value in key]
        return say(key, **self._facts) if has(key) else key
