"""Text from outside takes time by its length and not by its square, and little of it at the most that is taken.

Each reader gets a family of hostile texts at its cap and at half of it. Processor time is compared, the best of a few
tries, so that a busy machine changes nothing; what takes no measurable time at all is not compared.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from weryai_ui.client.envelope import EnvelopeError, parse_envelope
from weryai_ui.client.key import check_key
from weryai_ui.client.retry_after import parse_retry_after
from weryai_ui.client.tasks import submitted_ids, task_status
from weryai_ui.errors import AppError
from weryai_ui.i18n import locale_of
from weryai_ui.logs import without_keys
from weryai_ui.portable.paste import PASTED_MAX_BYTES, read_pasted
from weryai_ui.portable.share_link import FORM_MAX_CHARACTERS, RECIPE_MAX_CHARACTERS, decode, encode
from weryai_ui.request.references import links_of, mentions
from weryai_ui.request.validation import check
from weryai_ui.ui.http.bodies import BODY_BYTES
from weryai_ui.ui.http.caller import is_loopback_host
from weryai_ui.ui.http.request_facts import is_canonical, is_foreign, is_plain_json
from weryai_ui.ui.http.rules import OPEN_TO_READ, OPEN_TO_WRITE

AT_MOST_S = 0.05
AT_MOST_TIMES = 2.5
ROUNDS = 4
TRIES = 5
"""Until one is quick enough: on a busy machine some are slower, a reader that goes by the square is slow in all."""
COMPARED_FROM_S = 0.02
"""What takes less at its cap harms nobody, and is as much the clock's noise as the reader's work."""
HEAD_CHARACTERS = 64 * 1024
"""The longest request line and header that uvicorn takes."""
PROMPT_CHARACTERS = 500
ANSWER_BYTES = 1 << 20

UNITS = (
    "a", " ", "\n", "\t", "\r", "\r\n", "\u200b", "\xa0", "\ufeff", "\\", "\"", "'", "`", "^", "^\n", "\\\n",
    "\\\r\n", "$'", "$\"", "$(", "${", "$a", "$'\\", "$'\\x", "'\\''", "\"\\", "\"\\\\", "\\x41", "\\u0041", "\\\\",
    "<<", "<<a", "<<a\n", "<<'a'\n", "<<-a\n\t", "\na", "\n a", "a\n<<a\n", "{", "[", "}", "]", "{{", "[[", "[0,",
    "{\"a\":", "\"a\",", "\"\",", "null,", "\"prompt\":1,", "{\"prompt\":\"", "a:", "1", "-1", "e9", "9", "-", "--",
    "-a", "-aa ", "-X", "-u aaaaaa ", "-u a%d ", "-H 'a: b' ", "-H authorization:aaaaa%d ", "-d @a ", "-d {} ",
    "-F a ", "/", "//", "../", ".", "..", ":", "::::", "://", "http://", "http://http://", "https://a",
    "https://a/\n", "https://a.example/%d\n", "http://user@", "@", "@@@@", "[::", "%", "%41", "%25", "?", "&", "|",
    ";", ",", "(", "<", "#", "#a\n", "=", "==", "image 1 ", "image 1", "image ?", "\u0315\u0300",
    "@image1 ", "imageimage ", "图1", "图片1", "é", "🎈", "\ud800", "AAAA", "sk-", "sk-sk-", "sk-aaaaaaaaaa ",
    "sk-sandbox", "Bearer ", "Bearer a", "bearer aaaa", "</script>", "<!--", "```", "```\n", "; q=0.1,",
    "{}", "{a:", "a:{}", "{'a':", "/*", "//", "//\n", "# a\n", "\"\"\"", "'''", "“", "“a”", "`\"", "\"{", "\"{\\\"",
    "@{a=1}", "@\"\n",
    "\"a\" ", "\"a\"\"b\" ", "prompt=a ", "^\"", "^\n\n", "authorization: ", "api-key: a1 ", "$([char]65)",
    "a=1;", ",}", "a b ",
)  # fmt: skip


def text_of(unit: str, length: int) -> str:
    """A text of that many characters: the unit again and again, with a running number where it has a place for one."""
    if "%d" in unit:
        return "".join(unit % number for number in range(length // len(unit) + 1))[:length]
    return (unit * (length // len(unit) + 1))[:length]


Reader = Callable[[str], Any]


def form(**values: Any) -> dict[str, Any]:
    return {"model": "SEEDANCE_2_0", "duration": 5, **values}


def pasted_after(start: str) -> Reader:
    return lambda text: read_pasted(start + text)


def checked_as(name: str) -> Reader:
    return lambda text: check(form(**{name: text}))


def envelope(text: str) -> None:
    try:
        found = parse_envelope(text.encode("utf-8", "replace"))
    except EnvelopeError:
        return
    task_status(found), submitted_ids(found)


def key(text: str) -> None:
    try:
        check_key(text)
    except AppError:
        return


def path(text: str) -> None:
    is_canonical("/" + text)
    for start in ("/", "/assets/", "/gradio_api/call/", "/gradio_api/run/"):
        OPEN_TO_READ.fullmatch(start + text)
        OPEN_TO_WRITE.fullmatch(start + text)


def foreign(text: str) -> None:
    value = text.encode("latin-1", "replace")
    is_foreign([(b"origin", value), (b"host", value), (b"x-forwarded-host", value)])


def plain_json(text: str) -> None:
    is_plain_json([(b"content-type", b"application/json")], text.encode("utf-8", "replace"))


BEGINNINGS = ("", "curl ", 'curl "', "curl '", "curl $'", "curl <<", "curl -", "curl -d '", 'curl -H "', "cat <<X\n{",
              '{"images":[', '{"prompt":"', "```\n", 'curl ^"', "fetch('a', {body:")  # fmt: skip
READERS: dict[str, tuple[Reader, int]] = {
    **{f"paste {start!r}": (pasted_after(start), PASTED_MAX_BYTES - 64) for start in BEGINNINGS},
    "paste header": (lambda text: read_pasted(f"curl -H 'authorization: x {text}\nx' -d @a"), PASTED_MAX_BYTES - 64),
    "paste address": (lambda text: read_pasted(f"curl 'https://{text}/' -d '{{}}'"), PASTED_MAX_BYTES - 64),
    "paste loose": (lambda text: read_pasted(f"{{prompt: [{text}]}}"), PASTED_MAX_BYTES - 64),
    "paste loose, PowerShell": (lambda text: read_pasted(f"ConvertTo-Json {{a=({text})}}"), PASTED_MAX_BYTES - 64),
    "share link": (lambda text: decode("1" + text), RECIPE_MAX_CHARACTERS - 1),
    "share link, any": (decode, RECIPE_MAX_CHARACTERS),
    "share prompt": (lambda text: encode({"prompt": text}), FORM_MAX_CHARACTERS),
    "share images": (lambda text: encode({"images": text}), FORM_MAX_CHARACTERS),
    **{f"check {name}": (checked_as(name), BODY_BYTES) for name in ("prompt", "images", "webhook_url", "caller_id")},
    "check link": (lambda text: check(form(images="https://a" + text)), BODY_BYTES),
    "check list": (lambda text: check(form(images=text.split(" "))), BODY_BYTES // 4),
    "check field name": (lambda text: check({text: 1}), BODY_BYTES),
    "links": (lambda text: links_of({"images": text}), BODY_BYTES),
    "mentions": (mentions, PROMPT_CHARACTERS),
    "log": (lambda text: without_keys(text, ["sk-owner-0123456789"]), ANSWER_BYTES // 4),
    "log bearer": (lambda text: without_keys("Bearer " + text, ["sk-owner-0123456789"]), ANSWER_BYTES // 4),
    "guard path": (path, HEAD_CHARACTERS),
    "guard origin": (foreign, HEAD_CHARACTERS),
    "guard body": (plain_json, BODY_BYTES),
    "guard body, in a list": (lambda text: plain_json('{"data":[' + text), BODY_BYTES),
    "host": (is_loopback_host, HEAD_CHARACTERS),
    "language": (locale_of, HEAD_CHARACTERS),
    "key": (key, HEAD_CHARACTERS),
    "retry after": (lambda text: parse_retry_after(text, None), HEAD_CHARACTERS),  # type: ignore[arg-type]
    "answer": (envelope, ANSWER_BYTES // 4),
    "answer data": (lambda text: envelope('{"status":0,"data":[' + text), ANSWER_BYTES // 4),
}  # fmt: skip


def seconds(reader: Reader, text: str, tries: int) -> float:
    best = float("inf")
    for _ in range(tries):
        began = time.process_time()
        reader(text)
        best = min(best, time.process_time() - began)
        if best < COMPARED_FROM_S:
            break
    return best


def slow(reader: Reader, most: int) -> Iterator[str]:
    """What a reader takes too long for, in words."""
    for unit in UNITS:
        for _ in range(ROUNDS):
            whole = seconds(reader, text_of(unit, most), TRIES)
            half = seconds(reader, text_of(unit, most // 2), TRIES) if whole >= COMPARED_FROM_S else whole
            if whole <= min(AT_MOST_S, AT_MOST_TIMES * half):
                break
        else:
            yield f"{unit!r} x {most}: {whole * 1000:.1f} ms, half of it {half * 1000:.1f} ms"


@pytest.mark.parametrize("name", READERS)
def test_twice_the_text_takes_at_most_two_and_a_half_times_the_time(name: str) -> None:
    reader, most = READERS[name]
    assert not list(slow(reader, most))


def test_the_clock_of_this_test_sees_a_reader_that_goes_by_the_square() -> None:
    def square(text: str) -> None:
        for at in range(0, len(text), 16):
            text.count("b", at)

    assert next(slow(square, 64 * 1024))


def test_what_is_too_long_to_be_a_request_is_refused_in_a_sentence() -> None:
    assert "32" in read_pasted(json.dumps({"prompt": "a" * PASTED_MAX_BYTES})).notes[0]
    assert "4,000" in read_pasted("curl " + "a " * 8000).notes[0]
    assert encode({"prompt": "a" * (FORM_MAX_CHARACTERS + 1)}).text == ""
