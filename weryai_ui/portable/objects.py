"""The object in a text that looks most like what is sought: JSON, or a literal of JavaScript, Python or PowerShell.

Pure, and total. No pattern here gives back what it has matched, so that the time grows with the text alone.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

STRINGS_DEPTH = 3
"""An object in a string in an object in a string: as deep as any export has it."""

MAX_PIECES = 4000
"""Names, strings and braces together. What a browser copies has some hundred."""
STRINGS_READ = 50

_COMMENT = r"(?P<comment>(?<![:\w])//[^\n]*+ | (?<!\S)\#[^\n]*+ | /\*(?:[^*]|\*(?!/))*+(?:\*/|\Z))"
_WORD = r"(?:(?<![\w$.-])[^\W\d][\w$.-]*+ | \$[\w.:]++)"
_IS = r"(?=\s*+(?:=>|[:=])(?!=))"
_CODE = r"""(?:
    \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*+''' | "(?:[^"\\]|\\.)*+"
    | (?<!\w)'(?:[^'\\\n]|\\.)*+' | `(?:[^`\\]|\\.)*+` | “[^“”]*+” )"""
_POWERSHELL = r"""(?:
    @"\r?\n(?:[^"`]|`.|"(?!@))*+(?:"@|\Z)
    | @'\r?\n(?:[^']|'(?!@))*+(?:'@|\Z) | "(?:[^"`]|`.|"")*+" | (?<!\w)'(?:[^']|'')*+' )"""
_STRINGS = {False: (_CODE, r"\\."), True: (_POWERSHELL, "`.")}
_SCANNED, _TOKENS = (
    {is_powershell: re.compile(pattern % each, re.VERBOSE | re.DOTALL) for is_powershell, each in _STRINGS.items()}
    for pattern in (
        rf"{_COMMENT} | (?P<string>%s)(?:{_IS}(?P<is>))?+ | (?P<name>{_WORD}){_IS} | %s | (?P<brace>[{{}}])",
        rf"{_COMMENT} | (?P<string>%s) | (?P<word>{_WORD}) | (?P<escaped>%s) | (?P<number>-?\d[\w.+-]*+)"
        r" | (?P<open>[{\[(]) | (?P<close>[}\])]) | (?P<is>=>|[:=]) | (?P<comma>[,;])",
    )
)
_NAMED = re.compile(_IS)
_SAYS_POWERSHELL = re.compile(r"\b(?:Invoke-(?:RestMethod|WebRequest)|ConvertTo-Json)\b", re.IGNORECASE)
_JSON_WORDS = {"true": "true", "false": "false", "null": "null", "none": "null", "undefined": "null", "nan": "NaN"}
_VALUES = ("string", "word", "number")
_JSON_MARKS = {"(": "[", ")": "]", "=": ":", "=>": ":", ";": ","}

_ESCAPE = re.compile(
    r"(?P<bytes>(?:\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3})++)|\\u(?P<open>\{)?(?P<short>(?<=\{)[0-9a-fA-F]{1,6}|[0-9a-fA-F]{1,4})(?(open)\}?)"
    r"|\\U(?P<long>[0-9a-fA-F]{1,8})|\\(?P<letter>.)",
    re.DOTALL,
)
_POWERSHELL_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}
_LETTERS |= {letter: letter for letter in "\\'\"`?/"}


class TooManyPieces(Exception):
    """More words, quotes and braces than any request has."""


@dataclass(frozen=True)
class Found:
    """An object's own text, and how many of the names sought it has."""

    text: str
    score: int
    is_powershell: bool = False


def find(text: str, sought: frozenset[str], depth: int = STRINGS_DEPTH) -> Found | None:
    """The object with the most of the names sought, the first of those with as many; None without a whole object.

    Strings are looked into only where no object outside of them has such a name. Raises `TooManyPieces`.
    """
    is_powershell = not text.lstrip().startswith(("{", "[", '"')) and bool(_SAYS_POWERSHELL.search(text))
    objects, strings = _scanned(text, is_powershell, sought)
    found = [Found(text[start:end], -score, is_powershell) for score, start, end in [min(objects)]] if objects else []
    if depth and not any(each.score for each in found):
        whole = [unescaped(text)] if r"\"" in text else []
        found += [inside for each in [*strings, *whole] if (inside := find(each, sought, depth - 1))]
    return max(found, key=lambda each: each.score, default=None)


def _scanned(text: str, is_powershell: bool, sought: frozenset[str]) -> tuple[list[tuple[int, int, int]], list[str]]:
    """Every whole object, as its names sought (counted down from 0), start and end; and strings that may hold one."""
    objects: list[tuple[int, int, int]] = []
    strings: list[str] = []
    under_way: list[tuple[int, set[str]]] = []
    for count, token in enumerate(_SCANNED[is_powershell].finditer(text)):
        if count > MAX_PIECES:
            raise TooManyPieces
        kind, said = token.lastgroup, token[0]
        if said == "{":
            under_way.append((token.start(), set()))
        elif said == "}" and under_way:
            start, names = under_way.pop()
            objects.append((-len(names & sought), start, token.end()))
        elif kind in ("name", "is") and under_way:
            under_way[-1][1].add(said if kind == "name" else _string(said, is_powershell))
        elif kind == "string" and "{" in said and any(name in said for name in sought):
            strings.append(_string(said, is_powershell))
    return objects, strings[:STRINGS_READ]


def as_json(text: str, is_powershell: bool) -> tuple[str, bool]:
    """A loosely written object as JSON: without comments, names and strings in double quotes, commas where they belong.

    The second: whether the name of a variable stands for its value. What is no object in any spelling stays none.
    """
    written, last, is_guess = [""], "", False
    for count, token in enumerate(_TOKENS[is_powershell].finditer(text)):
        if count > 2 * MAX_PIECES:
            raise TooManyPieces
        kind, said = token.lastgroup or "", token[0]
        is_name = kind in ("string", "word") and _NAMED.match(text, token.end()) is not None
        if kind in ("comment", "escaped") or (said in ("(", ")") and not is_powershell):
            continue
        if kind == "word":
            known = None if is_name else _JSON_WORDS.get(said.lstrip("$").lower())
            is_guess = is_guess or not (is_name or known)
            said = known or json.dumps(said)
        if last in (*_VALUES, "close") and kind in (*_VALUES, "open"):
            if last == kind == "string" and not (is_name or is_powershell):
                written.pop()  # the closing quote: Python joins strings that stand side by side
                written += [json.dumps(_string(said, False))[1:-1], '"']
                continue
            written.append(",")
        elif last == "comma" and kind in ("comma", "close"):
            written.pop()
        if kind == "string":
            written += ['"', json.dumps(_string(said, is_powershell))[1:-1], '"']
        else:
            written.append(_JSON_MARKS.get(said, said))
        last = kind
    return "".join(written), is_guess


def _string(quoted: str, is_powershell: bool) -> str:
    """A string as its language reads it."""
    if is_powershell:
        return _powershell_string(quoted)
    quoted = quoted.lstrip("rRbBuUfF")
    width = 3 if quoted[:3] in ('"""', "'''") and len(quoted) > 5 else 1
    return unescaped(quoted[width:-width])


def _powershell_string(quoted: str) -> str:
    inner = re.sub(r"\A@?.(?:\r?\n)?|(?:\r?\n)?.@?\Z", "", quoted)
    if quoted.lstrip("@").startswith("'"):
        return inner.replace("''", "'")
    inner = inner.replace('""', '"') if quoted[0] == '"' else inner
    inner = re.sub(r"\$\(\[char\](\d{1,5})\)", lambda found: chr(int(found[1])), inner)
    return _whole(re.sub(r"`(.)", lambda found: _POWERSHELL_LETTERS.get(found[1], found[1]), inner, flags=re.DOTALL))


def unescaped(text: str) -> str:
    """A text without its backslashes. Browsers write an emoji there as its two UTF-16 halves."""
    return _whole(_ESCAPE.sub(_escape, text)) if "\\" in text else text


def _whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _escape(found: re.Match[str]) -> str:
    if found["bytes"]:
        codes = re.findall(r"\\x([0-9a-fA-F]+)|\\([0-7]+)", found["bytes"])
        return bytes(int(h, 16) if h else int(o, 8) & 0xFF for h, o in codes).decode("utf-8", "replace")
    if digits := found["short"] or found["long"]:
        code = int(digits, 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    return _LETTERS.get(found["letter"], f"\\{found['letter']}")
