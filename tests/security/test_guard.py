"""The guard: what is refused in every spelling, what every answer carries, and that nothing else is in the way."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.conftest import App, StartApp
from tests.security.conftest import FORM, Answer, ask, call, post
from weryai_ui.ui.http.bodies import BODY_BYTES
from weryai_ui.ui.http.request_facts import is_canonical, is_foreign
from weryai_ui.ui.http.rules import OPEN_TO_READ, OPEN_TO_WRITE, Rules

REFUSED = b"Not found."
OWN = (
    "/llms.txt",
    "/agents.md",
    "/gradio_api/upload",
    "/healthz",
    "/readyz",
    "/board",
    "/submission",
    "/unresolved",
    "/adopt",
    "/check",
    "/js",
    "/examples",
    "/uploads",
    "/kept",
    "/zip",
    "/r/",
    "/sandbox",
    "/webhook",
)
REFUSED_BY_NAME = (
    "/gradio_api/deep_link",
    "/gradio_api/proxy=https://example.com/a.png",
    "/gradio_api/file=https://example.com/a.png",
    "/gradio_api/file/https://example.com/a.png",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file/app.py",
    "/gradio_api/upload_progress",
    "/gradio_api/mcp/sse",
    "/gradio_api/call/v2/generate/nothing",
    "/gradio_api/token",
    "/gradio_api/dev/reload",
    "/gradio_api/runs",
    "/gradio_api/run-history/buckets",
    "/gradio_api/run-history/records",
    "/gradio_api/process_recording",
    "/gradio_api/vibe-edit",
    "/gradio_api/undo-vibe-edit",
    "/gradio_api/vibe-code",
    "/gradio_api/vibe-starter-queries",
    "/gradio_api/profiling/traces",
    "/gradio_api/custom_component/1/client/component/index.js",
    "/gradio_api/stream/a/b/1/playlist.m3u8",
    "/monitoring",
    "/monitoring/summary",
    "/svelte/index.js",
    "/openapi.json",
    "/docs",
    "/redoc",
)
"""What each version of Gradio so far leaves open to anybody."""


def encoded(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def spellings(path: str) -> dict[str, str]:
    """A path as it stands, and the ways in which a router may still understand it."""
    first, rest = path[1], path[2:]
    head, slash, tail = path[1:].partition("/")
    return {
        "as it is": quote(path, safe="/=:@"),
        "one letter encoded": f"/{encoded(first)}{rest}",
        "encoded twice": f"/%25{ord(first):02X}{rest}",
        "all encoded": f"/{encoded(path[1:])}",
        "slashes doubled": path.replace("/", "//"),
        "over a dot segment": f"/assets/../{path[1:]}",
        "over an encoded dot segment": f"/sandbox/%2e%2e/{path[1:]}",
        "from a single dot": f"/./{path[1:]}",
        "trailing slash": f"{path}/",
        "upper case": path.upper(),
        "backslashes": path.replace("/", "%5C"),
        "encoded slash": f"/{head}%2F{tail}" if slash else f"/%2F{head}",
        "parameters": f"/{head};x=1{slash}{tail}",
        "with a question": f"{path}?session_hash=x",
        "under the sandbox": f"/sandbox/..%2F{path[1:]}",
    }


@pytest.mark.parametrize("path", REFUSED_BY_NAME)
def test_a_route_that_gradio_leaves_open_is_refused_in_every_spelling(app: App, path: str) -> None:
    for spelling, written in spellings(path).items():
        for method in ("GET", "POST"):
            answer = ask(app.url, written, method)
            assert answer.status in (400, 404), (spelling, method, answer.status)
            assert answer.body in (REFUSED, b"Invalid HTTP request received."), (spelling, method, answer.body[:200])


SAMPLES = {
    "path:path": "x.js",
    "url_path:path": "https://example.com/a.png",
    "path_or_url:path": "/etc/passwd",
    "file_name": "index.js",
    "ext": "ts",
    "size": "192",
}


def test_every_route_of_gradio_is_either_needed_or_refused_by_name(app: App) -> None:
    """A new version's new route fails here: it is closed, and somebody has to look at it."""
    surprises = []
    patterns = [pattern for route in app.blocks.app.routes for pattern in _patterns(route)]
    assert any(pattern.endswith("/queue/join") for pattern in patterns), "this test does not see all routes any more"
    for pattern in patterns:
        sample = re.sub(r"\{([^}]+)\}", lambda found: SAMPLES.get(found[1], "x"), pattern) or "/"
        needed = OPEN_TO_READ.fullmatch(sample) or OPEN_TO_WRITE.fullmatch(sample)
        named = any(_family(sample) == _family(refused) for refused in REFUSED_BY_NAME)
        if not (needed or named or sample.startswith(OWN)):
            surprises.append(pattern)
    assert not surprises


def _patterns(route: Any) -> Iterator[str]:
    """The paths of a route, of a mount, and of whatever else holds routes."""
    if path := getattr(route, "path", ""):
        yield path
    for inner in getattr(getattr(route, "original_router", None), "routes", ()):
        yield from _patterns(inner)


def _family(path: str) -> str:
    """`/gradio_api/vibe-edit/` and everything like it: the first word that says what a route is for."""
    words = re.split(r"[/=]", path.removeprefix("/gradio_api").strip("/"))
    return words[0]


@pytest.mark.parametrize(
    "path",
    ["/a//b", "//a", "/a/../b", "/a/./b", "/a\\b", "/a%2fb", "/a;b", "/a\x00b", "/a\nb", "a", "", "/..", "/a/.."],
)
def test_a_path_with_two_readings_is_not_canonical(path: str) -> None:
    assert not is_canonical(path)


@pytest.mark.parametrize("path", ["/", "/gradio_api/queue/join", "/sandbox/media/x.mp4", "/assets/index-a1.js"])
def test_an_ordinary_path_is_canonical(path: str) -> None:
    assert is_canonical(path)


# --- other sites -----------------------------------------------------------------------------------

FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "file://"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
)


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(
    "path", ["/gradio_api/run/generate", "/gradio_api/queue/join", "/gradio_api/component_server", "/uploads", "/login"]
)
def test_a_write_from_another_site_is_refused(app: App, path: str, headers: dict[str, str]) -> None:
    kinds = {"Content-Type": "application/json", **headers}
    answer = ask(app.url, path, "POST", b'{"data": []}', kinds)
    assert (answer.status, answer.body) == (403, b"This request comes from another site.")


@pytest.mark.parametrize("path", ["/config", "/", "/gradio_api/info"])
def test_another_site_may_not_read_an_answer_either(app: App, path: str) -> None:
    # Under a public name: on localhost Gradio is stricter by itself.
    answer = ask(app.url, path, headers={"Origin": "https://evil.example", "Host": "studio.example"})
    assert answer.status == 200
    assert "access-control-allow-origin" not in answer.headers


def test_a_preflight_of_another_site_gets_no_leave(app: App) -> None:
    asks = {"Origin": "https://evil.example", "Host": "studio.example", "Access-Control-Request-Method": "POST"}
    answer = ask(app.url, "/gradio_api/run/generate", "OPTIONS", headers=asks)
    assert answer.status == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://studio.example", "Host": "studio.example"},
        {"Origin": "https://studio.example", "Host": "studio.example:443"},
        {"Origin": "https://studio.example", "Host": "127.0.0.1:7860", "X-Forwarded-Host": "studio.example"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
def test_the_page_itself_and_programs_may_write(app: App, headers: dict[str, str]) -> None:
    kinds = {"Content-Type": "application/json", **headers}
    answer = ask(app.url, "/gradio_api/call/check", "POST", json.dumps({"data": [FORM]}).encode(), kinds)
    assert answer.status == 200


def test_an_origin_is_read_strictly() -> None:
    assert is_foreign([(b"host", b"a.example"), (b"origin", b"https://a.example/path")])
    assert is_foreign([(b"host", b"a.example"), (b"origin", b"ftp://a.example")])
    assert is_foreign([(b"origin", b"https://a.example")])
    assert not is_foreign([(b"host", b"A.example:80"), (b"origin", b"http://a.EXAMPLE")])


# --- bodies ----------------------------------------------------------------------------------------


def test_a_body_over_the_cap_is_refused_announced_or_not(app: App) -> None:
    kinds = {"Content-Type": "application/json"}
    large = json.dumps({"data": ["x" * BODY_BYTES]}).encode()
    assert ask(app.url, "/gradio_api/run/check", "POST", large, kinds).status == 413
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (large[:100_000], large[100_000:])) + b"0\r\n\r\n"
    unannounced = ask(app.url, "/gradio_api/run/check", "POST", chunks, {**kinds, "Transfer-Encoding": "chunked"})
    assert unannounced.status == 413
    huge = ask(app.url, "/gradio_api/run/check", "POST", b"", {**kinds, "Content-Length": "99999999999"})
    assert huge.status == 413
    assert ask(app.url, "/uploads", "POST", b"", {"Content-Length": "99999999999"}).status == 413


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"path": "https://example.com/a.png", "meta": {"_type": "gradio.FileData"}}]},
        {"data": [FORM | {"prompt": {"path": "/etc/passwd", "url": None, "meta": {"_type": "gradio.FileData"}}}]},
    ],
)
@pytest.mark.parametrize("path", ["/gradio_api/run/check", "/gradio_api/call/check", "/gradio_api/queue/join"])
def test_a_file_object_never_reaches_gradio(app: App, path: str, body: dict[str, object]) -> None:
    assert post(app, path, body).status == 400
    escaped = json.dumps(body).replace("meta", "\\u006deta").encode()
    assert ask(app.url, path, "POST", escaped, {"Content-Type": "application/json"}).status == 400


def test_what_comes_by_an_agents_entrance_is_held_to_the_same(start_app: StartApp) -> None:
    app = start_app(mcp=True)
    arguments = {"request": {"path": "https://example.com/a.png", "meta": {"_type": "gradio.FileData"}}}
    value = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "check", "arguments": arguments}}
    assert post(app, "/gradio_api/mcp/", value).status == 400
    assert post(app, "/gradio_api/mcp/", "x" * BODY_BYTES).status == 413
    assert post(app, "/gradio_api/mcp/", value, Origin="https://evil.example").status == 403


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
def test_a_body_that_is_not_announced_as_json_is_refused(app: App, kind: str) -> None:
    answer = ask(app.url, "/gradio_api/component_server", "POST", b"{}", {"Content-Type": kind})
    assert answer.status == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"])
def test_a_body_that_cannot_be_read_is_refused(app: App, body: bytes) -> None:
    answer = ask(app.url, "/gradio_api/queue/join", "POST", body, {"Content-Type": "application/json"})
    assert answer.status == 400


# --- headers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/config", "/healthz", "/nothing", "/gradio_api/proxy=x", "/sandbox/", "/theme.css"]
)
def test_every_answer_carries_the_headers(app: App, path: str) -> None:
    headers = ask(app.url, path).headers
    policy = headers["content-security-policy"]
    assert "connect-src 'self'" in policy and "object-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert len(headers["x-request-id"]) == 12


RELEASED = ("/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json", "/pwa_icon", "/static/img/logo.svg")
PRIVATE_TO_READ = (
    *("/config", "/healthz", "/nothing", "/sandbox/", "/assets/nothing.js", "/logout", "/uploads/nothing.png"),
    *(f"/gradio_api/{name}" for name in ("info", "openapi.json", "app_id", "startup-events", "user", "login_check")),
    "/gradio_api/queue/status",
    *("/sandbox/v1/generation/task_1/status", "/sandbox/media/nothing.mp4", "/examples/nothing.webp"),
)
EVENTS = ("/gradio_api/call/check/nothing", "/gradio_api/queue/data?session_hash=x", "/gradio_api/heartbeat/x")
PRIVATE_TO_WRITE = (
    *(
        "/board",
        "/submission",
        "/unresolved",
        "/adopt",
        "/check",
        "/uploads",
        "/webhook/nothing",
        "/login",
        "/gradio_api/run/check",
        "/gradio_api/api/check",
    ),
    *(
        "/gradio_api/call/check",
        "/gradio_api/queue/join",
        "/gradio_api/component_server",
        "/gradio_api/cancel",
        "/gradio_api/reset",
    ),
    *("/sandbox/v1/generation/almighty-reference-to-video", "/nothing"),
)


@pytest.mark.parametrize("path", PRIVATE_TO_READ)
def test_no_browser_keeps_an_answer_that_is_somebodys_own(app: App, path: str) -> None:
    assert ask(app.url, path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PRIVATE_TO_WRITE)
def test_no_browser_keeps_what_a_write_answers(app: App, path: str) -> None:
    assert post(app, path, {"data": [FORM]}).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", EVENTS)
def test_no_browser_keeps_what_an_event_tells(app: App, path: str) -> None:
    parts = urlsplit(app.url)
    with contextlib.closing(HTTPConnection(parts.hostname or "", parts.port, timeout=20)) as connection:
        connection.request("GET", path)
        # The stream itself is left unread: nobody has joined it.
        assert connection.getresponse().getheader("cache-control") == "no-store"


def test_every_route_that_is_open_has_been_asked_what_a_browser_may_keep(app: App) -> None:
    """A new route fails here, so that somebody decides whether its answers are anybody's or somebody's own."""
    asked = {_family(path.partition("?")[0]) for path in (*PRIVATE_TO_READ, *EVENTS, *PRIVATE_TO_WRITE, *RELEASED, "/")}
    patterns = [pattern for route in app.blocks.app.routes for pattern in _patterns(route)]
    samples = {re.sub(r"\{([^}]+)\}", lambda found: SAMPLES.get(found[1], "x"), pattern) for pattern in patterns}
    opened = {each for each in samples if OPEN_TO_READ.fullmatch(each) or OPEN_TO_WRITE.fullmatch(each)}
    assert {_family(each) for each in opened} <= asked


@pytest.mark.parametrize("path", RELEASED)
def test_files_of_a_release_may_be_kept(app: App, path: str) -> None:
    assert ask(app.url, path).headers.get("cache-control") != "no-store"


def test_the_page_may_be_kept_unless_it_says_who_has_logged_in() -> None:
    assert Rules().may_be_kept("/")
    assert not Rules(page_is_personal=True).may_be_kept("/")


def test_only_a_space_may_be_framed_and_only_by_hugging_face(start_app: StartApp) -> None:
    headers = ask(start_app(on_space=True).url, "/").headers
    assert "frame-ancestors 'self' https://huggingface.co;" in headers["content-security-policy"] + ";"
    assert "x-frame-options" not in headers


def test_a_service_of_ones_own_without_https_may_show_its_results() -> None:
    policy = Rules(media=("http://127.0.0.1:8765",)).policy
    assert "media-src 'self' blob: https: http://127.0.0.1:8765" in policy


def test_a_caller_cannot_choose_the_id_of_a_request(app: App) -> None:
    assert ask(app.url, "/", headers={"X-Request-Id": "chosen"}).headers["x-request-id"] != "chosen"


# --- nothing is in the way ---------------------------------------------------------------------------


def served(app: App, prefix: str = "") -> list[Answer]:
    return [ask(app.url, prefix + path) for path in ("/", "/config", "/gradio_api/info", "/healthz", "/theme.css")]


def test_the_page_is_served_behind_a_proxy_that_keeps_the_prefix_and_one_that_takes_it(start_app: StartApp) -> None:
    app = start_app(launch_with={"root_path": "/studio"})
    assert [each.status for each in served(app)] == [200] * 5
    assert [each.status for each in served(app, "/studio")] == [200] * 5
    for path in ("/studio/gradio_api/proxy=https://example.com/a.png", "/studio/monitoring", "/studio/studio/config"):
        assert ask(app.url, path).body == REFUSED


def test_the_named_endpoints_work_behind_a_proxy(app: App) -> None:
    through = {"Host": "studio.example", "X_Forwarded_For": "203.0.113.7", "X_Forwarded_Proto": "https"}
    assert call(app, "check", FORM, **through)["ok"] is True
