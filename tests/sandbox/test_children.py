"""What the sandbox does with files of strangers: judged like the app's, decoded in a child, never whole in memory."""

from __future__ import annotations

import contextlib
import io
import os
import re
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.durability.waiting import until
from tests.media import made
from tests.media.conftest import Listener
from tests.media.conftest import listener as listener
from tests.process import in_a_loop
from tests.sandbox.conftest import Caller
from tests.sandbox.media_files import clip, picture, sound, sound_of
from weryai_ui import isolation
from weryai_ui.sandbox import child
from weryai_ui.sandbox.animatic.lettering import Lettering, prepare
from weryai_ui.sandbox.envelope import TOO_MANY_REQUESTS, ApiError
from weryai_ui.sandbox.jobs import Job, Reference
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.sandbox.turns import Turns

ROOT = Path(__file__).parents[2]
BODY: dict[str, Any] = {"model": "SEEDANCE_2_0", "duration": 5, "aspect_ratio": "1:1", "resolution": "480p"}
UPLOADS = 30
UPLOAD_BYTES = 49_000_000
GROWTH_BYTES = 50_000_000

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def giant(side: int = 13_300) -> bytes:
    """A PNG of one colour: half a megabyte that is half a gigabyte decoded."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    row, packer = bytes(1 + 3 * side), zlib.compressobj(9)
    data = b"".join([*(packer.compress(row) for _ in range(side)), packer.flush()])
    size = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


# --- the upload door -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"<html>", 2004, "a web page"),
        (giant(), 2004, "13300 x 13300 pixels"),
        (made.noise("PNG")[:5000], 2004, "cut off or damaged"),
        (made.giant_frame(), 2004, "damaged"),
        (made.clip(2.0, "webm"), 2004, "WebM"),
        (b"\x89PNG\r\n\x1a\n" + bytes(10_000_001), 1014, "10"),
    ],
    ids=["a page", "too many pixels", "cut off", "giant frames", "a kind that the service does not take", "too heavy"],
)
def test_the_door_refuses_what_the_app_refuses(caller: Caller, content: bytes, code: int, words: str) -> None:
    answer = caller.upload(content)
    assert (answer.status_code, answer.json()["status"]) == (400, code)
    assert words in answer.json()["message"]


def test_the_door_leaves_nothing_of_what_it_refused(tmp_path: Path) -> None:
    with SandboxServer(tmp_path, pace=0) as server:
        for content in (giant(3), b"nothing", made.noise("PNG")[:5000]):
            Caller(server.url).upload(content)
        left = sorted(path.suffix for path in (tmp_path / "media").iterdir())
        assert left == [".owner", ".png"], "the small picture is kept, and whose it is"


@dataclass
class Process:
    """A sandbox of its own, to be looked at from outside."""

    url: str
    pid: int

    def peak_bytes(self) -> int:
        """The most memory that it held since `forget`."""
        return kilobytes(self.pid, "VmHWM") * 1024

    def forget(self) -> None:
        """Count the peak from here."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


def kilobytes(pid: int, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Process]:
    command = [sys.executable, "-m", "weryai_ui.sandbox", "--port", "0", "--pace", "0", "--data", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield Process(found[0], process.pid)
        process.kill()


@on_linux
@pytest.mark.timeout(240)
def test_thirty_large_uploads_at_once_hardly_need_memory(alone: Process) -> None:
    content = sound_of(UPLOAD_BYTES)
    assert Caller(alone.url).upload(picture()).ok
    alone.forget()
    before = alone.peak_bytes()
    with ThreadPoolExecutor(UPLOADS) as pool:
        answers = list(pool.map(lambda _: upload(alone.url, content), range(UPLOADS)))
    grown = alone.peak_bytes() - before
    print(f"{UPLOADS} uploads of {UPLOAD_BYTES} bytes at once: memory grew by {grown / 1e6:.0f} MB")
    assert answers == [0] * UPLOADS
    assert grown < GROWTH_BYTES


def upload(url: str, content: bytes) -> int:
    """The status of an upload; who is told to come again, comes again."""
    headers, status = {"Authorization": "Bearer sk-sandbox"}, TOO_MANY_REQUESTS
    while status == TOO_MANY_REQUESTS:
        files = {"file": ("sound.wav", io.BytesIO(content))}
        answer = requests.post(f"{url}/v1/generation/upload-file", files=files, headers=headers, timeout=200)
        status = int(answer.json()["status"])
    return status


def test_who_waits_too_long_for_a_place_is_told_to_come_again() -> None:
    async def second() -> None:
        turns = Turns(1, 0)
        async with turns.place(), turns.place():
            raise AssertionError("there is one place")

    with pytest.raises(ApiError) as refused:
        in_a_loop(second())
    assert (refused.value.http, refused.value.headers) == (429, {"Retry-After": "0"})


def test_a_place_is_free_again_whatever_happened_in_it() -> None:
    async def twice() -> None:
        turns = Turns(1, 0)
        with contextlib.suppress(ValueError):
            async with turns.place():
                raise ValueError
        async with turns.place():
            pass

    in_a_loop(twice())


# --- drawing ---------------------------------------------------------------------------------------


def job(folder: Path, *references: Reference, prompt: str = "") -> Job:
    out = str(folder / "out")
    return Job(f"{out}.mp4", f"{out}.jpg", 5, "480p", "1:1", True, prompt, 1, 1, references)


def reference(folder: Path, kind: str, extension: str, content: bytes) -> Reference:
    path = folder / f"{kind}.{extension}"
    path.write_bytes(content)
    return Reference(kind, 1, str(path), "", "name")


@dataclass
class Peak:
    """The most memory that a child held, watched while it ran."""

    bytes: int = 0
    _pause: threading.Event = field(default_factory=threading.Event)

    def watch(self, drawing: isolation.Child) -> None:
        threading.Thread(target=self._poll_result, args=(drawing.pid,), daemon=True).start()

    def _poll_result(self, pid: int) -> None:
        with contextlib.suppress(OSError):
            while not self._pause.wait(0.002):
                self.bytes = max(self.bytes, kilobytes(pid, "VmHWM") * 1024)


@on_linux
def test_a_small_file_of_many_pixels_takes_no_memory_when_it_is_drawn(tmp_path: Path) -> None:
    """As when such a file was taken by an earlier release."""
    content, peak = giant(), Peak()
    assert child.draw(job(tmp_path, reference(tmp_path, "image", "png", content)), peak.watch) is None
    print(f"a picture of {len(content)} bytes, 177 megapixels: the child held {peak.bytes / 1e6:.0f} MB")
    assert 20_000_000 < peak.bytes < 250_000_000
    assert (tmp_path / "out.mp4").stat().st_size > 1000


def test_a_render_that_needs_more_than_its_memory_fails_with_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "LIMITS", replace(child.LIMITS, memory_bytes=300_000_000))
    assert child.draw(job(tmp_path)) in ("broke off", "could not be started")
    assert list(tmp_path.iterdir()) == []


def test_a_render_that_takes_too_long_fails_with_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "LIMITS", replace(child.LIMITS, seconds=0.1))
    assert child.draw(job(tmp_path)) == "took longer than 120 s"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_has_gone_fails_with_words(tmp_path: Path) -> None:
    assert child.draw(job(tmp_path / "gone")) == "could not be written (FileNotFoundError)"


@pytest.mark.parametrize(
    "head", [b"ID3\x04\x00\x00\x00\x00\x00\x00", b"\0\0\0\x10ftypisom\0\0\0\0", b"RIFF\0\0\0\0WAVE", b""]
)
@pytest.mark.parametrize(
    ("kind", "extension"), [("video", "mp4"), ("video", "mov"), ("audio", "mp3"), ("audio", "wav")]
)
def test_a_playlist_in_a_clip_s_clothes_is_not_followed_when_it_is_drawn(
    tmp_path: Path, listener: Listener, kind: str, extension: str, head: bytes
) -> None:
    content = head + made.playlist(listener.url())
    drawn = replace(job(tmp_path, reference(tmp_path, kind, extension, content)), seconds=1)
    assert child.draw(drawn) is None
    assert not listener.calls


def test_samples_that_are_said_to_be_elsewhere_are_not_fetched_when_they_are_drawn(
    tmp_path: Path, listener: Listener
) -> None:
    content = made.elsewhere(made.clip(2.0), listener.url())
    assert child.draw(job(tmp_path, reference(tmp_path, "video", "mp4", content))) is None
    assert not listener.calls


def test_a_clip_of_a_codec_that_nobody_knows_is_a_card(tmp_path: Path) -> None:
    content = made.clip(2.0).replace(b"avc1", b"zzz9").replace(b"avcC", b"zzzC")
    assert child.draw(job(tmp_path, reference(tmp_path, "video", "mp4", content))) is None


def test_a_reference_whose_file_has_gone_is_a_card(tmp_path: Path) -> None:
    gone = Reference("image", 1, str(tmp_path / "gone.png"), "", "gone.png")
    kept = reference(tmp_path, "video", "mp4", clip(2))
    heard = reference(tmp_path, "audio", "wav", sound(2))
    assert child.draw(job(tmp_path, gone, kept, heard)) is None


def test_the_order_of_a_render_names_no_file_of_this_machine(tmp_path: Path) -> None:
    order = job(tmp_path, reference(tmp_path, "image", "png", picture())).to_order()
    assert str(tmp_path) not in repr(order)
    assert Job.from_order(order).references[0].extension == "png"


def test_once_it_is_prepared_a_text_is_drawn_without_opening_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "慢慢 advance — ünïcode … · 🌄"
    prepare(text)

    def refuse(*_: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    assert Lettering(31).width(text) > 100


def test_a_sandbox_that_closes_ends_its_render(tmp_path: Path) -> None:
    with SandboxServer(tmp_path, pace=0) as server:
        Caller(server.url).make({**BODY, "duration": 15, "resolution": "720p"})
        assert server._sandbox is not None
        studio = server._sandbox.life._studio
        drawing = until(lambda: studio._child)
    with pytest.raises(ProcessLookupError):
        os.killpg(drawing.pid, 0)
