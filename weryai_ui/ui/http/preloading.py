"""Names in the page's head the scripts that Gradio would find one after the other, each by reading the one before.

A browser asks for all of them at once then; at 80 ms to the server that saves a third of a cold load. What is read here
is how Gradio's own build names its parts: of a build that does so in another way nothing is named, and the page is slow
as before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import gradio

ASSETS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
_ENTRY = re.compile(rb'src="\./assets/(index-[\w-]+\.js)"')
_NEEDED = re.compile(r"m\.f=\[([^\]]*)\]")
_IMPORT = re.compile(r"import\(`\./([\w-]+\.js)`\)[^`]*?__vite__mapDeps\(\[([\d,]*)\]\)")
_BASE = re.compile(rb"<base[^>]*>")


def with_scripts(page: bytes, components: Sequence[str], *own: str) -> bytes:
    """The page with a link to each script that a page of these components needs, and to the `own` ones, behind its
    `<base>`. `components`: as Gradio names them, such as "html"."""
    entry = _ENTRY.search(page)
    gradios = [f"assets/{name}" for name in _scripts(entry[1].decode(), tuple(components))] if entry else []
    links = "".join(f'\n<link rel="modulepreload" href="./{path}" />' for path in (*gradios, *own))
    return _BASE.sub(lambda base: base[0] + links.encode(), page, count=1)


@cache
def _scripts(entry: str, components: tuple[str, ...]) -> list[str]:
    """The files in `ASSETS`, the first ones first, without the one that the page itself begins with."""
    app = _imports(_text(entry))
    parts = {name: text for name in app if (text := _text(name))}
    blocks = [_imports(text, "Blocks-") for text in parts.values()]
    core = next((text for name, text in parts.items() if name.startswith("core-")), "")
    found = [app, *blocks, *(_imports(core, of=each) for each in components)]
    named = [script for each in found for name, needed in each.items() for script in (name, *needed)]
    return [name for name in dict.fromkeys(named) if name != entry]


def _imports(text: str, begin: str = "", *, of: str = "") -> Mapping[str, list[str]]:
    """The scripts that a script asks for while it runs, each with the scripts that it needs.

    `begin`: of their names. `of`: only those of this component.
    """
    needed = _NEEDED.search(text)
    listed = needed[1].split(",") if needed else []
    files = {str(number): each.strip('"./') for number, each in enumerate(listed)}
    part = re.search(rf"\b{of}:\{{[^}}]*?component:(.*?import\.meta\.url\))\}}", text) if of else None
    asked = _IMPORT.findall(text if not of else part[1] if part else "")
    return {
        name: [file for file in map(files.get, numbers.split(",")) if file is not None and file.endswith(".js")]
        for name, numbers in asked
        if name.startswith(begin)
    }


def _text(name: str) -> str:
    path = ASSETS / name
    return path.read_text("utf-8") if path.is_file() else ""
