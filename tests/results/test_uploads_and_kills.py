"""kill -9 while a file is taken in: half of it is never read, what was answered for stays, nothing is left behind."""

from __future__ import annotations

import hashlib
import os
import random
import signal
from itertools import count
from multiprocessing import Pipe
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from tests.process import forkserver
from tests.results.taker import POINTS, die_at_a_point, take_in_again_and_again, uploads_at
from tests.results.test_object_storage import WHERE
from weryai_ui.files import kept_uploads
from weryai_ui.files.upload_records import Upload

KILLS = 8
LIFE_S = 0.6
STARTS_WITHIN_S = 60.0
SEED = int(os.environ.get("KILLS_SEED", "0")) or random.SystemRandom().randrange(10**6)
_number = count()


def keys_of(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith("AWS_")}


@pytest.fixture(params=WHERE, ids=["folder", "s3"])
def url(request: pytest.FixtureRequest) -> str:
    """No bucket, and one."""
    if not request.param:
        return ""
    request.getfixturevalue("s3_keys")
    return f"s3://films/killed-{next(_number)}"


def swept(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of all that is kept once the time for what is left behind has passed."""
    monkeypatch.setattr(kept_uploads, "ARRIVING_SECONDS", -1.0)
    uploads = uploads_at(folder, url)
    uploads.sweep()
    return {each.key for each in uploads.objects.listed()}


@pytest.mark.parametrize("point", POINTS)
def test_an_upload_killed_at_a_point_is_readable_only_once_its_record_is_kept(
    point: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, tell = Pipe()
    arguments = (tmp_path / "a", url, keys_of(dict(os.environ)), point, tell)
    process: ForkServerProcess = forkserver().Process(target=die_at_a_point, args=arguments, daemon=True)
    process.start()
    assert heard.poll(STARTS_WITHIN_S), "the process did not begin"
    upload_id = heard.recv()
    process.join()
    assert process.exitcode == -signal.SIGKILL

    found = uploads_at(tmp_path / ("b" if url else "a"), url).get(f"upload:{upload_id}.png")
    assert (found is not None) == (point == POINTS[-1])
    left = swept(tmp_path / "a", url, monkeypatch)
    assert left == (set() if found is None else set(found.names))
    if found is not None:
        assert uploads_at(tmp_path / "a", url).objects.read(found.file) == b"1" * 2000
    assert not list((tmp_path / "a").glob("*.incoming"))


def one_life(arguments: tuple[Any, ...], seconds: float, files: int) -> tuple[list[Upload], bool]:
    """What a process took in that lives so long after so many files, and whether it was killed in the middle of one."""
    heard, tell = Pipe(duplex=False)
    process: ForkServerProcess = forkserver().Process(
        target=take_in_again_and_again, args=(*arguments, tell), daemon=True
    )
    process.start()
    tell.close()
    said: list[Upload | None] = []
    while sum(each is not None for each in said) < files or not said:
        assert heard.poll(STARTS_WITHIN_S), "the process did not go on"
        said.append(heard.recv())
    process.join(seconds)
    process.kill()
    process.join()
    try:
        while True:
            said.append(heard.recv())
    except EOFError:
        return [each for each in said if each is not None], bool(said) and said[-1] is None


def test_kills_while_files_go_into_a_storage_break_none_and_lose_none_that_was_answered_for(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(SEED)
    answered, struck = list[Upload](), 0
    for number in range(KILLS):
        arguments = tmp_path, url, keys_of(dict(os.environ))
        taken_in, in_the_middle = one_life(arguments, chance.uniform(0, LIFE_S), files=number % 2)
        answered += taken_in
        struck += in_the_middle
    names = swept(tmp_path, url, monkeypatch)
    uploads = uploads_at(tmp_path, url)
    whole = [uploads.get(f"upload:{name}") for name in names if name.endswith(".png")]
    print(
        f"seed {SEED}: {KILLS} kills, {struck} in the middle of a file, {len(answered)} answered for, {len(whole)} kept"
    )
    assert struck and answered, "some have to be killed and some not, or nothing was tried"
    assert {each.id for each in answered} <= {each.id for each in whole if each is not None}
    for each in whole:
        assert each is not None
        assert hashlib.sha256(uploads.objects.read(each.file)).hexdigest() == each.sha256
    assert names == {name for each in whole if each is not None for name in each.names}
