"""Files that people give, in a bucket: what one replica received, any other shows, cuts, fits and sends on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import App, running_app, settings_in
from tests.media import made
from tests.page.test_uploads import give
from tests.results.conftest import kept
from tests.service.conftest import FORM, new_submission, until
from tests.service.test_storage import ANN, BOB, FOUR_EACH, PICTURE, given, here
from tests.visitors import VISITOR
from weryai_ui.client.outcome import Outcome
from weryai_ui.files.kept_uploads import BELIEVED_SECONDS
from weryai_ui.files.local_copies import LocalCopies
from weryai_ui.files.object_storage import ObjectStorage
from weryai_ui.files.storage import KEPT_SECONDS, FilesAway
from weryai_ui.files.uploads import Uploads
from weryai_ui.media import Media, MediaError, MediaKind
from weryai_ui.store.copy_records import Role

_number = iter(range(1000))


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """No child process for each file."""
    found = Media(MediaKind.IMAGE, "image/png", "png", len(PICTURE), 64, 64, None, None)
    monkeypatch.setattr("weryai_ui.files.uploads.measure", lambda path, **_: found)
    monkeypatch.setattr("weryai_ui.files.uploads.thumbnail", lambda path, **_: b"a small picture")


@pytest.fixture
def bucket(s3_keys: str) -> str:
    """A prefix of its own for each test."""
    return f"s3://films/uploads-{next(_number)}"


def uploads_at(folder: Path, bucket: str, **more: Any) -> Uploads:
    """The files as a process sees them whose data folder this is."""
    return Uploads(folder, ObjectStorage(folder, bucket, kept=folder), **more)


def keys(bucket: str, folder: Path) -> set[str]:
    return {each.key for each in ObjectStorage(folder, bucket).listed()}


@pytest.fixture
def replicas(bucket: str, tmp_path: Path) -> Iterator[tuple[App, App]]:
    """Two apps with one database and one bucket, each with a data folder of its own."""
    database = f"sqlite:///{(tmp_path / 'shared.sqlite3').as_posix()}"
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(running_app(settings_in(tmp_path / name, storage_url=bucket, database_url=database)))
            for name in ("first", "second")
        )
        yield first, second


def test_what_one_replica_received_another_shows_cuts_fits_and_sends_on(
    replicas: tuple[App, App], tmp_path: Path
) -> None:
    first, second = replicas
    first.service.copier.stop()  # a film of one app's own sandbox cannot be fetched by another app
    film, picture = made.clip(4.0), made.picture(size=(640, 480))
    known = {
        name: give(first, data, name, X_Visitor=VISITOR).json()
        for name, data in {"boat.png": picture, "boat.mp4": film, "boat.mkv": made.clip(3.0, "matroska")}.items()
    }

    address = f"{second.url}/{known['boat.mp4']['src']}"
    whole, part = requests.get(address, timeout=60), requests.get(address, headers={"Range": "bytes=5-99"}, timeout=60)
    assert (whole.status_code, whole.content, whole.headers["Content-Type"]) == (200, film, "video/mp4")
    assert (part.status_code, part.content) == (206, film[5:100])
    assert part.headers["Content-Range"] == f"bytes 5-99/{len(film)}"
    assert {answer.headers["X-Content-Type-Options"] for answer in (whole, part)} == {"nosniff"}
    previews = [requests.get(f"{app.url}/{known['boat.mp4']['preview']}", timeout=60).content for app in replicas]
    assert previews[0] == previews[1]
    assert previews[0].startswith(b"\xff\xd8")

    cut = second.service.uploads.cut(known["boat.mp4"]["link"], 0.5, 3.0)
    assert cut.media.duration_s == pytest.approx(2.5, abs=0.2)
    assert requests.get(f"{first.url}/uploads/{cut.file}", timeout=60).ok
    second.service.fitter.start(known["boat.mkv"]["link"], VISITOR)
    fitted = until(
        lambda: second.service.fitter.states([known["boat.mkv"]["link"]])[known["boat.mkv"]["link"]].link, 60
    )
    assert (at_first := first.service.uploads.get(fitted)) is not None and at_first.media.extension == "mp4"

    values = {**FORM, "prompt": "@Image1 @Video1", "images": [known["boat.png"]["link"]], "videos": [cut.link]}
    intent = second.service.submit(new_submission(values=values)).intent
    assert intent is not None and intent.outcome is Outcome.ACCEPTED
    assert requests.get(json.loads(intent.body)["images"][0], timeout=60).content == picture
    copies = until(lambda: kept(second.service, intent), 60)
    references = [each for each in copies if each.role is Role.REFERENCE]
    assert first.service.storage.read(str(references[0].key)) == picture
    assert len(references) == 2


@pytest.mark.usefixtures("quickly")
def test_the_room_of_a_visitor_is_one_at_all_replicas(bucket: str, tmp_path: Path) -> None:
    first, second = (uploads_at(tmp_path / name, bucket, quota=FOUR_EACH) for name in ("first", "second"))
    quiet = [given(first, BOB), given(second, BOB)]
    mine = [given(first, ANN) for _ in range(4)]
    mine += [given(second, ANN) for _ in range(2)]
    again = uploads_at(tmp_path / "third", bucket, quota=FOUR_EACH)
    # A bucket tells times by the second, so that of those of one second any may be the oldest.
    assert here(again, mine[:4]).count(True) == 2
    assert here(again, mine[4:]) == [True, True]
    assert here(again, quiet) == [True, True]
    gone = mine[here(again, mine).index(False)]
    assert first.get(gone.link) is not None, "a record is believed for a while"
    with pytest.raises(MediaError, match="no longer"), again.file(gone):
        pass


@pytest.mark.usefixtures("quickly")
def test_what_another_replica_deleted_is_noticed_soon(bucket: str, tmp_path: Path) -> None:
    now = [0.0]
    first = uploads_at(tmp_path / "first", bucket)
    second = uploads_at(tmp_path / "second", bucket, monotonic=lambda: now[0])
    upload = given(first)
    assert here(second, [upload]) == [True]
    first._delete(upload.file)
    now[0] = BELIEVED_SECONDS + 1
    assert here(second, [upload]) == [False]


@pytest.mark.usefixtures("quickly")
def test_files_go_from_a_bucket_after_two_days_whoever_took_them_in_and_nothing_else_does(
    bucket: str, tmp_path: Path
) -> None:
    first = uploads_at(tmp_path / "first", bucket)
    given(first)
    first.objects.write("a-report-of-another-program.pdf.zip", b"not ours")
    later = uploads_at(tmp_path / "later", bucket, clock=lambda: time.time() + KEPT_SECONDS + 60)
    later.sweep()
    assert keys(bucket, tmp_path) == {"a-report-of-another-program.pdf.zip"}


@pytest.mark.usefixtures("quickly")
def test_files_of_the_folder_move_into_a_bucket_that_is_named_later(
    bucket: str, s3_keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "uploads"
    before = Uploads(folder)
    old = [given(before) for _ in range(3)]
    for each in old:  # as a release before this one wrote it
        record = json.loads((folder / each.record).read_bytes())
        assert record.pop("has_preview") is True
        (folder / each.record).write_text(json.dumps(record))
    in_place = Uploads(folder)
    assert here(in_place, old) == [True] * 3
    assert in_place.preview(in_place.get(old[0].link) or old[1]) == b"a small picture"

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    uploads_at(folder, bucket)
    assert (folder / old[0].record).is_file()
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_keys)
    uploads_at(folder, bucket)
    elsewhere = uploads_at(tmp_path / "elsewhere", bucket)
    assert [elsewhere.get(each.link) for each in old] == old
    assert elsewhere.preview(old[0]) == b"a small picture"
    with elsewhere.file(old[0]) as path:
        assert path.read_bytes() == (folder / old[0].file).read_bytes()
    assert {path.suffix for path in folder.iterdir()} == {".png"}


@pytest.mark.usefixtures("quickly")
def test_a_bucket_that_is_away_is_said_so_and_files_are_back_with_it(
    bucket: str, s3_keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = given(uploads_at(tmp_path / "there", bucket))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with running_app(settings_in(tmp_path / "app", storage_url=bucket)) as app:
        shown = requests.get(f"{app.url}/uploads/{there.file}", timeout=60)
        refused = give(app, made.picture(), "a.png")
        asked = {"prompt": "A boat", "images": there.link}
        checked = requests.post(f"{app.url}/check", json={"values": asked}, timeout=60)
        with pytest.raises(FilesAway):
            app.service.uploads.get(there.link)
    print(f"a bucket that is away: {shown.status_code} {refused.status_code} {refused.text}")
    assert [answer.status_code for answer in (shown, refused, checked)] == [503] * 3
    assert "does not answer just now" in refused.json()["refused"]
    assert "does not answer just now" in checked.json()["away"]
    assert {answer.headers["Retry-After"] for answer in (shown, refused, checked)} == {"5"}
    assert not list((tmp_path / "app" / "uploads").iterdir())


def test_copies_for_children_are_fetched_once_stay_while_used_and_take_no_more_than_their_room(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects, fetched = ObjectStorage(tmp_path, bucket), list[str]()
    save_as = objects.save_as

    def fetch(key: str, path: Path) -> None:
        fetched.append(key)
        save_as(key, path)

    monkeypatch.setattr(objects, "save_as", fetch)
    for name in "abc":
        objects.write(name, name.encode() * 100)
    copies = LocalCopies(objects, tmp_path, most=250)
    with copies.of("a") as first, copies.of("a") as again:
        assert first == again
        for name in "bcb":
            with copies.of(name) as path:
                assert path.read_bytes() == name.encode() * 100
        assert first.read_bytes() == b"a" * 100
    assert fetched == ["a", "b", "c"]
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"b", "c"}
    with pytest.raises(FileNotFoundError), copies.of("nothing"):
        pass
    assert not list(tmp_path.glob("*.incoming"))
