"""Videos are made to fit in the background: two at once, a few of a visitor, ended when nobody wants them any more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.durability.waiting import until
from tests.media import made
from weryai_ui.files.fitting import AT_ONCE, WAITING_OF_VISITOR, Fitter, State
from weryai_ui.files.storage import BRIEFLY_SECONDS, NoRoom, Owner
from weryai_ui.files.upload_records import Upload
from weryai_ui.files.uploads import Uploads
from weryai_ui.i18n import Locale, speaking

ANN, BOB = Owner("ann", "her address"), Owner("bob", "his address")


def given(uploads: Uploads, owner: Owner = ANN, data: bytes = b"") -> Upload:
    arrived = uploads.incoming(owner, 1_000_000)
    arrived.write_bytes(data or made.clip(3.0, "matroska"))
    return uploads.take_in(arrived, "talk.mkv")


def ended(fitter: Fitter, link: str) -> State:
    until(lambda: (state := fitter.states([link]).get(link)) is not None and (state.link or state.refused) is not None)
    return fitter.states([link])[link]


def test_a_video_becomes_another_file_that_names_the_one_it_was_made_of(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    fitter, upload = Fitter(uploads), given(uploads)
    assert not upload.may_leave
    fitter.start(upload.link, BOB.id)
    state = ended(fitter, upload.link)
    made_of = uploads.get(state.link or "")
    fitter.stop()
    assert made_of is not None
    assert (made_of.name, made_of.owner.id, made_of.may_leave) == ("talk.mp4", BOB.id, True)
    assert made_of.given is not None
    assert made_of.given.link == upload.link
    assert uploads.get(upload.link) == upload


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Holds every conversion until the test has ended; gives how many there are."""
    go_on, begun = threading.Event(), []

    def hold(self: Uploads, link: str, **_: Any) -> None:
        begun.append(link)
        go_on.wait(60)
        raise AssertionError("nobody waits for this")

    monkeypatch.setattr(Uploads, "fit", hold)
    monkeypatch.setattr(Fitter, "stop", lambda self: go_on.set())
    return lambda: len(begun)


def test_two_run_at_once_and_a_visitor_has_no_more_than_a_few(tmp_path: Path, held: Callable[[], int]) -> None:
    fitter = Fitter(Uploads(tmp_path))
    for number in range(WAITING_OF_VISITOR):
        fitter.start(f"upload:{number}", ANN.id)
        fitter.start(f"upload:{number}", ANN.id)
    with pytest.raises(NoRoom, match="Too many videos are being converted"):
        fitter.start("upload:one-too-many", ANN.id)
    fitter.start("upload:of-another", BOB.id)
    until(lambda: held() == AT_ONCE)
    assert fitter.states(["upload:of-another", "upload:unknown"]) == {"upload:of-another": State(waits=True)}
    fitter.give_up("upload:of-another")
    assert fitter.states(["upload:of-another"]) == {}
    fitter.stop()


def test_a_conversion_that_is_given_up_ends_its_child_and_leaves_nothing(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    fitter, upload = Fitter(uploads), given(uploads, data=made.clip(15.0, "matroska", size=(640, 480)))
    before = set(tmp_path.iterdir())
    fitter.start(upload.link, ANN.id)
    until(lambda: bool(fitter.states([upload.link])))
    fitter.give_up(upload.link)
    fitter.stop()
    assert fitter.states([upload.link]) == {}
    assert set(tmp_path.iterdir()) == before


def test_what_cannot_be_made_is_said_in_the_language_of_who_asked(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    fitter, upload = Fitter(uploads), given(uploads)
    with uploads.file(upload) as path:
        path.write_bytes(b"nothing of a film")
    with speaking(Locale.ZH):
        fitter.start(upload.link, ANN.id)
    assert "文件" in (ended(fitter, upload.link).refused or "")
    fitter.stop()


def test_a_file_that_does_not_fit_goes_after_an_hour_and_what_was_made_of_it_stays(tmp_path: Path) -> None:
    now = [1_000_000.0]
    uploads = Uploads(tmp_path, clock=lambda: now[0], monotonic=lambda: now[0])
    upload = given(uploads)
    fitting = uploads.fit(upload.link)
    again = Uploads(tmp_path, clock=lambda: now[0], monotonic=lambda: now[0])
    now[0] += BRIEFLY_SECONDS + 3600
    for each in (uploads, again):
        each.release(each.incoming(BOB, 1))
    assert uploads.get(upload.link) is None
    assert uploads.get(fitting.link) == fitting
