"""The words of a shell's commands, as bash or cmd.exe would hand them on; read as text and never run. Pure.

Anybody may paste anything: no pattern here gives back what it has matched, so that the time grows with the text alone.
Variables and substitutions are left as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from weryai_ui.portable.objects import MAX_PIECES, TooManyPieces, unescaped

_TOKEN = re.compile(
    r"""
      (?P<joined>\\(?:\r?\n|\Z))
    | \\(?P<escaped>.)
    | '(?P<single>[^']*+)'
    | \$'(?P<ansi>(?:[^'\\]|\\.)*+)'
    | \$?"(?P<double>(?:[^"\\]|\\.)*+)"
    | (?P<blank>[^\S\r\n]++|<<<)
    | (?P<end>[\r\n;|&<>()])
    | (?P<open>['"])
    | (?P<plain>(?:[^\s'"\\$;|&<>()]|\$(?!['"]))++|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PROGRAM = re.compile(
    r"^[^\S\r\n]*+(?:[$%>#][ \t]++)?+(?=(?:curl|wget|https?|xhs?|echo|printf|cat)(?:\.exe)?(?:\s|$))", re.MULTILINE
)
_CARETS = re.compile(r"\^(?:(?P<end>\r?\n\r?\n)|(?P<joined>[ \t]*\r?\n)|(?P<escaped>.))", re.DOTALL)


@dataclass(frozen=True)
class Word:
    """One word of a command; `expands` where a shell would have filled in a variable or a command's output."""

    text: str
    expands: bool = False


def commands(text: str) -> list[list[Word]]:
    """The commands in a text, each as its words; from the first line on that begins with a program for requests.

    A quote that is never closed goes to the end. Raises `TooManyPieces`.
    """
    is_cmd = re.search(r'\^"|\^[ \t]*+\r?$', text, re.MULTILINE) and not re.search(r"\\\r?\n", text)
    if is_cmd:
        text = _CARETS.sub(lambda found: "\n" if found["end"] else found["escaped"] or " ", text)
    program = _PROGRAM.search(text)
    found = list(_commands(text[program.end() :])) if program else []
    return [[Word(word.text) for word in command] for command in found] if is_cmd else found


def _commands(text: str) -> Iterator[list[Word]]:
    words: list[Word] = []
    pieces: list[str] = []
    expands = False
    at = count = 0
    while at < len(text) and (found := _TOKEN.match(text, at)):
        count += 1
        if count > MAX_PIECES:
            raise TooManyPieces
        at, kind = found.end(), found.lastgroup
        if not pieces and (found["plain"] or "").startswith("#"):
            at = min(text.find("\n", at) % (len(text) + 1), len(text))
        elif kind in ("blank", "end"):
            words += [Word("".join(pieces), expands)] if pieces else []
            pieces, expands = [], False
            if kind == "end" and words:
                yield words
                words = []
        elif kind == "open":
            pieces.append(text[at:])
            at = len(text)
        elif kind != "joined":
            pieces.append(_piece(found))
            open_to_shell = found["double"] if found["double"] is not None else found["plain"]
            expands = expands or _expands(open_to_shell or "")
    words += [Word("".join(pieces), expands)] if pieces else []
    if words:
        yield words


def _piece(found: re.Match[str]) -> str:
    if found["ansi"] is not None:
        return unescaped(found["ansi"])
    if found["double"] is not None:
        return re.sub(r'\\(?:\r?\n|([\\$`"]))', r"\1", found["double"])
    return next(found[name] for name in ("single", "escaped", "plain") if found[name] is not None)


def _expands(text: str) -> bool:
    return re.search(r"(?<!\\)(?:\\\\)*(?:\$[\w({]|`)", text) is not None
