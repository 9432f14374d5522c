"""The one runner of child processes: what a child gets, what it cannot do, and how it ends."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tests.durability.waiting import until
from weryai_ui import isolation
from weryai_ui.isolation import Child, End, Ended, Limits, Work

LIMITS = Limits(seconds=20, processors=1, memory_bytes=400_000_000, file_bytes=4_000_000)
ROOT = Path(__file__).parents[2]
SHORT = replace(LIMITS, seconds=1.5)


def ended(do: str, limits: Limits = LIMITS, files: Sequence[BinaryIO] = (), **named: Any) -> Ended:
    return isolation.run(Work("tests.unit.mischief", {"do": do}, files), limits, **named)


def report(do: str, limits: Limits = LIMITS, files: Sequence[BinaryIO] = ()) -> dict[str, Any]:
    found = ended(do, limits, files)
    assert found.end is End.DONE
    return found.report


def test_a_child_works_on_the_files_that_it_is_handed(tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(b"abc")
    with (tmp_path / "given").open("rb") as given, tempfile.TemporaryFile() as made:
        assert report("copy", files=(given, made)) == {"bytes": 3}
        made.seek(0)
        assert made.read() == b"cba"


def test_a_child_has_no_variable_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WERYAI_API_KEY", "HF_TOKEN", "OAUTH_CLIENT_SECRET", "PYTHONPATH", "HOME", "PATH", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "sk-canary-4711")
    found = report("look_around")["environment"]
    assert "canary" not in repr(found)
    assert set(found) - {"LC_CTYPE"} <= {*isolation._OWN_ENVIRONMENT, *isolation._FOR_THE_LOADER}


def test_a_child_has_no_open_file_but_its_own() -> None:
    inherited = os.open(os.devnull, os.O_RDONLY)
    os.set_inheritable(inherited, True)
    try:
        with tempfile.TemporaryFile() as given:
            assert report("look_around", files=[given])["open"] == [0, 1, 2, given.fileno()]
    finally:
        os.close(inherited)


def test_a_child_that_is_ready_opens_nothing_starts_nothing_and_signals_nobody() -> None:
    errors = report("reach_out")
    by_the_system = {name: errors.pop(name) for name in ("pipe", "dup")}
    assert by_the_system == {"pipe": "OSError", "dup": "OSError"}
    assert len(errors) == 12
    assert set(errors.values()) == {"PermissionError"}


def test_what_does_not_go_through_python_gets_no_descriptor_either() -> None:
    """The system's own limit, without the hook in Python: what a library does by itself."""
    script = (
        "import socket\n"
        "from weryai_ui import isolation\n"
        "isolation._limit('RLIMIT_NOFILE', 0)\n"
        "for open_one in (socket.socket, lambda: open('/etc/hostname')):\n"
        "    try: open_one()\n"
        "    except OSError as error: print(error.errno)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["24", "24"]  # EMFILE


@pytest.mark.parametrize("do", ["raise_an_error", "crash", "report_too_much"])
def test_a_child_that_breaks_has_failed(do: str) -> None:
    assert ended(do) == Ended(End.FAILED)


@pytest.mark.parametrize("do", ["die_loading", "no_such_task"])
def test_a_child_that_cannot_begin_was_not_started(do: str, caplog: pytest.LogCaptureFixture) -> None:
    assert ended(do) == Ended(End.NOT_STARTED)
    assert "a child did not start" in caplog.text


def test_without_a_python_no_child_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(Path(tempfile.gettempdir()) / "no-python"))
    assert ended("copy") == Ended(End.NOT_STARTED)


@pytest.mark.parametrize("do", ["hang", "hang_deaf", "compute"])
def test_a_child_ends_with_its_time(do: str) -> None:
    began = time.monotonic()
    assert ended(do, SHORT) == Ended(End.TOO_SLOW)
    assert time.monotonic() - began < 10


def test_a_child_ends_with_its_processor_time_whatever_the_clock_says() -> None:
    assert ended("compute", replace(LIMITS, seconds=1.0), started=unwatched) == Ended(End.TOO_SLOW)


def unwatched(child: Child) -> None:
    """The child alone ends itself: as if the process that watches it were gone."""
    child.wait()


def test_a_child_whose_parent_has_died_ends_by_itself() -> None:
    assert ended("hang", replace(LIMITS, seconds=1.0), started=unwatched) == Ended(End.TOO_SLOW)


@pytest.mark.skipif(sys.platform != "linux", reason="only this system ends a child with its parent")
def test_a_child_ends_at_once_with_the_process_that_watches_it() -> None:
    script = (
        "from weryai_ui.isolation import Limits, Work, run\n"
        "work = Work('tests.unit.mischief', {'do': 'hang'}, ())\n"
        "run(work, Limits(600, 1, 400_000_000, 1_000_000), lambda child: print(child.pid, flush=True))\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        until(lambda: Path(f"/proc/{child}/fd/0").exists())
        parent.kill()
    until(lambda: not _runs(child))


def test_a_child_gets_no_more_memory_than_its_limit() -> None:
    assert report("take_memory", replace(LIMITS, memory_bytes=1_000_000_000)) == {"taken": 600_000_000}
    assert report("take_memory") == {"taken": 0}


def test_a_child_writes_no_file_beyond_its_limit() -> None:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as made:
        assert report("write_without_end", files=(given, made)) == {"written": 4_000_000, "error": "File too large"}


def test_what_a_child_says_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    assert ended("say_without_end").end is End.FAILED
    assert len(caplog.text) < 3 * isolation.LOG_BYTES


def test_whom_a_child_leaves_behind_ends_with_it() -> None:
    behind = report("leave_somebody_behind_loading")["pid"]
    until(lambda: not _runs(behind))


def test_a_child_can_be_ended_early_and_takes_its_group_along() -> None:
    children: queue.Queue[Child] = queue.Queue()
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(ended, "hang", started=children.put)
        child = children.get(timeout=10)
        child.end()
        assert found.result(10).end in (End.FAILED, End.NOT_STARTED)
    with pytest.raises(ProcessLookupError):
        os.killpg(child.pid, 0)


def test_a_caller_that_breaks_leaves_no_child() -> None:
    children: list[Child] = []

    def started(child: Child) -> None:
        children.append(child)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ended("hang", started=started)
    with pytest.raises(ProcessLookupError):
        os.kill(children[0].pid, 0)


def _runs(pid: int) -> bool:
    """Whether a process is there and not only waiting to be noticed by its parent."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
