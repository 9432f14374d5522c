"""The document of a page from its template, which escapes whatever it is given: shared pages, and the owner's."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from weryai_ui.i18n import say

FOLDER = Path(__file__).parent
EMPTY: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "gone": "",
        "note": "",
        "results": (),
        "is_board": False,
        "ends": "",
        "preview": None,
        "together": False,
        "is_trial": False,
    }
)
"""What a page says that shows nothing: its template wants to know of everything."""


class Document:
    """Makes the document in the language spoken, from `page.html.j2` and `page.css` in a folder.

    `style_digest`: of its style, for a policy that knows it by that. `empty`: what stands where `html` is told nothing.
    """

    def __init__(self, folder: Path = FOLDER, empty: Mapping[str, Any] = EMPTY) -> None:
        self._empty = empty
        self._style = (folder / "page.css").read_text(encoding="utf-8")
        environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(["html", "j2"], default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["say"] = say
        self._template = environment.get_template("page.html.j2")
        self.style_digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()

    def html(self, said: Mapping[str, Any]) -> str:
        """The document with what `content` says."""
        # The style is ours, and a policy knows it by its hash: escaped it would be another.
        return self._template.render({**self._empty, **said, "style": Markup(self._style)})
