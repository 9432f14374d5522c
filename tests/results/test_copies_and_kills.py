"""kill -9 while a film is copied: no half file is ever served, none is recorded and missing, none is left behind."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from multiprocessing import Pipe
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from tests.durability.scripted import Clock
from tests.process import forkserver
from tests.results.bench import Bench
from tests.results.conftest import Links, files_in
from tests.results.copying_victim import FOUND, live
from weryai_ui.files import object_storage
from weryai_ui.jobs import copying
from weryai_ui.store.copy_records import CopyState, Role
from weryai_ui.store.records import Intent

FILMS = 6
BYTES = 3 * 1024 * 1024
SHORT_LIFE_S, LONG_LIFE_S = 0.15, 0.6
"""The last of a round lives longer, so that something is kept."""
STARTS_WITHIN_S = 60.0
HEARTBEAT_S = 6.0
SEED = int(os.environ.get("KILLS_SEED", "0")) or random.SystemRandom().randrange(10**6)


def one_life(folder: Path, origin: str, now: float, seconds: float) -> None:
    """From its first copy on, a life of so many seconds."""
    heard, tell = Pipe()
    process: ForkServerProcess = forkserver().Process(target=live, args=(folder, origin, now, tell), daemon=True)
    process.start()
    assert heard.poll(STARTS_WITHIN_S), "the process did not begin"
    process.join(seconds)
    process.kill()
    process.join()
    process.close()


def wrong(bench: Bench, intents: list[Intent], film: bytes) -> list[str]:
    """What is served broken, or recorded and missing."""
    found = []
    for intent in intents:
        for copy in bench.copies.of([intent.id]).get(intent.id, ()):
            if copy.state is not CopyState.KEPT or copy.role is not Role.FILM:
                continue
            try:
                kept = bench.storage.read(str(copy.key))
            except FileNotFoundError:
                found.append(f"missing: {copy.key}")
                continue
            if kept != film or copy.sha256 != hashlib.sha256(film).hexdigest():
                found.append(f"broken: {copy.key}")
    return found


def campaign(tmp_path: Path, links: Links, kills: int) -> None:
    chance = random.Random(SEED)
    film = chance.randbytes(BYTES)
    links.answers["/a.mp4"] = [(200, film)]
    now, struck, kept, troubles = 1_800_000_000.0, 0, 0, []
    for number in range(kills):
        folder = tmp_path / f"{number // FILMS}"
        folder.mkdir(exist_ok=True)
        bench = Bench(folder, Clock(now), links.url)
        if number % FILMS == 0:
            intents = [bench.made(f"{links.url}/a.mp4") for _ in range(FILMS)]
        bench.desk.store.close()
        now += HEARTBEAT_S
        one_life(
            folder, links.url, now, chance.uniform(0.0, LONG_LIFE_S if (number + 1) % FILMS == 0 else SHORT_LIFE_S)
        )
        bench = Bench(folder, Clock(now), links.url)
        struck += any(bench.copy(each).state is CopyState.COPYING for each in intents)
        troubles += wrong(bench, intents, film)
        if (number + 1) % FILMS == 0 or number + 1 == kills:
            kept += sum(map(bench.is_kept, intents))
            bench.clock.pass_(object_storage.ARRIVES_WITHIN_S * 2)
            left = _orphans(bench, intents)
            troubles += [f"left behind: {each}" for each in left]
            shutil.rmtree(folder / "results")
        bench.close()
    print(f"seed {SEED}: {kills} kills, {struck} in the middle of a copy, {kept} films kept, troubles: {troubles}")
    assert troubles == []
    assert kept and struck, "some have to come through and some not, or nothing was tried"


def _orphans(bench: Bench, intents: list[Intent]) -> list[str]:
    """What is on the disk and nobody's, once everything was copied and swept."""
    for path in (bench.folder / "results" / "incoming").iterdir():
        os.utime(path, (1, 1))
    bench.storage.sweep()
    bench.desk.store.beat()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "measure", lambda *_, **__: FOUND)
        patch.setattr(copying, "_DRAWN", {"video": lambda *_, **__: b"a picture"})
        bench.work()
    bench.clock.pass_(object_storage.ARRIVES_WITHIN_S * 2)
    bench.copier.remove()
    copies = [bench.copy(each) for each in intents]
    assert all(each.state is CopyState.KEPT for each in copies)
    ours = {name for each in copies for name in (str(each.key), each.poster_key)}
    return [path.name for path in files_in(bench.folder / "results") if path.name not in ours]


def test_12_kills_while_copying_leave_nothing_broken_missing_or_behind(tmp_path: Path, links: Links) -> None:
    campaign(tmp_path, links, 12)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_200_kills_while_copying_leave_nothing_broken_missing_or_behind(tmp_path: Path, links: Links) -> None:
    campaign(tmp_path, links, 200)
