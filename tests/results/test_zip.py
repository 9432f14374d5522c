"""Several submissions as one zip: films from our own copies, all that is known of each, and nothing of a stranger's."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import App
from tests.fairness.wire import PageCalls
from tests.process import in_a_loop
from tests.results.conftest import files_in, finished
from tests.service.conftest import new_submission, until
from tests.visitors import VISITOR, visitor_named
from weryai_ui.files.object_storage import ObjectStorage
from weryai_ui.store.records import Intent
from weryai_ui.ui.http import zips
from weryai_ui.ui.zipped import Entry, _Sink, _written

MEGABYTE = 1024 * 1024
STRANGER = visitor_named("stranger")


def asked(app: App, *intents: Intent, visitor: str = VISITOR) -> dict[str, Any]:
    """What the page is told of a zip of those submissions."""
    question = PageCalls.of(app.url).question("history", "zip_films", visitor, intents=[each.id for each in intents])
    answer = requests.post(app.url + question.path, data=question.body, headers=question.headers, timeout=30)
    found: dict[str, Any] = answer.json()
    return found


def fetched(app: App, *intents: Intent, visitor: str = VISITOR) -> zipfile.ZipFile:
    answer = posted(app, visitor, [each.id for each in intents])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="weryai ')
    assert "content-length" not in answer.headers, "it leaves as it is written"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def posted(app: App, visitor: str, intents: list[str]) -> requests.Response:
    """What comes of the form that the page sends."""
    return requests.post(f"{app.url}/zip", data={"visitor": visitor, "intent": intents}, timeout=60)


@pytest.fixture(scope="module")
def made(app: App) -> tuple[Intent, Intent]:
    """Two submissions with the same prompt, one of them with two films."""
    form = {"model": "SEEDANCE_2_0", "prompt": "A paper boat", "duration": 5, "resolution": "480p"}
    several = finished(app.service, values={**form, "video_number": "2"})
    return finished(app.service, values=form), several


def test_a_zip_has_the_kept_films_and_what_is_known_of_each(app: App, made: tuple[Intent, Intent]) -> None:
    for path in files_in(app.service.settings.data_dir / "sandbox" / "media"):
        path.unlink()
    told = asked(app, *made)
    assert (told["whole"], told["says"]) == (True, "")
    archive = fetched(app, *made)
    assert archive.testzip() is None
    day = archive.namelist()[0][:10]
    assert archive.namelist() == [
        f"{day} A paper boat.mp4",
        f"{day} A paper boat.json",
        f"{day} A paper boat (2) 1.mp4",
        f"{day} A paper boat (2) 2.mp4",
        f"{day} A paper boat (2).json",
    ]
    kept = app.service.copies_of(made)
    for film in archive.infolist():
        if film.filename.endswith(".mp4"):
            assert film.compress_type == zipfile.ZIP_STORED
    assert archive.read(f"{day} A paper boat.mp4") in {
        app.service.storage.read(str(each.key)) for each in kept[made[0].id] if each.mime == "video/mp4"
    }
    known = json.loads(archive.read(f"{day} A paper boat (2).json"))
    assert known["id"] == made[1].id
    assert known["exchanges"][0]["kind"] == "submit"
    opened = app.service.open(VISITOR, made[1].id)
    assert opened is not None
    assert [each.kind for each in opened[1]].count("download") == 2


def test_nothing_of_a_strangers_is_in_it(app: App, made: tuple[Intent, Intent]) -> None:
    assert asked(app, *made, visitor=STRANGER) == {"refused": "None of these is in your history any more."}
    theirs = finished(app.service, STRANGER)
    assert len(fetched(app, made[0], theirs).namelist()) == 2
    assert fetched(app, *made, visitor=STRANGER).namelist() == []
    for visitor, ids in (
        (VISITOR, ["none"]),
        (VISITOR, []),
        ("", [made[0].id]),
        (VISITOR, [f"{n:032x}" for n in range(41)]),
    ):
        assert posted(app, visitor, ids).status_code == 404


def test_a_film_that_is_not_here_is_left_out(app: App) -> None:
    intent = finished(app.service, visitor_named("careless"))
    for path in files_in(app.service.settings.data_dir / "results"):
        path.unlink()
    archive = fetched(app, intent, visitor=visitor_named("careless"))
    assert [name[-5:] for name in archive.namelist()] == [".json"]


def test_films_that_are_not_kept_are_told_of(app: App) -> None:
    app.service.copier.stop()
    intent = app.service.submit(new_submission(visitor_named("impatient"))).intent
    assert intent is not None
    until(lambda: app.service.tasks(visitor_named("impatient"))[0].tasks[0].videos)
    told = asked(app, intent, visitor=visitor_named("impatient"))
    assert told == {"whole": False, "says": "Not kept here, so not in the zip: 1. The JSON files in it have the links."}


def test_who_has_zips_under_way_waits_with_the_next_and_others_do_not(
    app: App, made: tuple[Intent, Intent], monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    async def slow(*_: object) -> AsyncIterator[bytes]:
        yield b"begun"
        while not over.is_set():
            await asyncio.sleep(0.01)

    def begun(visitor: str) -> requests.Response:
        sent = {"visitor": visitor, "intent": made[0].id}
        return requests.post(f"{app.url}/zip", data=sent, stream=True, timeout=60)

    monkeypatch.setattr(zips, "zipped", slow)
    under_way = [begun(VISITOR) for _ in range(zips.OF_VISITOR)]
    put_off = begun(VISITOR)
    assert (put_off.status_code, put_off.headers["retry-after"]) == (429, "30")
    under_way.append(begun(STRANGER))
    over.set()
    assert [(each.status_code, each.content) for each in under_way] == [(200, b"begun")] * len(under_way)
    until(lambda: begun(VISITOR).content == b"begun")


def test_a_large_film_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    storage, size = ObjectStorage(tmp_path), 64 * MEGABYTE
    storage.write("film", b"a" * size)
    sink, left = _Sink(), 0

    async def pour() -> int:
        found = 0
        with zipfile.ZipFile(sink, "w") as archive:
            async for block in _written(archive, sink, storage, Entry("film.mp4", 0.0, size, key="film")):
                found += len(block)
        return found

    tracemalloc.start()
    try:
        left = in_a_loop(pour())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert left > size
    assert most < 8 * MEGABYTE
