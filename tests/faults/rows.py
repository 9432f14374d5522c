"""The fault matrix once a connection stands: a sentence, what the server does, and what must follow."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

from tests.faults.hostile import Behaviour, Talk, after_reading, answer, slowly
from weryai_ui.client.outcome import Outcome
from weryai_ui.errors import CODES

TASK_ID = "task_abc123"
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Row:
    """`key` is the explanation's stable key; `complete` how many whole requests the server must have read."""

    name: str
    behave: Behaviour
    outcome: Outcome
    key: str | None
    complete: int = 1


def envelope(status: object = 0, data: object = None, message: str = "words") -> bytes:
    return json.dumps({"status": status, "message": message, "data": data}).encode()


YES = envelope(0, {"task_id": TASK_ID, "task_status": "waiting"})


def chunked(*chunks: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)


def _hang(talk: Talk) -> None:
    talk.read_request()
    talk.hang()


def _reset_after_reading(talk: Talk) -> None:
    talk.read_request()
    talk.reset()


def _reset_in_the_body(talk: Talk) -> None:
    talk.read_request()
    talk.send(answer(YES[:20], length=len(YES)))
    talk.reset()


def _endless_continue(talk: Talk) -> None:
    talk.read_request()
    while True:
        talk.trickle(b"HTTP/1.1 100 Continue\r\n\r\n", every=0.005)


def _answer_without_reading(talk: Talk) -> None:
    talk.send(answer(envelope(1001), "429 Too Many Requests"))
    talk.hang()


def _unknown(name: str, data: bytes, key: str) -> Row:
    return Row(name, after_reading(data), Outcome.UNKNOWN, key)


def _accepted(name: str, data: bytes) -> Row:
    return Row(name, after_reading(data), Outcome.ACCEPTED, None)


ACCEPTED_ROWS = [
    _accepted("the reference page's answer is accepted", answer(YES)),
    _accepted("business status 200 is accepted", answer(envelope(200, {"task_id": TASK_ID}))),
    _accepted("a status as text is accepted", answer(envelope("0", {"task_id": TASK_ID}))),
    _accepted("camel case is accepted", answer(envelope(0, {"taskId": TASK_ID}))),
    _accepted("an array of one task is accepted", answer(envelope(0, [{"task_id": TASK_ID}]))),
    _accepted("HTTP 201 is accepted", answer(YES, "201 Created")),
    _accepted("a batch is accepted", answer(envelope(0, {"batch_id": "b1", "task_ids": [TASK_ID, "t2"]}))),
    _accepted("a chunked answer is accepted", chunked(YES[:9], YES[9:], b"")),
    _accepted("an answer that ends with the connection is accepted", b"HTTP/1.1 200 OK\r\n\r\n" + YES),
    _accepted("a small gzip answer is accepted", answer(gzip.compress(YES), headers=("Content-Encoding: gzip",))),
    _accepted("an answer after 100 Continue is accepted", b"HTTP/1.1 100 Continue\r\n\r\n" + answer(YES)),
    *[
        _accepted(f"an answer with {name} is accepted", answer(YES, "201 Created", headers))
        for name, headers in {
            "a bare charset": ("Content-Type: application/json; charset",),
            "an unknown charset": ("Content-Type: text/html; charset=nonsense",),
            "a broken link elsewhere": ("Location: http://[",),
            "broken cookies": (
                "Set-Cookie: a=b; version=x; expires=never",
                'Set-Cookie2: ;;=;version="',
                "Set-Cookie:",
            ),
        }.items()
    ],
    _accepted(
        "an answer after 103 Early Hints is accepted", b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + answer(YES)
    ),
]

BROKEN_CONNECTION_ROWS = [
    Row("a hang is unclear", _hang, Outcome.UNKNOWN, "wire.timeout"),
    Row("a reset after reading is unclear", _reset_after_reading, Outcome.UNKNOWN, "wire.cut_off"),
    Row("a reset inside the body is unclear", _reset_in_the_body, Outcome.UNKNOWN, "wire.cut_off"),
    _unknown("a close after reading is unclear", b"", "wire.cut_off"),
    _unknown("half a header is unclear", b"HTTP/1.1 200 OK\r\nContent-Le", "wire.not_http"),
    _unknown("half a status line is unclear", b"HTTP/1.1 2", "wire.not_http"),
    _unknown("a cut-off content length is unclear", answer(YES, length=len(YES) + 1), "wire.cut_off"),
    _unknown("a cut-off chunk is unclear", chunked(YES)[:-9], "wire.cut_off"),
    _unknown("a missing last chunk is unclear", chunked(YES), "wire.cut_off"),
    _unknown("a chunk size that is no number is unclear", chunked() + b"zz\r\n" + YES, "wire.cut_off"),
    _unknown("a bad status line is unclear", b"SMTP ready\r\n\r\n", "wire.not_http"),
    _unknown("200 headers are unclear", answer(YES, headers=tuple(f"X-{n}: 1" for n in range(200))), "wire.not_http"),
    _unknown("a header line of 70 KB is unclear", answer(YES, headers=("X: " + "a" * 70_000,)), "wire.not_http"),
    _unknown(
        "two content lengths are unclear",
        answer(YES, headers=("Content-Length: 7",)),
        "wire.not_http",
    ),
    _unknown("a header without a colon is unclear", answer(YES, headers=("no colon here",)), "wire.not_http"),
    Row("a header that trickles is unclear", slowly(b"", answer(YES)), Outcome.UNKNOWN, "wire.deadline"),
    Row("a body that trickles is unclear", slowly(answer(YES)[:80], YES * 9), Outcome.UNKNOWN, "wire.deadline"),
    Row("100 Continue without end is unclear", _endless_continue, Outcome.UNKNOWN, "wire.deadline"),
]

UNREADABLE_ROWS = [
    _unknown("HTML with 200 is unclear", answer(b"<html>502 Bad Gateway</html>"), "wire.not_json"),
    _unknown("an empty 200 is unclear", answer(b""), "wire.not_json"),
    _unknown("a 204 is unclear", answer(b"", "204 No Content"), "wire.not_json"),
    _unknown("NaN is unclear", answer(YES.replace(b'"words"', b"NaN")), "wire.not_json"),
    _unknown("an infinite number is unclear", answer(YES.replace(b'"words"', b"1e999")), "wire.not_json"),
    _unknown("200,000 brackets are unclear", answer(b"[" * 200_000), "wire.not_json"),
    _unknown("200,000 objects are unclear", answer(b'{"a":' * 200_000), "wire.not_json"),
    _unknown("a number of 5,000 digits is unclear", answer(YES.replace(b'"words"', b"9" * 5_000)), "wire.not_json"),
    _unknown("a list is unclear", answer(b"[0]"), "wire.not_json"),
    _unknown("a number is unclear", answer(b"0"), "wire.not_json"),
    _unknown("null is unclear", answer(b"null"), "wire.not_json"),
    _unknown("status as a word is unclear", answer(envelope("ok", {"task_id": TASK_ID})), "wire.not_json"),
    _unknown("status as false is unclear", answer(envelope(False, {"task_id": TASK_ID})), "wire.not_json"),
    _unknown("status as a fraction is unclear", answer(envelope(0.0, {"task_id": TASK_ID})), "wire.not_json"),
    _unknown("status as null is unclear", answer(envelope(None, {"task_id": TASK_ID})), "wire.not_json"),
    _unknown("no status is unclear", answer(b'{"data": {"task_id": "t"}}'), "wire.not_json"),
    _unknown("status twice is unclear", answer(b'{"status": 1011, ' + YES[1:]), "wire.not_json"),
    _unknown("bytes that are not UTF-8 are unclear", answer(YES.replace(b"words", b"\xff\xfe")), "wire.not_json"),
    _unknown("two answers in one are unclear", answer(YES + YES), "wire.not_json"),
    _unknown("a yes without data is unclear", answer(envelope(0)), "wire.no_id"),
    _unknown("a yes with an empty id is unclear", answer(envelope(0, {"task_id": " "})), "wire.no_id"),
    _unknown("a yes with ids of a wrong type is unclear", answer(envelope(0, {"task_ids": [None, {}]})), "wire.no_id"),
    _unknown("a yes with data as a list is unclear", answer(envelope(0, [TASK_ID])), "wire.no_id"),
    _unknown("a yes with a batch but no task is unclear", answer(envelope(0, {"batch_id": "b1"})), "wire.no_id"),
    _unknown("a refusal that names a task is unclear", answer(envelope(6003, {"task_id": "t"})), "wire.contradiction"),
    _unknown("a 400 that names a task is unclear", answer(YES, "400 Bad Request"), "wire.contradiction"),
    _unknown(
        "an unknown encoding is unclear", answer(b"\x1b\x00\xff", headers=("Content-Encoding: br",)), "wire.not_json"
    ),
    _unknown(
        "a broken gzip is unclear",
        answer(gzip.compress(YES)[:-9], headers=("Content-Encoding: gzip",)),
        "wire.not_json",
    ),
]

HEAVY_ROWS = [
    _unknown("a body of 2 MiB is unclear", answer(b" " * 2 * MEBIBYTE + YES), "wire.too_large"),
    _unknown("a body of 2 MiB in chunks is unclear", chunked(*[b" " * 65536] * 32, YES, b""), "wire.too_large"),
    _unknown(
        "a gzip bomb is unclear",
        answer(gzip.compress(b" " * 400 * MEBIBYTE + YES, 9), headers=("Content-Encoding: gzip",)),
        "wire.too_large",
    ),
    _unknown(
        "a gzip bomb in a redirect is unclear",
        answer(
            gzip.compress(b" " * 400 * MEBIBYTE, 9),
            "307 Temporary Redirect",
            ("Content-Encoding: gzip", "Location: /elsewhere"),
        ),
        "wire.too_large",
    ),
    _unknown("a million lists are unclear", answer(b"[" + b"[]," * 340_000 + b"0]"), "wire.not_json"),
]

HTTP_ERRORS = {
    "400 Bad Request": Outcome.REJECTED,
    "401 Unauthorized": Outcome.REJECTED,
    "403 Forbidden": Outcome.REJECTED,
    "404 Not Found": Outcome.REJECTED,
    "408 Request Timeout": Outcome.UNKNOWN,
    "429 Too Many Requests": Outcome.REJECTED,
    "500 Internal Server Error": Outcome.UNKNOWN,
    "502 Bad Gateway": Outcome.UNKNOWN,
    "503 Service Unavailable": Outcome.UNKNOWN,
    "504 Gateway Timeout": Outcome.UNKNOWN,
}

HTTP_ROWS = [
    Row(
        f"{status} with an envelope is {outcome}",
        after_reading(answer(envelope(1007), status, ("Retry-After: 7",))),
        outcome,
        "code.1007",
    )
    for status, outcome in HTTP_ERRORS.items()
] + [
    Row(
        f"{status} without an envelope is unclear",
        after_reading(answer(b"<html>no</html>", status, ("Retry-After: 7",))),
        Outcome.UNKNOWN,
        f"http.{status[:3]}",
    )
    for status in HTTP_ERRORS
]

CODE_ROWS = [
    Row(f"200 with code {code} is rejected", after_reading(answer(envelope(code))), Outcome.REJECTED, f"code.{code}")
    for code in [*CODES, 1002]
] + [
    Row(
        "200 with a code nobody knows is rejected",
        after_reading(answer(envelope(4242))),
        Outcome.REJECTED,
        "code.4242",
    ),
    Row(
        "a refusal given without reading the request is rejected",
        _answer_without_reading,
        Outcome.REJECTED,
        "code.1001",
        complete=0,
    ),
]

ROWS = [
    *ACCEPTED_ROWS,
    *BROKEN_CONNECTION_ROWS,
    *UNREADABLE_ROWS,
    *HTTP_ROWS,
    *CODE_ROWS,
]
