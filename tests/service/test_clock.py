"""The clock of the machine is set by days: what waits within the process waits as long as it should, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.durability.scripted import exchange
from tests.durability.test_clock import DAYS, SETTINGS_OF_THE_CLOCK, Machine
from tests.media import made
from weryai_ui.access import visitors
from weryai_ui.access.accounts import visitor_id
from weryai_ui.access.policy import GRANT_SECONDS
from weryai_ui.access.throttle import FIRST_WAIT_SECONDS
from weryai_ui.client.weryai import UploadAnswer
from weryai_ui.files.forwarding import SENT_LINK_SECONDS
from weryai_ui.files.storage import KEPT_SECONDS, UNKNOWN
from weryai_ui.files.upload_records import Upload
from weryai_ui.jobs.presence import WATCHES_FOR_S
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission
from weryai_ui.settings import Settings
from weryai_ui.store.records import SendTo
from weryai_ui.store.submissions import Store

CODE = "open sesame, please"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine whose clocks are right as it starts: files bear the times of the real one."""
    return Machine(wall_now(tmp_path))


def wall_now(folder: Path) -> float:
    probe = folder / "probe"
    probe.write_bytes(b"")
    return probe.stat().st_mtime


@pytest.fixture
def service(settings: Settings, machine: Machine) -> Iterator[Service]:
    changed = Settings(
        data_dir=settings.data_dir,
        database_url=settings.database_url,
        api_key=SecretStr("sk-owner-0123456789"),
        access_code=SecretStr(CODE),
        submits_apart_s=0.0,
    )
    store = Store(settings.database_url, clock=machine.wall, monotonic=machine.monotonic)
    running = Service(changed, store, clock=machine.wall, monotonic=machine.monotonic)
    yield running
    running.stop()


def refusal(service: Service, visitor: str, code: str = "") -> str | None:
    prepared = service.prepare(Submission(FORM, SendTo.OWNER_KEY, visitor, code=code))
    return prepared.refusal


FORM: dict[str, Any] = {"model": "SEEDANCE_2_0", "prompt": "A paper boat", "duration": 5, "resolution": "480p"}


@SETTINGS_OF_THE_CLOCK
def test_the_right_code_opens_after_a_second_however_the_clock_was_set(
    service: Service, machine: Machine, set_by: float
) -> None:
    visitor = visitors.new_token()
    assert refusal(service, visitor, "wrong") is not None
    machine.set_by(set_by)
    machine.pass_(FIRST_WAIT_SECONDS)
    assert refusal(service, visitor, CODE) is None


@SETTINGS_OF_THE_CLOCK
def test_a_code_opens_for_half_a_day_however_the_clock_was_set(
    service: Service, machine: Machine, set_by: float
) -> None:
    visitor = visitors.new_token()
    assert refusal(service, visitor, CODE) is None
    machine.set_by(set_by)
    machine.pass_(GRANT_SECONDS - 1)
    assert refusal(service, visitor) is None
    machine.pass_(2)
    assert refusal(service, visitor) is not None


@SETTINGS_OF_THE_CLOCK
def test_who_has_gone_is_not_looking_however_the_clock_was_set(
    service: Service, machine: Machine, set_by: float
) -> None:
    visitor = visitors.new_token()
    service.watching(visitor)
    machine.set_by(set_by)
    assert service._presence.is_watching(visitor_id(visitor))
    machine.pass_(WATCHES_FOR_S + 1)
    assert not service._presence.is_watching(visitor_id(visitor))


def taken_in(service: Service, content: bytes) -> Upload:
    arrived = service.uploads.incoming(UNKNOWN)
    arrived.write_bytes(content)
    return service.uploads.take_in(arrived, "boat.png")


def another_comes(service: Service) -> None:
    service.uploads.release(service.uploads.incoming(UNKNOWN))


def test_files_stay_when_the_clock_is_set_forward_by_days(service: Service, machine: Machine) -> None:
    upload = taken_in(service, made.picture())
    machine.set_by(DAYS)
    machine.pass_(60.0)
    another_comes(service)
    assert service.uploads.get(upload.link) is not None


@pytest.mark.parametrize("at_start", [0.0, DAYS], ids=["right at the start", "ahead at the start, set back since"])
def test_files_go_after_two_days_and_not_before(settings: Settings, machine: Machine, at_start: float) -> None:
    machine.set_by(at_start)
    service = Service(settings, Store(settings.database_url), clock=machine.wall, monotonic=machine.monotonic)
    machine.set_by(-at_start)
    upload = taken_in(service, made.picture())
    machine.pass_(KEPT_SECONDS - 60.0)
    another_comes(service)
    assert service.uploads.get(upload.link) is not None
    machine.pass_(120.0)
    another_comes(service)
    assert service.uploads.get(upload.link) is None
    service.stop()


class Counting:
    """A service that takes every file and counts them."""

    def __init__(self) -> None:
        self.taken = 0

    def upload(self, *_: Any) -> UploadAnswer:
        self.taken += 1
        return UploadAnswer(f"https://example.com/{self.taken}.png", exchange(), None, None)


@SETTINGS_OF_THE_CLOCK
def test_a_link_that_the_service_gave_is_used_for_six_hours_however_the_clock_was_set(
    service: Service, machine: Machine, set_by: float
) -> None:
    upload, client = taken_in(service, made.picture()), Counting()

    def send() -> int:
        assert service.uploader.send({upload.link: "image 1"}, client, "account").refusal is None  # type: ignore[arg-type]
        return client.taken

    assert send() == 1
    machine.set_by(set_by)
    machine.pass_(SENT_LINK_SECONDS - 1)
    assert send() == 1
    machine.pass_(2)
    assert send() == 2
