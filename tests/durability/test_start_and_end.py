"""The first and the last moments of `python app.py`: ready means ready, and an end loses nothing."""

from __future__ import annotations

import signal
import socket
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.durability.calls import KEY, call, submit
from tests.durability.upstream import Upstream
from tests.durability.waiting import until
from tests.process import START_SECONDS, AppProcess
from tests.visitors import VISITOR

END_SECONDS = 90
AT_ONCE = 6
LOOKED_AT_S = 2.0


def outcomes(app: AppProcess) -> list[str]:
    return sorted(each["outcome"] for each in call(app, "tasks", VISITOR, 100))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_end_by_signal_records_every_submission_under_way_and_takes_no_more(tmp_path: Path, number: int) -> None:
    held = threading.Event()
    with (
        Upstream(stall=held.wait) as service,
        AppProcess(tmp_path, WERYAI_API_KEY=KEY, WERYAI_BASE_URL=service.url) as app,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        submissions: list[Future[Any]] = [pool.submit(submit, app, each) for each in range(AT_ONCE)]
        until(lambda: len(service.submits) == AT_ONCE)
        app.process.send_signal(number)
        until(lambda: requests.get(f"{app.url}/healthz", timeout=5).text == "stopping")
        late = submit(app, 99)
        assert late["task"] is None and "restarting" in late["refusal"]
        held.set()
        assert [each.result()["task"]["outcome"] for each in submissions] == ["ACCEPTED"] * AT_ONCE
        assert app.process.wait(END_SECONDS) == 0
        app.start()
        assert outcomes(app) == ["ACCEPTED"] * AT_ONCE
        assert len(service.submits) == AT_ONCE


def test_a_second_signal_ends_it_at_once_and_what_had_no_answer_is_unknown(tmp_path: Path) -> None:
    held = threading.Event()
    with (
        Upstream(stall=held.wait) as service,
        AppProcess(tmp_path, WERYAI_API_KEY=KEY, WERYAI_BASE_URL=service.url) as app,
        ThreadPoolExecutor(1) as pool,
    ):
        pressed = pool.submit(submit, app, 1)
        until(lambda: len(service.submits) == 1)
        app.process.send_signal(signal.SIGTERM)
        until(lambda: requests.get(f"{app.url}/healthz", timeout=5).text == "stopping")
        app.process.send_signal(signal.SIGTERM)
        assert app.process.wait(END_SECONDS) == 128 + signal.SIGTERM
        held.set()
        assert isinstance(pressed.exception(), requests.RequestException)
        app.start()
        until(lambda: outcomes(app) == ["UNKNOWN"])
        assert len(service.submits) == 1


def test_a_signal_while_it_starts_ends_it_too(tmp_path: Path) -> None:
    with AppProcess(tmp_path) as app:
        app.kill()
        app.launch()
        app.process.send_signal(signal.SIGTERM)
        assert app.process.wait(END_SECONDS) in (0, -signal.SIGTERM)  # the latter before Python runs a line of ours


def test_from_the_first_moment_that_says_ready_a_submission_works(tmp_path: Path) -> None:
    with AppProcess(tmp_path) as app:
        app.kill()
        for number in range(3):
            app.launch()
            stages, end = set[str](), time.monotonic() + START_SECONDS
            while "ok" not in stages:
                assert time.monotonic() < end, app.log
                try:
                    answer = requests.get(f"{app.url}/healthz", timeout=5)
                except requests.ConnectionError:
                    continue
                stages.add(answer.text if answer.status_code in (200, 503) else f"{answer.status_code}")
            assert submit(app, number, "sandbox")["task"]["outcome"] == "ACCEPTED"
            assert stages <= {"ok", "starting", "Not Found"}, stages
            app.kill()


def test_a_port_that_is_named_and_taken_is_one_sentence_and_no_other_port(tmp_path: Path) -> None:
    with socket.socket() as taken, AppProcess(tmp_path) as app:
        app.kill()
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        app.environment["GRADIO_SERVER_PORT"] = str(taken.getsockname()[1])
        app.launch()
        assert app.process.wait(START_SECONDS) == 2
        assert app.log.strip().splitlines()[-1].startswith("The port in GRADIO_SERVER_PORT is taken")


def test_a_second_app_on_the_same_data_folder_is_told_whose_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    with (
        AppProcess(tmp_path, WERYAI_DATA_DIR=str(folder)) as first,
        AppProcess(tmp_path, WERYAI_DATA_DIR=str(tmp_path / "own")) as second,
    ):
        second.kill()
        second.environment["WERYAI_DATA_DIR"] = str(folder)
        second.launch()
        assert second.process.wait(START_SECONDS) == 2
        assert f"Another app (process {first.pid}) uses the data folder {folder}" in second.log
        first.kill()  # a lock that is left behind locks nobody out
        second.start()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the system does not say how often a process wakes")
def test_an_app_that_nobody_asks_hardly_wakes(tmp_path: Path) -> None:
    with AppProcess(tmp_path) as app:
        began, before = time.monotonic(), wakes(app.pid)
        until(lambda: time.monotonic() - began > LOOKED_AT_S)
        # Gradio's queue alone, as it is, would wake some 900 times a second.
        assert (wakes(app.pid) - before) / (time.monotonic() - began) < 350


def wakes(pid: int) -> int:
    """How often the threads of a process have waited for something and gone on."""
    said = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/status")]
    return sum(int(each.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for each in said)
