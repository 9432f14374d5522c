"""What people read of this repository, and the code blocks in it."""

from __future__ import annotations

import re
from pathlib import Path

from tools.write_docs import DOCS, ROOT

README = ROOT / "README.md"
DOCUMENTS = (README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md")))


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def blocks(document: Path, language: str) -> list[str]:
    """The code blocks of a document in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text_of(document), re.DOTALL | re.MULTILINE)


def command_with(document: Path, word: str) -> str:
    """The one block of a document that holds a word, as one line."""
    (found,) = [block for block in blocks(document, "bash") if word in block]
    return found.strip()
