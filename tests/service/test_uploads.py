"""Files go where the request goes, once, before anything is paid; one that fails stops it and says which."""

from __future__ import annotations

import json

import pytest

from tests.media import made
from tests.service.conftest import FORM, new_submission
from tests.visitors import VISITOR
from weryai_ui.client.outcome import Outcome
from weryai_ui.files.forwarding import Uploader
from weryai_ui.files.storage import Owner
from weryai_ui.files.upload_records import Upload
from weryai_ui.media import MediaError
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service

ANN = Owner("ann", "her address")


def given(service: Service, data: bytes, name: str = "boat.png") -> Upload:
    arrived = service.uploads.incoming(ANN)
    arrived.write_bytes(data)
    return service.uploads.take_in(arrived, name)


def test_a_file_is_uploaded_when_the_request_is_sent_and_its_link_stands_in_the_body(
    service: Service, sandbox: SandboxServer
) -> None:
    upload = given(service, made.picture(size=(640, 480)))
    submitted = service.submit(new_submission(values={**FORM, "images": [upload.link]}))
    assert submitted.intent is not None
    assert submitted.intent.outcome is Outcome.ACCEPTED
    (sent,) = sandbox.ledger
    (link,) = json.loads(sent.body)["images"]
    assert link.startswith(f"{sandbox.url}/media/")
    opened = service.open(VISITOR, submitted.intent.id)
    assert opened is not None
    assert [each.kind for each in opened[1]][:2] == ["upload", "submit"]


def test_the_same_bytes_go_to_the_same_place_once(service: Service) -> None:
    first, second = given(service, made.picture()), given(service, made.picture(), "again.png")
    submission = new_submission(values={**FORM, "images": [first.link, second.link, first.link]})
    prepared = service.prepare(submission)
    assert prepared.request is not None
    assert len(set(prepared.request.images or ())) == 1
    assert len(prepared.uploads) == 1
    assert service.prepare(submission).uploads == ()
    elsewhere = service.prepare(new_submission(values=submission.values, scenario="sk-sandbox-slow"))
    assert len(elsewhere.uploads) == 1


def test_the_same_submission_is_one_submission_although_its_file_got_another_link(
    service: Service, sandbox: SandboxServer
) -> None:
    upload = given(service, made.picture())
    submission = new_submission(values={**FORM, "images": [upload.link]}, idempotency_key="press-0001")
    first = service.submit(submission).intent
    service.uploader = Uploader(service.uploads)
    second = service.submit(submission).intent
    assert first is not None
    assert second is not None
    assert first.id == second.id
    assert len(sandbox.ledger) == 1


def test_a_check_uploads_nothing_when_there_is_a_problem(service: Service) -> None:
    upload = given(service, made.picture())
    prepared = service.prepare(new_submission(values={**FORM, "images": [upload.link], "duration": 4}))
    assert prepared.request is None
    assert service.uploader.progress([upload.link]) == {}


def test_a_repeat_uploads_no_file_again_whether_its_submission_is_there_or_forgotten(service: Service) -> None:
    upload = given(service, made.picture())
    submission = new_submission(values={**FORM, "images": [upload.link]}, idempotency_key="press-0001")
    first = service.submit(submission).intent
    assert first is not None
    service.uploader = Uploader(service.uploads)
    repeat = service.submit(submission).intent
    assert repeat is not None and repeat.id == first.id
    assert service.forget(submission.visitor, first.id)
    assert "removed from the history" in (service.submit(submission).refusal or "")
    assert service.uploader.progress([upload.link]) == {}


@pytest.mark.parametrize("visitor", ["", "me", "a" * 31])
def test_without_a_visitor_token_no_file_leaves_for_the_service(service: Service, visitor: str) -> None:
    upload = given(service, made.picture())
    submission = new_submission(values={**FORM, "images": [upload.link]}, visitor=visitor)
    for refusal in (
        service.prepare(submission).refusal,
        service.upload_one(submission, upload.link),
        service.refusal(submission),
    ):
        assert (refusal or "").startswith("The call names no visitor")
    assert service.uploader.progress([upload.link]) == {}


def test_a_failed_upload_stops_the_submit_before_anything_is_paid_and_says_which(
    service: Service, sandbox: SandboxServer
) -> None:
    good, bad = given(service, made.picture()), given(service, made.noise("PNG"), "second.png")
    with service.uploads.file(bad) as path:
        path.write_bytes(b"not a picture any more")
    submitted = service.submit(new_submission(values={**FORM, "images": [good.link, bad.link]}))
    assert submitted.intent is None
    assert submitted.refusal is not None
    assert submitted.refusal.startswith("Image 2 (second.png) could not be uploaded, so nothing was sent.")
    assert len(sandbox.ledger) == 0
    assert service.tasks(VISITOR) == ()
    progress = service.uploader.progress([good.link, bad.link])
    assert progress[good.link].done
    assert progress[bad.link].failed


def test_a_clips_length_is_held_to_the_rules(service: Service) -> None:
    long = given(service, made.sound(17.0), "long.wav")
    picture = given(service, made.picture())
    checked = service.check({**FORM, "images": [picture.link], "audios": [long.link]})
    assert [found.rule for found in checked.problems] == ["clip_long", "clips_total"]


def test_a_cut_is_a_file_of_its_own_with_the_length_that_was_asked_for(service: Service) -> None:
    long = given(service, made.sound(17.0), "long.wav")
    cut = service.uploads.cut(long.link, 2.0, 8.0)
    assert cut.link != long.link
    assert cut.media.duration_s == pytest.approx(6.0, abs=0.1)
    with pytest.raises(MediaError):
        service.uploads.cut(long.link, 5.0, 5.5)
    with pytest.raises(MediaError):
        service.uploads.cut("upload:nobody-knows-this-one.wav", 0.0, 3.0)


@pytest.mark.parametrize(
    "link", ["upload:../../../etc/passwd", "upload:short", "upload:", "upload:nobody-knows-this-one.png"]
)
def test_a_link_that_is_no_files_gives_nothing(service: Service, link: str) -> None:
    assert service.uploads.get(link) is None
    assert service.check({**FORM, "images": [link]}).request is None


def test_another_extension_on_a_files_id_gives_nothing(service: Service) -> None:
    upload = given(service, made.picture())
    assert service.uploads.get(upload.link) == upload
    assert service.uploads.get(upload.link.replace(".png", ".jpg")) is None


def test_a_refused_file_leaves_nothing_behind(service: Service, settings: object) -> None:
    arrived = service.uploads.incoming(ANN)
    arrived.write_bytes(made.archive())
    with pytest.raises(MediaError, match="ZIP"):
        service.uploads.take_in(arrived, "picture.png")
    assert list(arrived.parent.iterdir()) == []
