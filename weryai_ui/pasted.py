"""What somebody pastes, as values for the form: a request body, or a curl command with one. Pure, total.

Nothing is dropped in silence: whatever does not reach the form is named in a sentence. A key is never kept and
never repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from weryai_ui.client.weryai import SUBMIT_PATH
from weryai_ui.curl_command import CurlCommand, CurlError, Word, heredoc, looks_like_curl, read_curl
from weryai_ui.reading import Pasted, Reading, quoted, read_object
from weryai_ui.references import trimmed
from weryai_ui.request import DEFAULT_MODELS
from weryai_ui.rules import shown
from weryai_ui.settings import DEFAULT_BASE_URL

PASTED_MAX_BYTES = 256 * 1024


def read_pasted(text: str, models: Mapping[str, str] = DEFAULT_MODELS) -> Pasted:
    """The form values in a JSON object or a curl command (bash); never raises, never runs anything.

    `models`: the model keys that may be chosen, to their names.
    """
    reading = Reading(models)
    if not isinstance(text, str) or not trimmed(text):
        reading.say("There is nothing to read: paste a request body or a curl command.")
    elif len(text) > PASTED_MAX_BYTES or len(text.encode("utf-8", "replace")) > PASTED_MAX_BYTES:
        reading.say(f"The text is larger than {PASTED_MAX_BYTES // 1024} KiB; no request is.")
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


def _body(reading: Reading, text: str) -> str | None:
    """The text of the body, or None with the reason said."""
    if looks_like_curl(text):
        try:
            return _body_of(reading, read_curl(text))
        except CurlError as error:
            reading.say(str(error))
            return None
    if text[:1] in ("{", "[", '"'):
        return text
    # The printed cURL snippet of this app holds its body so.
    if (found := heredoc(text)) is not None:
        return _filled(reading, found)
    reading.say("This is neither a JSON object nor a curl command.")
    return None


def _body_of(reading: Reading, command: CurlCommand) -> str | None:
    reading.secrets += [secret for secret in command.secrets if len(secret) > 3]
    _say_headers(reading, command)
    _say_address(reading, command)
    if command.other_data:
        reading.say(f"Not read, because the body must be JSON: {_listed(command.other_data)}.")
    if command.other_options:
        reading.say(f"Left out, because they are no part of the body: {_listed(command.other_options)}.")
    if command.surplus:
        reading.say(f"Left out, because the command has its address already: {_listed(command.surplus)}.")
    if command.rest:
        reading.say(f"Only the curl command was read, not what stands behind it: {shown(command.rest)}")
    return _data(reading, command)


def _data(reading: Reading, command: CurlCommand) -> str | None:
    if not command.data:
        reading.say("The curl command has no --data: there is no body in it.")
        return None
    if len(command.data) > 1:
        reading.say(f"The curl command has --data {len(command.data)} times; only the first was read.")
    data = command.data[0]
    if data.text in ("@-", "@/dev/stdin") and command.stdin is not None:
        data = command.stdin
    if data.text.startswith("@"):
        reading.say(
            f"The body stands in a file ({shown(data.text)}), which cannot be read here: paste its text instead."
        )
        return None
    return _filled(reading, data)


def _filled(reading: Reading, word: Word) -> str:
    if word.expands:
        reading.say("The body has a shell variable or command in it, which is taken as it stands.")
    return word.text


def _say_headers(reading: Reading, command: CurlCommand) -> None:
    others = []
    has_key = bool(command.secrets)
    for header in command.headers:
        name, _, value = header.partition(":")
        name, value = trimmed(name), trimmed(value)
        if name.lower() in ("authorization", "proxy-authorization", "x-api-key"):
            secret = value.split(" ", 1)[-1]
            # `<token>` of the reference page and `$KEY` are no keys.
            has_key = has_key or not re.fullmatch(r"<.*>|.*\$.*|", secret)
            reading.secrets += [secret] if len(secret) > 3 else []
        elif name.lower() != "content-type":
            others.append(name)
        elif value.partition(";")[0].lower() != "application/json":
            reading.say(f"The content type is {quoted(value)}; this endpoint takes application/json, which is sent.")
    if has_key:
        reading.say("The key in the command was ignored and not kept; a key belongs under Send to.")
    if others:
        reading.say(f"Left out, because this app sends its own: {_listed(f'header {name}' for name in others)}.")


def _say_address(reading: Reading, command: CurlCommand) -> None:
    if command.method not in (None, "POST"):
        reading.say(f"The command says {quoted(command.method)}; a submit is a POST, and is sent as one.")
    if command.url is None:
        reading.say("The command has no address; only its body was read.")
        return
    url = command.url
    try:
        parts = urlsplit(url.text)
    except ValueError:
        reading.say(f"The address cannot be read: {shown(url.text)}; only the body was read.")
        return
    reading.secrets += [parts.password] if parts.password else []
    own = f"{parts.scheme}://{parts.netloc}".lower() == DEFAULT_BASE_URL
    if not parts.path.rstrip("/").endswith(SUBMIT_PATH):
        reading.say(f"The command is for another address ({shown(url.text)}); its body was read all the same.")
    elif not own and not url.expands:
        reading.say(f"The command goes to {shown(url.text)}; where this form sends is chosen under Send to.")
    elif parts.query or parts.fragment:
        reading.say(f"The address has something behind the endpoint, which was left out: {shown(parts.query)}")


def _listed(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    named = ", ".join(shown(name) for name in unique[:8])
    return named if len(unique) <= 8 else f"{named} and {len(unique) - 8} more"
