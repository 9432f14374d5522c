"""Outcomes on their way into the database: on the disk before that is asked, taken up once, never thrown away."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from tests.durability.scripted import ENDS, new_intent, submission
from weryai_ui.client.envelope import MAX_MESSAGE_CHARACTERS
from weryai_ui.client.outcome import Outcome
from weryai_ui.client.tasks import MAX_ID_BYTES, MAX_TASKS
from weryai_ui.client.weryai import SubmitAnswer
from weryai_ui.errors import SettingsError
from weryai_ui.jobs.unsaved import FOLDER_NAME, NoRoom, Unsaved
from weryai_ui.jobs.unsaved import file as file_module
from weryai_ui.jobs.unsaved.file import FILE_BYTES, PLACES, RECORD_BYTES, OutboxFile
from weryai_ui.jobs.unsaved.record import Record, as_text, from_text
from weryai_ui.store.records import Intent, NewIntent
from weryai_ui.store.submissions import Store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    yield store
    store.close()


@pytest.fixture
def unsaved(tmp_path: Path) -> Iterator[Unsaved]:
    """Those of a process that lives until the test ends."""
    unsaved = Unsaved(tmp_path)
    yield unsaved
    unsaved.close()


def came_back(unsaved: Unsaved, store: Store, told: SubmitAnswer, new: NewIntent | None = None) -> Intent:
    """A submission whose outcome the database has not taken."""
    new = new or new_intent()
    with unsaved.room(new) as room:
        begun = store.begin(new).intent
        room.begun(begun)
        unsaved.keep(room, told)
    return begun


def left_behind(folder: Path, store: Store, *told: SubmitAnswer) -> list[Intent]:
    """Submissions that came back to a process which then was killed."""
    process = Unsaved(folder)
    begun = [came_back(process, store, each) for each in told]
    process._file.leave()
    return begun


def files(folder: Path) -> list[Path]:
    return sorted((folder / FOLDER_NAME).iterdir())


def ids_in(store: Store, intent: Intent) -> list[str]:
    return [task.upstream_id for task in store.intent(intent.id).tasks]


# --- the file ------------------------------------------------------------------------------------------


def test_the_space_is_taken_on_the_disk_before_anything_is_sent(tmp_path: Path, unsaved: Unsaved) -> None:
    (path,) = files(tmp_path)
    assert path.stat().st_size == FILE_BYTES
    assert path.stat().st_blocks * 512 >= FILE_BYTES


def test_space_is_taken_by_writing_where_the_system_cannot_reserve_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "posix_fallocate")
    made = OutboxFile(tmp_path)
    assert made.path.stat().st_blocks * 512 >= FILE_BYTES
    made.remove()


def test_a_folder_that_takes_no_file_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FOLDER_NAME).write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="WERYAI_DATA_DIR cannot be used"):
        Unsaved(tmp_path)


def test_an_outcome_is_on_the_disk_before_it_counts_as_kept(
    tmp_path: Path, unsaved: Unsaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fdatasync

    def sync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().suffix)
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", sync)
    with unsaved.room(new_intent()) as room:
        room.begun(some_intent())
        unsaved.keep(room, submission(Outcome.ACCEPTED, "t"))
        assert synced == [file_module.SUFFIX]
        assert room.is_written
        room.recorded()


def test_a_file_that_somebody_removed_is_made_anew_with_what_waits_in_it(
    tmp_path: Path, unsaved: Unsaved, store: Store
) -> None:
    first = came_back(unsaved, store, submission(Outcome.ACCEPTED, "t1"))
    for path in files(tmp_path):
        path.unlink()
    second = came_back(unsaved, store, submission(Outcome.ACCEPTED, "t2"))
    unsaved._file.leave()
    following = Unsaved(tmp_path)
    assert following.take_up(store, 0.0) == 2
    assert (ids_in(store, first), ids_in(store, second)) == (["t1"], ["t2"])
    following.close()
    unsaved._file = OutboxFile(tmp_path / FOLDER_NAME)


@pytest.mark.parametrize("character", ["x", '"', "字", "\U0001f600"])
def test_the_longest_answer_fits_into_a_place_with_all_its_ids(character: str) -> None:
    longest = (f"{number:02}{character * MAX_ID_BYTES}".encode()[:MAX_ID_BYTES] for number in range(MAX_TASKS))
    ids = tuple(each.decode("utf-8", "ignore") for each in longest)
    told = replace(submission(Outcome.ACCEPTED, *ids), service_message=character * MAX_MESSAGE_CHARACTERS)
    exchange = replace(told.exchange, response_text=character * 2**20, response_headers=(("Server", character * 200),))
    new = replace(new_intent(), body=character * 2**18)
    text = as_text(Record("i" * 32, 0.0, new, replace(told, exchange=exchange)))
    assert len(text) <= RECORD_BYTES
    record = from_text(text)
    assert record is not None
    assert (record.intent_id, record.submission.task_ids) == ("i" * 32, ids)


def test_an_answer_of_a_usual_size_is_kept_whole() -> None:
    told = submission(Outcome.ACCEPTED, "t", text="x" * 20_000)
    record = from_text(as_text(Record("i", 0.0, new_intent(), told)))
    assert record is not None
    assert record.submission.exchange.response_text == "x" * 20_000
    assert record.new.body


# --- room ----------------------------------------------------------------------------------------------


def test_nothing_may_be_sent_while_there_is_no_room_for_what_comes_back(unsaved: Unsaved) -> None:
    with ExitStack() as sent:
        for _ in range(PLACES):
            sent.enter_context(unsaved.room(new_intent()))
        with pytest.raises(NoRoom), unsaved.room(new_intent()):
            pass
    with unsaved.room(new_intent()):
        pass


def test_a_disk_that_failed_takes_what_waits_later_and_nothing_is_sent_meanwhile(
    tmp_path: Path, unsaved: Unsaved, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise OSError("the disk has gone")

    monkeypatch.setattr(OutboxFile, "write", fails)
    intent = came_back(unsaved, store, submission(Outcome.ACCEPTED, "t1"))
    assert "tasks=t1 is in memory only" in caplog.text
    with pytest.raises(NoRoom), unsaved.room(new_intent()):
        pass
    monkeypatch.undo()
    assert [told.id for told in unsaved.of_visitor(intent.visitor)] == [intent.id]
    assert unsaved.take_up(store, 0.0) == 1
    assert ids_in(store, intent) == ["t1"]
    with unsaved.room(new_intent()):
        pass


def test_a_place_is_used_again_and_holds_nothing_of_what_was_there(
    tmp_path: Path, unsaved: Unsaved, store: Store
) -> None:
    for number in range(2 * PLACES):
        text = "x" * (5000 if number < PLACES else 10)
        came_back(unsaved, store, submission(Outcome.ACCEPTED, f"t{number}", text=text))
        assert unsaved.take_up(store, 0.0) == 1
    unsaved._file.leave()
    (_, records), *_ = file_module.abandoned(tmp_path / FOLDER_NAME, but=tmp_path)
    unsaved._file = OutboxFile(tmp_path / FOLDER_NAME)
    assert records == []


# --- what waits is seen ----------------------------------------------------------------------------------


def test_what_waits_stands_over_what_the_database_says(unsaved: Unsaved, store: Store) -> None:
    intent = came_back(unsaved, store, submission(Outcome.ACCEPTED, "t1", "t2"))
    (told,) = unsaved.over(store.of_visitor(intent.visitor, limit=1))
    assert (told.outcome, told.unsaved) == (Outcome.ACCEPTED, True)
    assert [(task.number, task.upstream_id) for task in told.tasks] == [(1, "t1"), (2, "t2")]
    assert unsaved.version(intent.visitor) == intent.id[:8]
    opened = unsaved.open(intent.id)
    assert opened is not None
    assert opened[0] == told
    assert [each.response_text for each in opened[1]] == ["{}"]
    unsaved.take_up(store, 0.0)
    assert unsaved.version(intent.visitor) == ""
    assert unsaved.open(intent.id) is None


def test_a_refusal_that_waits_says_why_and_whose_move_it_is(unsaved: Unsaved, store: Store) -> None:
    intent = came_back(unsaved, store, submission(Outcome.UNKNOWN))
    (told,) = unsaved.of_visitor(intent.visitor)
    assert told.explanation is not None
    unsaved.take_up(store, 0.0)
    stored = store.intent(intent.id)
    assert (stored.outcome, stored.explanation) == (told.outcome, told.explanation)


def test_a_repeated_submission_is_known_while_the_first_is_under_way_and_while_it_waits(
    unsaved: Unsaved, store: Store
) -> None:
    new = new_intent()
    with unsaved.room(new) as room:
        assert unsaved.same(new.identity) is None
        room.begun(store.begin(new).intent)
        under_way = unsaved.same(new.identity)
        unsaved.keep(room, submission(Outcome.ACCEPTED, "t"))
    waits = unsaved.same(new.identity)
    assert under_way is not None and waits is not None
    assert (under_way.outcome, waits.outcome) == (Outcome.SENDING, Outcome.ACCEPTED)
    assert unsaved.same(replace(new, body="{}").identity) is None
    assert unsaved.same(replace(new, visitor="another").identity) is None


# --- into the database -----------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ENDS)
def test_an_outcome_taken_up_twice_is_written_once(tmp_path: Path, store: Store, outcome: Outcome) -> None:
    """As after a kill between the commit and the removal of the file."""
    ids = ("t1", "t2") if outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN) else ()
    (intent,) = left_behind(tmp_path, store, submission(outcome, *ids))
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    following = Unsaved(tmp_path)
    for _ in range(2):
        path.write_bytes(whole)
        assert following.take_up(store, 0.0) == 1
    assert ids_in(store, intent) == list(ids)
    assert len(store.timeline(intent.id)) == 1
    following.close()
    assert files(tmp_path) == []


def test_the_file_of_a_living_process_is_left_alone(tmp_path: Path, unsaved: Unsaved, store: Store) -> None:
    intent = came_back(unsaved, store, submission(Outcome.ACCEPTED, "t"))
    other = Unsaved(tmp_path)
    assert other.take_up(store, 0.0) == 0
    assert store.intent(intent.id).outcome is Outcome.SENDING
    other.close()
    assert len(files(tmp_path)) == 1


def test_processes_that_share_a_folder_take_each_outcome_up_once(
    tmp_path: Path, store: Store, database_url: str
) -> None:
    intents = [
        intent
        for number in range(20)
        for intent in left_behind(tmp_path, store, submission(Outcome.ACCEPTED, f"t{number}"))
    ]
    stores = [store, Store(database_url)]
    processes = [Unsaved(tmp_path) for _ in range(4)]
    barrier = threading.Barrier(4)

    def rush(number: int) -> None:
        barrier.wait()
        processes[number].take_up(stores[number % 2], 0.0)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(rush, range(4)))
    found = [ids_in(store, intent) for intent in intents]
    stores[1].close()
    for process in processes:
        process.close()
    assert found == [[f"t{number}"] for number in range(20)]
    assert files(tmp_path) == []


def test_what_cannot_be_read_is_set_aside_and_holds_up_nothing(
    tmp_path: Path, unsaved: Unsaved, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, third = left_behind(tmp_path, store, *(submission(Outcome.ACCEPTED, t) for t in ("t1", "t2", "t3")))
    path = next(path for path in files(tmp_path) if path != unsaved._file.path)
    torn = path.read_bytes().replace(b'"t2"', b'"xx"')
    path.write_bytes(torn)
    assert unsaved.take_up(store, 0.0) == 2
    assert (ids_in(store, first), ids_in(store, second), ids_in(store, third)) == (["t1"], [], ["t3"])
    assert path.with_suffix(".unread").read_bytes() == torn
    assert caplog.text.count("cannot be read") == 1
    assert unsaved.take_up(store, 0.0) == 0


@pytest.mark.parametrize("content", [b"", b"\0", b"x" * 100, b"00000000 {}\n", bytes(FILE_BYTES + 1)])
def test_a_file_of_anything_holds_up_nothing(tmp_path: Path, unsaved: Unsaved, store: Store, content: bytes) -> None:
    (tmp_path / FOLDER_NAME / f"strange{file_module.SUFFIX}").write_bytes(content)
    assert unsaved.take_up(store, 0.0) == 0
    assert [path.suffix for path in files(tmp_path) if path != unsaved._file.path] in ([], [".unread"])


def test_outcomes_that_an_earlier_version_wrote_are_taken_up(tmp_path: Path, unsaved: Unsaved, store: Store) -> None:
    folder = tmp_path / FOLDER_NAME
    intent = store.begin(new_intent()).intent
    whole = TypeAdapter(SubmitAnswer).dump_json(submission(Outcome.ACCEPTED, "t"))
    without_later_fields = {name: value for name, value in json.loads(whole).items() if name != "tasks_named"}
    (folder / f"{intent.id}.json").write_text(json.dumps(without_later_fields))
    for name, text in {"cut-off": whole[:100], "empty": b"", "of-no-intent": whole}.items():
        (folder / f"0-{name}.json").write_bytes(text)
    (folder / "0-a-folder.json").mkdir()
    assert unsaved.take_up(store, 0.0) == 1
    assert ids_in(store, intent) == ["t"]
    left = sorted(path.name for path in folder.iterdir() if path != unsaved._file.path)
    assert left == [f"0-{name}.unread" for name in ("a-folder", "cut-off", "empty", "of-no-intent")]


def test_a_database_that_took_anothers_place_is_given_the_intents_as_well(
    tmp_path: Path, unsaved: Unsaved, store: Store
) -> None:
    begun = left_behind(tmp_path, store, submission(Outcome.ACCEPTED, "t1"), submission(Outcome.UNKNOWN, "t2"))
    another = Store(f"sqlite:///{(tmp_path / 'another.sqlite3').as_posix()}")
    assert unsaved.take_up(another, 0.0) == 2
    for intent, task_id in zip(begun, ("t1", "t2"), strict=True):
        found = another.intent(intent.id)
        assert (found.visitor, found.body, found.created_at) == (intent.visitor, intent.body, intent.created_at)
        assert ids_in(another, intent) == [task_id]
    another.close()


def test_what_its_visitor_deleted_stays_deleted_and_its_ids_are_logged(
    tmp_path: Path, unsaved: Unsaved, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    intent = came_back(unsaved, store, submission(Outcome.ACCEPTED, "t1"))
    with store._engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM intents WHERE id = '{intent.id}'")
    assert unsaved.take_up(store, 0.0) == 1
    assert store.of_visitor(intent.visitor, limit=1) == ()
    assert "tasks=t1" in caplog.text


def some_intent() -> Intent:
    """An intent of no database."""
    new = new_intent()
    nothing = dict.fromkeys(name for name in Intent.__dataclass_fields__ if name not in ("tasks", "unsaved"))
    known = {"id": "i", "visitor": new.visitor, "body": new.body, "created_at": 0.0, "outcome": Outcome.SENDING}
    return Intent(**{**nothing, **known})  # type: ignore[arg-type]
