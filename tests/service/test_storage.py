"""Whose the room for files is: nobody's file goes for a stranger's; what never arrives whole takes its share only."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.media import made
from weryai_ui.files.storage import (
    APP,
    ARRIVING_OF_ADDRESS,
    ARRIVING_OF_VISITOR,
    ARRIVING_SECONDS,
    KEPT_SECONDS,
    NoRoom,
    Owner,
)
from weryai_ui.files.upload_records import Upload
from weryai_ui.files.uploads import Uploads
from weryai_ui.media import Media, MediaKind
from weryai_ui.quota import BESIDE_BYTES, Quota

PICTURE = made.noise("PNG")
COUNTED = len(PICTURE) + BESIDE_BYTES
FOUR_EACH = Quota(whole=16 * COUNTED, share=4 * COUNTED)
ANN, BOB = Owner("ann", "her address"), Owner("bob", "his address")


@pytest.fixture(autouse=True)
def measured_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No child process for each of the hundreds of files."""
    found = Media(MediaKind.IMAGE, "image/png", "png", len(PICTURE), 64, 64, None, None)
    monkeypatch.setattr("weryai_ui.files.uploads.measure", lambda path, **_: found)
    monkeypatch.setattr("weryai_ui.files.uploads.thumbnail", lambda path, **_: b"a small picture")


def given(uploads: Uploads, owner: Owner = ANN) -> Upload:
    arrived = uploads.incoming(owner, len(PICTURE))
    arrived.write_bytes(PICTURE)
    return uploads.take_in(arrived, "boat.png")


def here(uploads: Uploads, files: list[Upload]) -> list[bool]:
    return [uploads.get(each.link) is not None for each in files]


def on_disk(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def stranger(number: int) -> Owner:
    """Somebody who takes a new token for every file."""
    return Owner(f"token {number}", "one address")


def test_uploads_of_one_visitor_push_out_their_own_oldest_and_nobody_elses(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, quota=FOUR_EACH)
    quiet = [given(uploads, ANN) for _ in range(2)]
    loud = [given(uploads, BOB) for _ in range(54)]
    print(f"54 uploads of a stranger: {here(uploads, quiet).count(True)} of 2 files of another visitor are left")
    assert here(uploads, quiet) == [True, True]
    assert here(uploads, loud) == [False] * 50 + [True] * 4


def test_uploads_of_a_stranger_with_many_tokens_push_out_nothing_of_another_address(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, quota=FOUR_EACH)
    quiet = [given(uploads, ANN) for _ in range(4)]
    loud = [given(uploads, stranger(number)) for number in range(54)]
    assert here(uploads, quiet) == [True] * 4
    assert here(uploads, loud) == [False] * 42 + [True] * 12
    assert on_disk(tmp_path) <= FOUR_EACH.whole


def test_whose_a_file_is_is_known_after_a_restart(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, quota=FOUR_EACH)
    quiet, loud = given(uploads, ANN), [given(uploads, stranger(number)) for number in range(15)]
    again = Uploads(tmp_path, quota=FOUR_EACH)
    assert here(again, [quiet, *loud]) == [True] * 16
    given(again, BOB)
    assert here(again, [quiet, *loud]).count(False) == 1
    assert here(again, [quiet]) == [True]


def test_files_that_never_arrive_hold_no_more_than_a_few_and_delete_nothing_of_another(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, quota=FOUR_EACH)
    quiet = [given(uploads, ANN) for _ in range(2)]
    begun = refused = 0
    for number in range(200):
        try:
            uploads.incoming(stranger(number), len(PICTURE)).write_bytes(PICTURE[:-1])
            begun += 1
        except NoRoom:
            refused += 1
    print(f"200 uploads that never end: {begun} begun, {refused} refused, {on_disk(tmp_path)} bytes on disk")
    assert begun <= ARRIVING_OF_ADDRESS
    assert on_disk(tmp_path) <= FOUR_EACH.whole
    assert here(uploads, quiet) == [True, True]
    with pytest.raises(NoRoom, match="no room for more files"):
        given(uploads, stranger(999))


def test_of_one_visitor_a_few_files_arrive_at_once_and_one_that_ends_gives_its_place_back(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    begun = [uploads.incoming(ANN, 1000) for _ in range(ARRIVING_OF_VISITOR)]
    with pytest.raises(NoRoom, match="on their way already"):
        uploads.incoming(ANN, 1000)
    given(uploads, BOB)
    uploads.release(begun[0])
    given(uploads, ANN)


def test_a_file_that_is_being_sent_on_stays_whoever_needs_room(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, quota=FOUR_EACH)
    needed, spare = given(uploads), given(uploads)
    with uploads.using([needed.link]):
        for _ in range(8):
            given(uploads)
        assert here(uploads, [needed, spare]) == [True, False]
    given(uploads)
    assert here(uploads, [needed]) == [False]


def test_the_files_of_an_example_go_for_no_visitor(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, quota=FOUR_EACH)
    picture = tmp_path.with_name("example.png")
    picture.write_bytes(PICTURE)
    example = uploads.take_copy(picture)
    assert example.owner == APP
    for number in range(40):
        given(uploads, stranger(number))
    assert here(uploads, [example]) == [True]


def test_a_restart_deletes_what_had_not_arrived_and_what_has_no_record(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    kept = given(uploads)
    uploads.incoming(ANN, 5).write_bytes(b"never")
    (tmp_path / "an-id-without-a-record.png").write_bytes(PICTURE)
    again = Uploads(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"{kept.id}.{ending}" for ending in ("png", "json", "thumb")}
    assert here(again, [kept]) == [True]


def test_files_and_what_never_arrived_go_after_a_time(tmp_path: Path) -> None:
    now = [0.0]
    uploads = Uploads(tmp_path, clock=lambda: now[0], monotonic=lambda: now[0])
    kept, arriving = given(uploads), uploads.incoming(ANN, 5)
    arriving.write_bytes(b"never")
    now[0] = ARRIVING_SECONDS + 1
    given(uploads, BOB)
    assert (arriving.exists(), here(uploads, [kept])) == (False, [True])
    now[0] = KEPT_SECONDS + 1
    given(uploads, BOB)
    assert here(uploads, [kept]) == [False]


def test_many_at_once_never_hold_more_than_the_whole(tmp_path: Path) -> None:
    uploads, most, ended = Uploads(tmp_path, quota=FOUR_EACH), [0], threading.Event()

    def watch() -> None:
        while not ended.is_set():
            sizes = []
            for path in tmp_path.iterdir():
                try:
                    sizes.append(path.stat().st_size)
                except FileNotFoundError:
                    continue
            most[0] = max(most[0], sum(sizes))

    def arrive(number: int) -> bool:
        owner = Owner(f"visitor {number % 12}", f"address {number % 6}")
        try:
            arrived = uploads.incoming(owner, len(PICTURE))
        except NoRoom:
            return False
        arrived.write_bytes(PICTURE)
        uploads.take_in(arrived, "boat.png")
        return True

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(8) as pool:
        arrived = list(pool.map(arrive, range(60)))
    ended.set()
    watcher.join()
    print(f"60 files of 12 visitors at once: {arrived.count(True)} kept for a time, at most {most[0]} bytes on disk")
    assert arrived.count(True) > 16
    assert most[0] <= FOUR_EACH.whole
