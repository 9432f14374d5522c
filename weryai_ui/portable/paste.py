"""A pasted request as values for the form: a body in JSON, in a command, a program or an export. Pure, total.

Nothing is dropped in silence: whatever does not reach the form is named in a sentence. A key is never kept and
never repeated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from weryai_ui.client.weryai import SUBMIT_PATH
from weryai_ui.i18n import say
from weryai_ui.portable.body import BodyReader, ImportedForm, read_object
from weryai_ui.portable.objects import MAX_PIECES, Found, TooManyPieces, as_json, find
from weryai_ui.portable.shell import Word, commands
from weryai_ui.request.fields import FIELDS
from weryai_ui.request.models import SHIPPED, Catalogue
from weryai_ui.request.references import trimmed
from weryai_ui.request.rules import shown
from weryai_ui.variables import DEFAULT_BASE_URL

PASTED_MAX_BYTES = 32 * 1024
"""More than any request that keeps the rules: fifteen links of 2,000 characters and a prompt."""
ADDRESSES = 40
NAMED = 8

_SOUGHT = frozenset(FIELDS)
_KEY = re.compile(
    r"""(?:authorization|api[-_]key)\W{1,12}+(?:value\W{1,12}+)?(?:(?:bearer|basic)\W{1,4}+)?(?<![$<{%])([\w.~+/-]{8,}+)"""
    r"""|(?<!\S)(?:-u|-U|-a|--user|--auth|--proxy-user|--oauth2-bearer)[\s=]++(\S+)|://[^\s/@:]*+:([^\s/@]++)@""",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"""(?:https?://|\$\w+/)[^\s"'`<>^\\,;)]*+""")
_HEADER = re.compile(r"([\w-]+):(?![/=])")
_TAKEN = re.compile(r"(?:POST|@-)?\Z|(?:authorization|x-api-key|content-type):", re.IGNORECASE)
"""What every request says: nothing to name."""
_ITEM = re.compile(rf"({'|'.join(FIELDS)})(:?=)(?![=@])(.*)", re.DOTALL)
"""A field of the body as HTTPie takes it."""
_OPTION = re.compile(r"(-[XHd]|-[\w-]+)(?:=?(.*))", re.DOTALL)
_OF_EVERY_REQUEST = re.compile(r"-[XHd]|--(?:request|method|header|data[\w-]*|json|body-data|post-data|raw|url)?")


def read_pasted(text: str, models: Catalogue = SHIPPED) -> ImportedForm:
    """The form values in whatever was pasted; never raises, never runs anything. `models`: those that may be chosen."""
    reading = BodyReader(models)
    if not isinstance(text, str) or not trimmed(text):
        reading.note("pasted.nothing")
    elif len(text) > PASTED_MAX_BYTES or len(text.encode("utf-8", "replace")) > PASTED_MAX_BYTES:
        reading.note("pasted.too_large", limit=PASTED_MAX_BYTES // 1024)
    else:
        try:
            # Without the marks of a code block, which come along from a chat.
            _read(reading, trimmed(re.sub(r"\A```[\w+-]*[ \t]*\r?\n|\r?\n?```\Z", "", trimmed(text))))
        except TooManyPieces:
            reading.note("pasted.too_many_pieces", limit=f"{MAX_PIECES:,}")
    return reading.result()


def _read(reading: BodyReader, text: str) -> None:
    keys = [next(filter(None, found.groups())) for found in _KEY.finditer(text)]
    reading.secrets += [key for key in keys if len(key) > 3]
    spoken = [] if text.startswith(("{", "[", '"')) else commands(text)
    found, beside = _in_commands(reading, spoken)
    found = found or find(text, _SOUGHT)
    document = _document(reading, text, found)
    if found is None or document is None:
        return
    if any(re.search(r"\d", key) for key in keys):
        reading.note("pasted.key")
    _note_address(reading, text, found.text)
    if names := list(dict.fromkeys(beside or ())):
        named = [shown(name) for name in names[:NAMED]] + ["…"] * (len(names) > NAMED)
        reading.note("pasted.beside", names=say("form.comma").join(named))
    elif beside is None and found.text != text:
        reading.note("pasted.around")
    reading.body(document)


def _document(reading: BodyReader, text: str, found: Found | None) -> dict[str, Any] | None:
    """The object that was found, to the letter or as it was meant; None with the reason noted."""
    if found is None and text[:1] in ("{", "[", '"'):
        return read_object(reading, text)
    if found is None:
        file = re.search(r"""(?<=[\s=])@[^\s'"]+""", text)
        reading.note("pasted.in_a_file" if file else "pasted.neither", value=shown(file and file[0]))
        return None
    before = len(reading.notes)
    document = read_object(reading, found.text)
    if document is None:
        strict = len(reading.notes)
        written, is_guess = as_json(found.text, found.is_powershell)
        document = read_object(reading, written)
        del reading.notes[slice(strict, None) if document is None else slice(before, strict)]
        if document is not None and is_guess:
            reading.note("pasted.variable")
    return document


def _in_commands(reading: BodyReader, spoken: list[list[Word]]) -> tuple[Found | None, list[str] | None]:
    """The body in a word of the commands, or in HTTPie's items; and what else they say, by name."""
    words = [word for command in spoken for word in command]
    for body in (word for word in words if "{" in word.text):
        if (found := find(body.text, _SOUGHT)) and found.score:
            break
    else:
        items = [item.groups() for word in words if (item := _ITEM.fullmatch(word.text))]
        if not items:
            return None, None
        fields = (f'"{name}": {value if sign == ":=" else json.dumps(value)}' for name, sign, value in items)
        found, body = Found("{" + ", ".join(fields) + "}", len(items)), Word("")
    if body.expands:
        reading.note("pasted.variable")
    return found, [name for command in spoken for name in _said(command, body)]


def _said(command: list[Word], body: Word) -> Iterator[str]:
    """What a command says beside the body: the one that sends it headers, options and words; of another its name."""
    if not any(word is body or _ADDRESS.match(word.text) for word in command):
        yield command[0].text
        return
    is_value = False
    for word in command[1:]:
        option = _OPTION.fullmatch(word.text)
        is_known = option is not None and _OF_EVERY_REQUEST.fullmatch(option[1]) is not None
        text = option[2] if option and is_known else word.text
        if option and not is_known:
            yield option[1]
        elif not (is_value or word is body or _TAKEN.match(text) or _ADDRESS.match(text) or _ITEM.fullmatch(text)):
            header = _HEADER.match(text)
            yield say("pasted.header", name=header[1]) if header else text.partition("=")[0]
        is_value = option is not None and not (is_known or option[2])


def _note_address(reading: BodyReader, text: str, body: str) -> None:
    """Say where the request went, where that is no address of the service: a form goes where its visitor chooses."""
    addresses = (found[0] for found in islice(_ADDRESS.finditer(text), ADDRESSES))
    url = next((url for url in addresses if url not in body), DEFAULT_BASE_URL)
    start = next((own for own in (DEFAULT_BASE_URL, "$") if url.startswith(own)), None)
    if start is None or not (url.endswith(SUBMIT_PATH) or url.rstrip("/") == start):
        plain = re.sub(r"//[^/@]*+@|[?#].*", lambda found: "//" if found[0][0] == "/" else "", url, flags=re.DOTALL)
        reading.note("pasted.address", value=shown(plain))
