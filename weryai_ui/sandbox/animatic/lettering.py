"""Text for the animatic: any script, wrapped, drawn once into layers.

Pillow's own font serves Latin; other scripts fall back to fonts of the system. A
character that no font has becomes a small box, never an error.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int, int]
Face = ImageFont.FreeTypeFont

_FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
_FALLBACKS = (
    "NotoSansCJK-Regular*",
    "NotoSansSC*",
    "SourceHanSans*",
    "PingFang*",
    "msyh.*",
    "wqy-*",
    "DroidSansFallback*",
    "DejaVuSans.ttf",
    "NotoSans-Regular*",
    "Arial Unicode*",
    "NotoEmoji*",
    "Symbola*",
    "seguisym*",
)
_PROBE_SIZE = 24
OWN_TEXT = "…·"
"""What the animatic itself writes beyond ASCII."""
_HANGING = frozenset("，。、；：！？）」』】》…”’")


@lru_cache(maxsize=1)
def _fallback_paths() -> tuple[str, ...]:
    found = []
    folders = [Path(each).expanduser() for each in _FONT_FOLDERS]
    for pattern in _FALLBACKS:
        for folder in folders:
            found += sorted(str(path) for path in folder.rglob(pattern))[:1]
    return tuple(found)


@lru_cache(maxsize=len(_FALLBACKS) * len(_FONT_FOLDERS))
def _fallback(index: int) -> bytes | None:
    """The system's font of that rank, from 1; None past the last, and where it cannot be read."""
    try:
        return Path(_fallback_paths()[index - 1]).read_bytes()
    except (IndexError, OSError):
        return None


@lru_cache(maxsize=64)
def _face(index: int, size: int) -> Face | None:
    """The font of that rank: 0 is Pillow's own, then the system's; None past the last."""
    if index == 0:
        built_in = ImageFont.load_default(size)
        return built_in if isinstance(built_in, ImageFont.FreeTypeFont) else None
    font = _fallback(index)
    try:
        return None if font is None else ImageFont.truetype(io.BytesIO(font), size)
    except OSError:
        return None


def prepare(text: str) -> None:
    """Read all that is needed to draw a text, and the animatic's own: later no file can be opened."""
    for character in {*clean(text), *OWN_TEXT}:
        _rank(character)


@lru_cache(maxsize=4096)
def _rank(character: str) -> int | None:
    """The rank of the first font that has the character; None when no font has it."""
    for index in range(1 + (0 if character.isascii() else len(_fallback_paths()))):
        face = _face(index, _PROBE_SIZE)
        if face is not None and _has(face, character):
            return index
    return None


def _has(face: Face, character: str) -> bool:
    # A font draws every character that it lacks as the same "missing" glyph.
    mask, missing = face.getmask(character), face.getmask("\U0010fffe")
    return character == " " or (mask.size, bytes(mask)) != (missing.size, bytes(missing))


class Lettering:
    """Draws text of one size in pixels."""

    def __init__(self, size: float) -> None:
        self.size = max(8, round(size))

    def _runs(self, text: str) -> Iterator[tuple[Face | None, str]]:
        for rank, run in groupby(text, _rank):
            yield (None if rank is None else _face(rank, self.size)), "".join(run)

    def width(self, text: str) -> float:
        """Width in pixels."""
        return sum(face.getlength(run) if face else len(run) * self.size * 0.9 for face, run in self._runs(text))

    def draw(self, draw: ImageDraw.ImageDraw, x: float, baseline: float, text: str, fill: Colour) -> None:
        """Draw one line that begins at x and stands on the baseline."""
        for face, run in self._runs(text):
            if face:
                draw.text((x, baseline), run, fill=fill, font=face, anchor="ls")
                x += face.getlength(run)
                continue
            for _ in run:
                side = self.size * 0.62
                box = (x + side * 0.15, baseline - side, x + side * 1.15, baseline)
                draw.rounded_rectangle(box, side / 5, outline=fill, width=1)
                x += self.size * 0.9

    def wrap(self, text: str, width: float) -> list[str]:
        """Lines no wider than width: between words, and between characters without spaces."""
        lines: list[str] = []
        line = ""
        for piece in _pieces(text):
            hangs = piece in _HANGING  # closing marks do not begin a line
            if piece == "\n" or (line and not hangs and self.width((line + piece).rstrip()) > width):
                lines.append(line.strip())
                line = ""
            line = (line + piece).lstrip() if piece != "\n" else ""
            while not hangs and self.width(line.rstrip()) > width and len(line) > 1:
                cut = self._fitting(line, width)
                lines.append(line[:cut])
                line = line[cut:]
        return [each for each in [*lines, line.strip()] if each]

    def _fitting(self, line: str, width: float) -> int:
        cut = 1
        while cut < len(line) and self.width(line[: cut + 1]) <= width:
            cut += 1
        return cut

    def cut(self, text: str, width: float) -> str:
        """The text, shortened with an ellipsis until it fits."""
        if self.width(text) <= width:
            return text
        while text and self.width(text + "…") > width:
            text = text[:-1]
        return text.rstrip() + "…"


def clean(text: str) -> str:
    """Printable text: line ends kept, other controls and joiners left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(each for each in lines if each == "\n" or not _is_invisible(each))


def _is_invisible(character: str) -> bool:
    variation_selector = "\ufe00" <= character <= "\ufe0f"
    return variation_selector or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _pieces(text: str) -> Iterator[str]:
    """Words with the space after them, single wide characters, and line ends."""
    word = ""
    for character in text:
        wide = unicodedata.east_asian_width(character) in ("W", "F")
        if character.isspace() or wide:
            if word and wide:
                yield word
                word = ""
            piece = word + character
            word = ""
            if character == "\n":
                yield from filter(None, (piece[:-1], "\n"))
            else:
                yield piece
        else:
            word += character
    if word:
        yield word


def blank(width: float, height: float) -> Image.Image:
    """A clear layer."""
    return Image.new("RGBA", (max(1, round(width)), max(1, round(height))), (0, 0, 0, 0))
