"""Runs a snippet as a person would: printed to a file, started in an empty folder, with a key in the environment."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.scripting import NODE
from weryai_ui.files.names import Source
from weryai_ui.portable.programs import Language, snippet
from weryai_ui.sandbox.server import SandboxServer

SNIPPET_SECONDS = 60
NO_FILES: Mapping[str, str] = {}
AS_GIVEN: Mapping[str, Source] = {}


@dataclass(frozen=True)
class Run:
    """What a snippet did: its exit status, all it said, and the files that it left."""

    status: int
    said: str
    folder: Path

    @property
    def videos(self) -> list[Path]:
        return sorted(self.folder.glob("*.mp4"))


def command(language: Language, script: Path) -> list[str]:
    """The command that runs a script; fails the test when the machine lacks the tool, as none may be left out."""
    if language is Language.PYTHON:
        return [sys.executable, str(script)]
    if language is Language.JAVASCRIPT:
        return [str(NODE), str(script)]
    for needed in ("bash", "curl"):
        if shutil.which(needed) is None:
            pytest.fail(f"{needed} is not installed; the {language} snippet cannot be tested without it")
    return ["bash", str(script)]


def run_text(language: Language, text: str, folder: Path, key: str, **environment: str) -> Run:
    """Run a program's text in a folder."""
    script = folder / language.file_name
    script.write_text(text, encoding="utf-8", newline="\n")
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_PROXY": "127.0.0.1", "WERYAI_POLL_SECONDS": "0.1"}
    done = subprocess.run(
        command(language, script),
        cwd=folder,
        env={**own, "WERYAI_API_KEY": key, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SNIPPET_SECONDS,
        check=False,
    )
    return Run(done.returncode, (done.stdout + done.stderr).decode("utf-8"), folder)


def run(
    language: Language,
    payload: Mapping[str, Any],
    base_url: str,
    folder: Path,
    key: str = "sk-sandbox",
    files: Mapping[str, str] = NO_FILES,
    sources: Mapping[str, Source] = AS_GIVEN,
    **environment: str,
) -> Run:
    """Run the snippet for a payload, exactly as it is printed."""
    text = snippet(language, payload, base_url=base_url, files=files, sources=sources)
    return run_text(language, text, folder, key, **environment)


@pytest.fixture(params=list(Language))
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(pace=0) as running:
        yield running


@pytest.fixture
def sandbox(server: SandboxServer) -> SandboxServer:
    """The module's sandbox with an empty ledger."""
    server.ledger.clear()
    return server


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that is taken and that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield int(sock.getsockname()[1])


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue is full, so that a connection is neither taken nor refused."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])
