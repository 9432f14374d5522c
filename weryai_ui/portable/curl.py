"""A curl command of a bash shell, read as text and never run. Pure.

Anybody may paste anything: no pattern here gives back what it has matched, so that the time grows with the text alone.
Quotes, escapes and line ends mean what bash says they mean; variables and substitutions are left as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from weryai_ui.errors import AppError

HEREDOCS_TRIED = 10
MAX_PIECES = 4000
"""Words, quotes and escapes together. A command that a browser copies has some forty."""

_TOKEN = re.compile(
    r"""
      (?P<joined>\\(?:\r?\n|\Z))
    | \\(?P<escaped>.)
    | '(?P<single>[^']*+)'
    | \$'(?P<ansi>(?:[^'\\]|\\.)*+)'
    | \$?"(?P<double>(?:[^"\\]|\\.)*+)"
    | (?P<blank>[^\S\r\n]++)
    | <<-?[ \t]*+(?P<quote>['"]?)(?P<mark>\w++)(?P=quote)(?P<line>[^\n]*+)\n
      (?P<heredoc>.*?)\n[ \t]*(?P=mark)[ \t]*(?=\r?\n|$)
    | (?P<end>[\r\n;|&<>()])
    | (?P<open>['"\\])
    | (?P<plain>(?:[^\s'"\\$;|&<>()]|\$(?!['"]))++|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ANSI = re.compile(
    r"(?P<bytes>(?:\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3})+)"
    r"|\\u(?P<short>[0-9a-fA-F]{1,4})|\\U(?P<long>[0-9a-fA-F]{1,8})|\\(?P<letter>.)",
    re.DOTALL,
)
_ANSI_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}

_DATA = frozenset({"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"})
_OTHER_DATA = frozenset({"-F", "--form", "--form-string", "--data-urlencode", "-T", "--upload-file"})
_SECRET = frozenset(
    {"-u", "--user", "--oauth2-bearer", "-U", "--proxy-user", "--proxy-header", "--pass", "--aws-sigv4"}
)
_WITH_VALUE = frozenset(
    re.findall(
        r"\S+",
        """
        -A --user-agent -b --cookie -c --cookie-jar -C --continue-at -D --dump-header -e --referer -E --cert -K
        --config -m --max-time -o --output -r --range -w --write-out -x --proxy -y --speed-time -Y --speed-limit
        -z --time-cond --cacert --capath --ciphers --connect-timeout --connect-to --dns-servers --interface
        --key --limit-rate --max-filesize --max-redirs --noproxy --output-dir --proto --proto-default
        --proto-redir --resolve --retry --retry-delay --retry-max-time --stderr --tls-max --trace --trace-ascii
        --unix-socket --url-query
        """,
    )
)

_METHODS = {"-G": "GET", "--get": "GET", "-I": "HEAD", "--head": "HEAD"}
_TAKES_VALUE = _DATA | _OTHER_DATA | _SECRET | _WITH_VALUE | frozenset({"-X", "--request", "-H", "--header", "--url"})


class CurlError(AppError):
    """The text is no curl command that can be read; why is a key of `words` and what fills it."""

    def __init__(self, key: str, **filled: str) -> None:
        super().__init__(key)
        self.key = key
        self.filled = filled


@dataclass(frozen=True)
class Word:
    """One word of the command; `expands` when a shell would have filled in a variable or a command's output."""

    text: str
    expands: bool = False


@dataclass
class CurlCommand:
    """What a command asks for. `other_options` and `surplus` are what it says beside that, by name."""

    method: str | None = None
    url: Word | None = None
    headers: list[str] = field(default_factory=list)
    data: list[Word] = field(default_factory=list)
    stdin: Word | None = None
    other_data: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    other_options: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    rest: str = ""
    """What stands behind the end of the command."""


def looks_like_curl(text: str) -> bool:
    """Whether the text begins as a curl command; a prompt's `$` may stand before it."""
    return re.match(r"\s*(?:[$%>#]\s+)?curl(?:\.exe)?(?=\s|$)", text) is not None


def heredoc(text: str) -> Word | None:
    """The first text of a script that stands between `<<MARK` and `MARK` and begins as a JSON object."""
    for start in islice(re.finditer("<<", text), HEREDOCS_TRIED):
        found = _TOKEN.match(text, start.start())
        if found and found["heredoc"] is not None and found["heredoc"].lstrip().startswith("{"):
            return _heredoc(found)
    return None


def read_curl(text: str) -> CurlCommand:
    """The command in the text; raises `CurlError`."""
    if re.search(r"\^[ \t]*\r?\n", text) and not re.search(r"\\\r?\n", text):
        text = re.sub(r"\^[ \t]*\r?\n", " ", text)  # cmd.exe goes on to the next line by a caret
    command = CurlCommand()
    words = list(_words(re.sub(r"^\s*(?:[$%>#]\s+)?", "", text), command))
    _read_options(command, words[1:])
    return command


def _words(text: str, command: CurlCommand) -> Iterator[Word]:
    pieces: list[str] = []
    expands = False
    at = count = 0
    while at < len(text) and (found := _TOKEN.match(text, at)):
        count += 1
        if count > MAX_PIECES:
            raise CurlError("curl.too_many_pieces", limit=f"{MAX_PIECES:,}")
        kind = found.lastgroup
        if found["heredoc"] is not None:
            command.stdin = _heredoc(found)
            command.rest = (found["line"] + "\n" + text[found.end() :]).strip()
            break
        is_comment = not pieces and (found["plain"] or "").startswith("#")
        if kind == "end" or is_comment:
            command.rest = text[at:].strip()
            break
        if kind == "open":
            raise CurlError("curl.open_quote")
        at = found.end()
        if kind == "blank":
            if pieces:
                yield Word("".join(pieces), expands)
            pieces, expands = [], False
        elif kind != "joined":
            pieces.append(_piece(found))
            open_to_shell = found["double"] if found["double"] is not None else found["plain"]
            expands = expands or _expands(open_to_shell or "")
    if pieces:
        yield Word("".join(pieces), expands)


def _piece(found: re.Match[str]) -> str:
    if found["ansi"] is not None:
        return _ansi(found["ansi"])
    if found["double"] is not None:
        return re.sub(r'\\(?:\r?\n|([\\$`"]))', r"\1", found["double"])
    return next(found[name] for name in ("single", "escaped", "plain") if found[name] is not None)


def _expands(text: str) -> bool:
    return re.search(r"(?<!\\)(?:\\\\)*(?:\$[\w({]|`)", text) is not None


def _heredoc(found: re.Match[str]) -> Word:
    if found["quote"]:
        return Word(found["heredoc"])
    return Word(re.sub(r"\\([\\$`])", r"\1", found["heredoc"]), _expands(found["heredoc"]))


def _ansi(text: str) -> str:
    """The text of `$'…'`. Browsers write an emoji there as its two UTF-16 halves."""
    whole = _ANSI.sub(_ansi_escape, text)
    return whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _ansi_escape(found: re.Match[str]) -> str:
    if found["bytes"]:
        codes = re.findall(r"\\x([0-9a-fA-F]+)|\\([0-7]+)", found["bytes"])
        return bytes(int(h, 16) if h else int(o, 8) & 0xFF for h, o in codes).decode("utf-8", "replace")
    if digits := found["short"] or found["long"]:
        code = int(digits, 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    letter = found["letter"]
    return letter if letter in "\\'\"?" else _ANSI_LETTERS.get(letter, f"\\{letter}")


def _read_options(command: CurlCommand, words: list[Word]) -> None:
    left = iter(words)
    for word in left:
        if word.text.startswith("--") and len(word.text) > 2:
            _take(command, word.text, left, None)
        elif word.text.startswith("-") and len(word.text) > 1 and word.text != "--":
            _read_letters(command, word, left)
        elif word.text != "--":
            _take_url(command, word)


def _read_letters(command: CurlCommand, word: Word, left: Iterator[Word]) -> None:
    """`-sSL`, and `-XPOST` whose value needs no blank before it."""
    for at, letter in enumerate(word.text[1:], 2):
        name = f"-{letter}"
        if name in _TAKES_VALUE:
            attached = Word(word.text[at:], word.expands) if len(word.text) > at else None
            _take(command, name, left, attached)
            return
        _take(command, name, left, None)


def _take(command: CurlCommand, name: str, left: Iterator[Word], attached: Word | None) -> None:
    """Read one option, with its value where it takes one."""
    if name not in _TAKES_VALUE:
        if name in _METHODS:
            command.method = _METHODS[name]
        else:
            command.other_options.append(name)
        return
    value = attached or next(left, None)
    if value is None:
        raise CurlError("curl.no_value", name=name)
    _keep(command, name, value)


def _keep(command: CurlCommand, name: str, value: Word) -> None:
    if name in _DATA:
        command.data.append(value)
    elif name in _OTHER_DATA:
        command.other_data.append(name)
    elif name in _SECRET:
        command.secrets.append(value.text)
    elif name in ("-H", "--header"):
        command.headers.append(value.text)
    elif name in ("-X", "--request"):
        command.method = value.text.upper()
    elif name == "--url":
        _take_url(command, value)
    else:
        command.other_options.append(name)


def _take_url(command: CurlCommand, word: Word) -> None:
    if command.url is None:
        command.url = word
    else:
        command.surplus.append(word.text)
