"""Copies of finished films: whole or not at all, bounded in memory and room, tried again while the link may live."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.durability.scripted import Clock
from tests.results.bench import Bench
from tests.results.conftest import Links, files_in
from weryai_ui.jobs import copying
from weryai_ui.jobs.copier import FRESH_S, LINK_LIVES_S
from weryai_ui.media import Media, MediaKind
from weryai_ui.store.copies import COPY_LASTS_S
from weryai_ui.store.copy_records import Copy, CopyState, Kept, ReferenceFile

MOST_MEMORY = 16 * 1024 * 1024
BIG = 200 * 1024 * 1024
MakeBench = Callable[..., Bench]


@pytest.fixture
def bench(tmp_path: Path, links: Links) -> Iterator[MakeBench]:
    opened: list[Bench] = []

    def make(**more: object) -> Bench:
        tmp_path.joinpath("data").mkdir(exist_ok=True)
        opened.append(Bench(tmp_path / "data", more.pop("clock", None) or Clock(), links.url, **more))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes counts as a film: no child process for each of many."""
    found = Media(MediaKind.VIDEO, "video/mp4", "mp4", 0, 64, 64, 2.0, False)
    monkeypatch.setattr(copying, "measure", lambda *_, **__: found)
    monkeypatch.setattr(copying, "_DRAWN", {"video": lambda *_, **__: b"a picture"})


def test_a_copy_has_the_films_bytes_its_hash_and_its_measures(bench: MakeBench, links: Links, film: bytes) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, film)]
    intent = desk.made(f"{links.url}/a.mp4")
    desk.work()
    copy = desk.copy(intent)
    assert copy.state is CopyState.KEPT
    assert (copy.sha256, copy.size) == (hashlib.sha256(film).hexdigest(), len(film))
    assert (copy.mime, copy.extension, bool(copy.width)) == ("video/mp4", "mp4", True)
    assert desk.storage.read(str(copy.key)) == film
    assert desk.storage.read(copy.poster_key)[:3] == b"\xff\xd8\xff"


def test_a_link_is_asked_for_without_a_key(bench: MakeBench, links: Links, film: bytes) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, film)]
    desk.made(f"{links.url}/a.mp4")
    desk.work()
    assert links.headers
    assert not any({"authorization", "cookie"} & each.keys() for each in links.headers)


@pytest.mark.parametrize("link", ["http://127.0.0.1:1/a.mp4", "http://169.254.169.254/a.mp4", "file:///etc/passwd"])
def test_a_link_to_an_inner_address_is_not_read(bench: MakeBench, link: str) -> None:
    desk = bench()
    intent = desk.made(link)
    desk.work()
    copy = desk.copy(intent)
    assert (copy.state, copy.why) == (CopyState.FAILED, "not_public")


def test_what_is_no_film_is_never_kept(bench: MakeBench, links: Links) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, b"<html>Sign in</html>" * 100)]
    intent = desk.made(f"{links.url}/a.mp4")
    desk.work()
    assert (desk.copy(intent).state, desk.copy(intent).why) == (CopyState.FAILED, "not_media")
    assert files_in(desk.folder / "results") == []


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("status", [403, 404])
def test_a_fresh_link_that_is_refused_is_tried_again_for_a_minute(bench: MakeBench, links: Links, status: int) -> None:
    desk = bench()
    links.answers["/late.mp4"] = [(status, b"")] * 3 + [(200, b"film")]
    links.answers["/never.mp4"] = [(status, b"")]
    late, never = desk.made(f"{links.url}/late.mp4"), desk.made(f"{links.url}/never.mp4")
    for _ in range(20):
        desk.work()
        desk.clock.pass_(5.0)
    assert desk.is_kept(late)
    assert (desk.copy(never).state, desk.copy(never).why) == (CopyState.FAILED, "link_refused")
    assert links.asked.count("/never.mp4") == FRESH_S / 5 + 1


@pytest.mark.usefixtures("believed")
def test_other_failures_are_tried_again_with_growing_pauses_while_the_link_may_live(
    bench: MakeBench, links: Links
) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(503, b"")]
    intent = desk.made(f"{links.url}/a.mp4")
    began, pauses = desk.clock.now, []
    while (due_at := desk.copy(intent).due_at) is not None:
        pauses.append(due_at - desk.clock.now)
        desk.clock.now = due_at
        desk.work()
    assert pauses[1:5] == [10.0, 20.0, 40.0, 80.0]
    assert max(pauses) == 3600.0
    assert desk.clock.now - began <= LINK_LIVES_S
    assert desk.copy(intent).state is CopyState.FAILED


@pytest.mark.usefixtures("believed")
def test_a_film_that_is_cut_off_is_not_kept_and_comes_whole_later(bench: MakeBench, links: Links) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    intent = desk.made(f"{links.url}/a.mp4")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying._Arrived, "begin", lambda self, length: setattr(self, "_length", (length or 0) + 1))
        desk.work()
    assert (desk.copy(intent).state, desk.copy(intent).why) == (CopyState.WAITING, "cut_off")
    desk.clock.pass_(10.0)
    desk.work()
    assert desk.is_kept(intent)


@pytest.mark.usefixtures("believed")
def test_a_copy_of_200_megabytes_takes_less_than_16_of_memory(bench: MakeBench, links: Links) -> None:
    desk = bench()
    links.answers["/big.mp4"] = [(200, bytes(BIG))]
    intent = desk.made(f"{links.url}/big.mp4")
    tracemalloc.start()
    desk.work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"a copy of {BIG >> 20} MB: {peak / 1024 / 1024:.1f} MB at most")
    assert desk.is_kept(intent)
    assert peak < MOST_MEMORY


def test_more_than_500_megabytes_are_not_taken(bench: MakeBench, links: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "FILM_BYTES", 3)
    desk = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    intent = desk.made(f"{links.url}/a.mp4")
    desk.work()
    assert (desk.copy(intent).state, files_in(desk.folder / "results")) != (CopyState.KEPT, [])
    assert desk.copy(intent).state is not CopyState.KEPT


# --- room ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("believed")
def test_a_full_storage_lets_the_oldest_film_go_and_says_so(bench: MakeBench, links: Links) -> None:
    desk = bench(room=4 * 300)
    links.answers["/a.mp4"] = [(200, bytes(100))]
    intents = []
    for _ in range(4):
        intents.append(desk.made(f"{links.url}/a.mp4"))
        desk.work()
        desk.clock.pass_(1.0)
    states = [desk.copy(each).state for each in intents]
    assert states == [CopyState.REMOVED, CopyState.KEPT, CopyState.KEPT, CopyState.KEPT]
    assert desk.copy(intents[0]).removed_at is not None
    assert len(files_in(desk.folder / "results" / "kept")) == 2 * 3


@pytest.mark.usefixtures("believed")
def test_what_is_starred_stays_and_the_next_oldest_goes(bench: MakeBench, links: Links) -> None:
    desk = bench(room=4 * 300)
    links.answers["/a.mp4"] = [(200, bytes(100))]
    stars = desk.desk.store.stars
    intents = []
    for _ in range(4):
        intents.append(desk.made(f"{links.url}/a.mp4"))
        desk.work()
        stars.put("v", intents[0].id, starred=True)
        stars.put("somebody else", intents[-1].id, starred=True)
        desk.clock.pass_(1.0)
    states = [desk.copy(each).state for each in intents]
    assert states == [CopyState.KEPT, CopyState.REMOVED, CopyState.KEPT, CopyState.KEPT]
    stars.put("v", intents[0].id, starred=False)
    desk.made(f"{links.url}/a.mp4")
    desk.work()
    assert desk.copy(intents[0]).state is CopyState.REMOVED


@pytest.mark.usefixtures("believed")
def test_one_visitor_cannot_push_out_anothers_films(bench: MakeBench, links: Links) -> None:
    desk = bench(room=4 * 300)
    links.answers["/a.mp4"] = [(200, bytes(100))]
    of_bob = [desk.made(f"{links.url}/a.mp4", visitor="bob") for _ in range(2)]
    desk.work()
    for _ in range(20):
        desk.clock.pass_(1.0)
        desk.made(f"{links.url}/a.mp4", visitor="ann")
        desk.work()
    assert all(map(desk.is_kept, of_bob))


@pytest.mark.usefixtures("believed")
def test_a_film_that_was_removed_comes_back_when_a_person_tries_again(bench: MakeBench, links: Links) -> None:
    desk = bench(room=4 * 150)
    links.answers["/a.mp4"] = [(200, bytes(100))]
    first = desk.made(f"{links.url}/a.mp4")
    desk.work()
    desk.clock.pass_(1.0)
    desk.made(f"{links.url}/a.mp4")
    desk.work()
    assert desk.copy(first).state is CopyState.REMOVED
    assert not desk.copies.want_again("somebody else", first.id)
    assert desk.copies.want_again("v", first.id)
    desk.work()
    assert desk.is_kept(first)


# --- ends ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("believed")
def test_what_is_forgotten_is_deleted(bench: MakeBench, links: Links) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    intent = desk.made(f"{links.url}/a.mp4")
    desk.work()
    assert desk.desk.store.forget("v", intent.id)
    desk.work()
    assert files_in(desk.folder / "results") == []
    assert desk.copies.of([intent.id]) == {}


@pytest.mark.usefixtures("believed")
def test_a_film_that_is_forgotten_while_it_is_copied_leaves_nothing(bench: MakeBench, links: Links) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    intent = desk.made(f"{links.url}/a.mp4")
    put = desk.storage.put

    def forgotten_meanwhile(key: str, path: Path) -> None:
        desk.desk.store.forget("v", intent.id)
        put(key, path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.storage, "put", forgotten_meanwhile)
        desk.work()
    desk.clock.pass_(COPY_LASTS_S)
    desk.work()
    assert files_in(desk.folder / "results") == []


@pytest.mark.usefixtures("believed")
def test_a_copy_that_a_dead_process_began_is_taken_up_by_the_next(bench: MakeBench, links: Links) -> None:
    dead = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    intent = dead.made(f"{links.url}/a.mp4")
    assert dead.copies.claim(dead.copy(intent)) is not None
    living = bench(clock=dead.clock)
    living.work()
    assert not living.is_kept(intent), "its process may still be at it"
    living.clock.pass_(6.0)
    living.desk.store.beat()
    living.work()
    assert living.is_kept(intent)


@pytest.mark.usefixtures("believed")
def test_two_processes_never_make_the_same_copy(bench: MakeBench, links: Links) -> None:
    one = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    intent = one.made(f"{links.url}/a.mp4")
    other = bench(clock=one.clock)
    as_seen = one.copy(intent)
    assert one.copies.claim(as_seen) is not None
    assert other.copies.claim(as_seen) is None


@pytest.mark.usefixtures("believed")
def test_a_storage_that_takes_nothing_is_tried_again_later(bench: MakeBench, links: Links) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    intent = desk.made(f"{links.url}/a.mp4")
    kept = desk.folder / "results" / "kept"
    kept.rmdir()
    desk.work()
    assert (desk.copy(intent).state, desk.copy(intent).why) == (CopyState.WAITING, "storage")
    kept.mkdir()
    desk.clock.pass_(10.0)
    desk.work()
    assert desk.is_kept(intent)


def test_what_had_not_arrived_when_a_process_ended_is_swept(bench: MakeBench) -> None:
    desk = bench()
    left = desk.folder / "results" / "incoming" / "half"
    left.write_bytes(b"half a film")
    assert desk.storage.sweep() == 0, "it may be arriving"
    os.utime(left, (1, 1))
    assert desk.storage.sweep() == 1
    assert files_in(desk.folder / "results") == []


def test_references_that_are_no_longer_here_fail_with_the_reason(bench: MakeBench, links: Links, film: bytes) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, film)]
    intent = desk.desk.accepted("task-0")
    desk.copies.note_references(intent.id, "v", [ReferenceFile("images", 1, "upload:" + "a" * 24 + ".png", "boat.png")])
    desk.work()
    assert desk.copy(intent).state is CopyState.WAITING, "its film is not there yet"
    desk.films["task-0"] = [f"{links.url}/a.mp4"]
    desk.desk.follow(intent.tasks[0])
    desk.work()
    desk.work()
    states = {each.role.value: (each.state.value, each.why) for each in desk.copies.of([intent.id])[intent.id]}
    assert states == {"film": ("kept", None), "reference": ("failed", "gone")}


# --- what nobody foresaw ---------------------------------------------------------------------------


@pytest.mark.usefixtures("believed")
def test_a_copy_that_fails_by_an_error_of_the_app_is_set_aside_after_five_tries_and_keeps_no_other_waiting(
    bench: MakeBench, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    poisoned, other = desk.made(f"{links.url}/a.mp4"), desk.made(f"{links.url}/a.mp4")
    keep = desk.copies.keep

    def broken(claimed: Copy, kept: Kept) -> bool:
        if claimed.intent_id == poisoned.id:
            raise ValueError("A paper boat")
        return keep(claimed, kept)

    monkeypatch.setattr(desk.copies, "keep", broken)
    for number in range(8):
        for each in desk.copies.due(100):
            with contextlib.suppress(ValueError):
                desk.copier.copy_once(each)
        copy = desk.copy(poisoned)
        assert copy.tries == min(number + 1, 5)
        desk.clock.pass_(3600.0)
    assert desk.is_kept(other)
    assert (copy.state, copy.why, copy.due_at) == (CopyState.FAILED, "broke", None)
    work = {each.kind: each for each in desk.desk.store.set_aside.work()}
    assert (work["copy"].queue, work["copy"].failed, work["copy"].set_aside) == (0, 0, 1)
    (aside,) = desk.desk.store.set_aside.newest()
    assert (aside.kind, aside.visitor) == ("copy", "v")
    assert re.fullmatch(r"ValueError at weryai_ui/jobs/copying.py:\d+", aside.error)
    monkeypatch.undo()
    assert desk.desk.store.set_aside.try_again() == 1
    assert desk.desk.store.set_aside.newest() == []


@pytest.mark.usefixtures("believed")
def test_what_was_set_aside_is_copied_when_its_owner_has_it_tried_again(bench: MakeBench, links: Links) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    intent = desk.made(f"{links.url}/a.mp4")
    for _ in range(5):
        claimed = desk.copies.claim(desk.copy(intent))
        assert claimed is not None
        desk.copies.put_off(claimed, "broke", desk.clock.now, "ValueError")
    assert desk.copies.due(100) == ()
    desk.desk.store.set_aside.try_again()
    desk.work()
    copy = desk.copy(intent)
    assert (copy.state, copy.faults, copy.error, copy.tries) == (CopyState.KEPT, 0, None, 1)


@pytest.mark.usefixtures("believed")
def test_a_copy_whose_processes_die_of_it_is_set_aside_before_the_sixth_does(bench: MakeBench, links: Links) -> None:
    clock = Clock()
    intent = bench(clock=clock).made(f"{links.url}/a.mp4")
    for _ in range(5):
        desk = bench(clock=clock)
        assert desk.copies.claim(desk.copy(intent)) is not None
        clock.pass_(6.0)
    last = bench(clock=clock)
    last.work()
    assert (last.copy(intent).state, last.copy(intent).why) == (CopyState.FAILED, "broke")
    (aside,) = last.desk.store.set_aside.newest()
    assert aside.error == "the process ended in the middle"
    assert links.asked == []


@pytest.mark.usefixtures("believed")
def test_a_copy_that_is_given_up_at_the_end_of_its_process_waits_for_the_next_and_has_no_fault(
    bench: MakeBench, links: Links
) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    intent = desk.made(f"{links.url}/a.mp4")
    desk.copier.end()
    desk.work()
    copy = desk.copy(intent)
    assert (copy.state, copy.faults, copy.due_at) == (CopyState.WAITING, 0, desk.clock.now)
    bench(clock=desk.clock).work()
    assert desk.is_kept(intent)


@pytest.mark.usefixtures("believed")
def test_a_copy_that_its_process_could_not_let_go_is_taken_up_by_itself(bench: MakeBench, links: Links) -> None:
    desk = bench()
    links.answers["/a.mp4"] = [(200, b"film")]
    intent = desk.made(f"{links.url}/a.mp4")
    assert desk.copies.claim(desk.copy(intent)) is not None
    desk.work()
    assert desk.is_kept(intent)
