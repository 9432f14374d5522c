"""What the tests of uploaded files may use: a place for a file, and a server that nobody may call."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from weryai_ui.media import MediaError

Saved = Callable[..., Path]


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Writes bytes to a file; its name says nothing."""

    def save(data: bytes, name: str = "upload") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return save


def refusal(call: Callable[..., object], *given: object, **named: object) -> str:
    """The sentence with which a call refuses."""
    with pytest.raises(MediaError) as caught:
        call(*given, **named)
    return str(caught.value)


@dataclass
class Listener:
    """A server on this machine, and how often it was called."""

    port: int
    calls: list[object] = field(default_factory=list)

    def url(self, name: str = "inside.ts") -> str:
        return f"http://127.0.0.1:{self.port}/{name}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server that notes every connection and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        noted = Listener(server.getsockname()[1])

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    caller, address = server.accept()
                    noted.calls.append(address)
                    caller.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield noted
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
