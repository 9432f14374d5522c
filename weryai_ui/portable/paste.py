"""What somebody pastes, as values for the form: a request body, or a curl command with one. Pure, total.

Nothing is dropped in silence: whatever does not reach the form is named in a sentence. A key is never kept and
never repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from weryai_ui.client.weryai import SUBMIT_PATH
from weryai_ui.i18n import say
from weryai_ui.portable.body import BodyReader, ImportedForm, quoted, read_object
from weryai_ui.portable.curl import CurlCommand, CurlError, Word, heredoc, looks_like_curl, read_curl
from weryai_ui.request.fields import DEFAULT_MODELS
from weryai_ui.request.references import trimmed
from weryai_ui.request.rules import shown
from weryai_ui.settings import DEFAULT_BASE_URL

PASTED_MAX_BYTES = 32 * 1024
"""More than any request that keeps the rules: fifteen links of 2,000 characters and a prompt."""


ADDRESS_MAX_CHARACTERS = 1024
"""BodyReader an address that is not ASCII takes time by its square."""


def read_pasted(text: str, models: Mapping[str, str] = DEFAULT_MODELS) -> ImportedForm:
    """The form values in a JSON object or a curl command (bash); never raises, never runs anything.

    `models`: the model keys that may be chosen, to their names.
    """
    reading = BodyReader(models)
    if not isinstance(text, str) or not trimmed(text):
        reading.note("pasted.nothing")
    elif len(text) > PASTED_MAX_BYTES or len(text.encode("utf-8", "replace")) > PASTED_MAX_BYTES:
        reading.note("pasted.too_large", limit=PASTED_MAX_BYTES // 1024)
    else:
        body = _body(reading, _unfenced(text))
        if body is not None and (document := read_object(reading, body)) is not None:
            reading.body(document)
    return reading.result()


def _unfenced(text: str) -> str:
    """The text without the marks of a code block, which come along from a chat."""
    text = trimmed(text)
    found = re.fullmatch(r"```[\w+-]*[ \t]*\r?\n(.*?)\r?\n?```", text, re.DOTALL)
    return trimmed(found[1]) if found else text


def _body(reading: BodyReader, text: str) -> str | None:
    """The text of the body, or None with the reason noted."""
    if looks_like_curl(text):
        try:
            return _body_of(reading, read_curl(text))
        except CurlError as error:
            reading.note(error.key, **error.filled)
            return None
    if text[:1] in ("{", "[", '"'):
        return text
    # The printed cURL snippet of this app holds its body so.
    if (found := heredoc(text)) is not None:
        return _filled(reading, found)
    reading.note("pasted.neither")
    return None


def _body_of(reading: BodyReader, command: CurlCommand) -> str | None:
    reading.secrets += [secret for secret in command.secrets if len(secret) > 3]
    _note_headers(reading, command)
    _note_address(reading, command)
    if command.other_data:
        reading.note("pasted.other_data", names=_listed(command.other_data))
    if command.other_options:
        reading.note("pasted.other_options", names=_listed(command.other_options))
    if command.surplus:
        reading.note("pasted.surplus", names=_listed(command.surplus))
    if command.rest:
        reading.note("pasted.rest", value=shown(command.rest))
    return _data(reading, command)


def _data(reading: BodyReader, command: CurlCommand) -> str | None:
    if not command.data:
        reading.note("pasted.no_data")
        return None
    if len(command.data) > 1:
        reading.note("pasted.data_again", times=len(command.data))
    data = command.data[0]
    if data.text in ("@-", "@/dev/stdin") and command.stdin is not None:
        data = command.stdin
    if data.text.startswith("@"):
        reading.note("pasted.in_a_file", value=shown(data.text))
        return None
    return _filled(reading, data)


def _filled(reading: BodyReader, word: Word) -> str:
    if word.expands:
        reading.note("pasted.variable")
    return word.text


def _note_headers(reading: BodyReader, command: CurlCommand) -> None:
    others = []
    has_key = bool(command.secrets)
    for header in command.headers:
        name, _, value = header.partition(":")
        name, value = trimmed(name), trimmed(value)
        if name.lower() in ("authorization", "proxy-authorization", "x-api-key"):
            secret = value.split(" ", 1)[-1]
            # `<token>` of the reference page and `$KEY` are no keys.
            has_key = has_key or not (not secret or "$" in secret or secret[0] + secret[-1] == "<>")
            reading.secrets += [secret] if len(secret) > 3 else []
        elif name.lower() != "content-type":
            others.append(name)
        elif value.partition(";")[0].lower() != "application/json":
            reading.note("pasted.content_type", value=quoted(value))
    if has_key:
        reading.note("pasted.key")
    if others:
        reading.note("pasted.headers", names=_listed(say("pasted.header", name=name) for name in others))


def _note_address(reading: BodyReader, command: CurlCommand) -> None:
    if command.method not in (None, "POST"):
        reading.note("pasted.method", value=quoted(command.method))
    if command.url is None:
        reading.note("pasted.no_address")
        return
    url = command.url
    try:
        if len(url.text) > ADDRESS_MAX_CHARACTERS:
            raise ValueError
        parts = urlsplit(url.text)
    except ValueError:
        reading.note("pasted.bad_address", value=shown(url.text))
        return
    reading.secrets += [parts.password] if parts.password else []
    own = f"{parts.scheme}://{parts.netloc}".lower() == DEFAULT_BASE_URL
    if not parts.path.rstrip("/").endswith(SUBMIT_PATH):
        reading.note("pasted.other_address", value=shown(url.text))
    elif not own and not url.expands:
        reading.note("pasted.other_host", value=shown(url.text))
    elif parts.query or parts.fragment:
        reading.note("pasted.query", value=shown(parts.query))


def _listed(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    named = say("form.comma").join(shown(name) for name in unique[:8])
    return named if len(unique) <= 8 else say("pasted.and_more", names=named, n=len(unique) - 8)
