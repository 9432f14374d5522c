"""The server reads a stranger's link from public addresses only: no other is ever connected to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.security.conftest import Witness
from weryai_ui.client import public_fetch
from weryai_ui.client.limits import CallLimits
from weryai_ui.client.public_fetch import FetchError, PublicFetch, is_public

SHORT = CallLimits(connect=0.3, read=0.3, whole=0.6)
PUBLIC = "93.184.215.14"
NOT_PUBLIC = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255"),
    *("127.0.0.1", "127.1.2.3", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1"),
    *("192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    *("::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::"),
    *("2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1"),
    *("ff02::1", "not an address", ""),
)
SPELLINGS = (
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:7f00:1]/",
    "http://[fe80::1%25lo]/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://localtest/",
    "http://%31%32%37.0.0.1/",
    "http://1\u20e327.0.0.1/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://127\u30020\u30020\u30021/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1#@example.com/",
    "http://127.0.0.1\\@example.com/",
    "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\t/",
    "http://example.com:80@127.0.0.1/",
    "http:///127.0.0.1/",
    "http:127.0.0.1/",
    "//127.0.0.1/",
    "http://[127.0.0.1]/",
    "http://",
)
OTHER_LINKS = (
    *(
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:1",
        "data:,x",
        "dict://example.com",
    ),
    *("http://example.com:22/", "http://example.com:8080/", "https://example.com:6379/", "http://example.com:99999/"),
    *(
        "http://example.com:0x50/",
        "http://user:pass@example.com/",
        "http://example.com/ HTTP/1.1",
        "http://a\r\nb.com/",
    ),
    *(
        "http://singleword/",
        "http://" + "a" * 3000 + ".com/",
        "http://exa mple.com/",
        "",
        "http://[::1/",
        "http://-.com/",
    ),
)


class Connects:
    """Every connection that this process tries, seen by the interpreter itself."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.on = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and event == "socket.connect":
            self.seen.append(arguments[1])


@pytest.fixture(scope="module")
def hook() -> Connects:
    return Connects()


@pytest.fixture
def connects(hook: Connects) -> Iterator[Connects]:
    hook.seen.clear()
    hook.on = True
    yield hook
    hook.on = False


def resolving(*answers: list[str]) -> Any:
    """A resolver that gives each list of addresses once, and the last one from then on; counts its calls."""
    left = list(answers)

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        resolve.calls += 1  # type: ignore[attr-defined]
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    resolve.calls = 0  # type: ignore[attr-defined]
    return resolve


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_never_connected_to(connects: Connects, address: str) -> None:
    assert not is_public(address)
    for answer in ([address], [PUBLIC, address], [address, PUBLIC]):
        with pytest.raises(FetchError):
            PublicFetch(resolving(answer), SHORT).get("http://example.com/")
    assert connects.seen == []


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_of_this_machine_is_connected_to(connects: Connects, url: str) -> None:
    with pytest.raises(FetchError) as refused:
        PublicFetch(limits=SHORT).get(url)
    assert connects.seen == []
    assert "127" not in str(refused.value)


@pytest.mark.parametrize("url", OTHER_LINKS)
def test_other_links_are_not_even_looked_up(connects: Connects, url: str) -> None:
    resolve = resolving([PUBLIC])
    with pytest.raises(FetchError):
        PublicFetch(resolve, SHORT).get(url)
    assert (resolve.calls, connects.seen) == (0, [])


def test_a_name_that_changes_its_mind_is_looked_up_once_and_the_checked_address_is_used(connects: Connects) -> None:
    resolve = resolving([PUBLIC], ["127.0.0.1"])
    with pytest.raises(FetchError):
        PublicFetch(resolve, SHORT).get("http://rebinding.example/")
    assert resolve.calls == 1
    assert {address[0] for address in connects.seen} <= {PUBLIC}


def test_a_lookup_without_an_end_is_left_behind(monkeypatch: pytest.MonkeyPatch, connects: Connects) -> None:
    import threading

    monkeypatch.setattr(public_fetch, "LOOKUP_SECONDS", 0.05)
    gate = threading.Event()

    def hanging(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        gate.wait(10)
        return [(0, 0, 0, "", (PUBLIC, 80))]

    with pytest.raises(FetchError):
        PublicFetch(hanging, SHORT).get("http://slow.example/")
    gate.set()
    assert connects.seen == []


# --- with loopback called public, for a server of our own ---------------------------------------------


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch, witness: Witness) -> str:
    """A link that is read from the witness, under a name that exists nowhere."""
    port = int(witness.url.rpartition(":")[2])
    monkeypatch.setattr(public_fetch, "PORTS", frozenset({port}))
    monkeypatch.setattr(public_fetch, "is_public", lambda _: True)
    return f"http://pictures.example:{port}/a.png"


def test_a_link_is_read_from_the_checked_address_under_its_own_name(near: str, witness: Witness) -> None:
    fetched = PublicFetch(resolving(["127.0.0.1"])).get(near)
    assert b"success" in fetched.body
    (arrived,) = witness.arrived
    assert (arrived.path, arrived.authorization) == ("/a.png", "")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    near: str, monkeypatch: pytest.MonkeyPatch, witness: Witness, connects: Connects, status: int
) -> None:
    handler = witness._server.RequestHandlerClass

    def redirect(self: Any) -> None:
        witness.arrived.append(self.path)
        self.send_response(status)
        self.send_header("Location", f"{witness.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    monkeypatch.setattr(handler, "do_GET", redirect)
    with pytest.raises(FetchError, match=f"HTTP {status}"):
        PublicFetch(resolving(["127.0.0.1"])).get(near)
    assert len(connects.seen) == 1
    assert len(witness.arrived) == 1


def test_more_than_the_cap_is_refused(near: str) -> None:
    with pytest.raises(FetchError):
        PublicFetch(resolving(["127.0.0.1"]), cap=10).get(near)
