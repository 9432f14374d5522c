"""How long the history is kept, from the setting to the rows and the words on the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.durability.scripted import Clock
from tests.service.conftest import new_submission, until
from tests.visitors import VISITOR
from weryai_ui.client.outcome import Outcome
from weryai_ui.i18n import Locale, speaking
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.service import Service
from weryai_ui.settings import Settings
from weryai_ui.store.retention import DAY_S
from weryai_ui.store.submissions import Store
from weryai_ui.ui.handlers import Handlers


@pytest.fixture
def clock() -> Clock:
    return Clock()


def made(settings: Settings, sandbox: SandboxServer, clock: Clock) -> Service:
    service = Service(settings, Store(settings.database_url, clock=clock), clock=clock)
    service.accounts.sandbox_url = sandbox.url
    return service


@pytest.mark.parametrize(("days", "kept_days"), [(90, 7), (3, 3)])
def test_a_refused_request_of_the_sandbox_goes_after_a_week_or_sooner_where_the_owner_says_so(
    settings: Settings, sandbox: SandboxServer, clock: Clock, days: int, kept_days: int
) -> None:
    service = made(replace(settings, history_days=days), sandbox, clock)
    for scenario in ("sk-sandbox-no-credits", "sk-sandbox-malformed"):
        assert service.submit(new_submission(scenario=scenario)).intent is not None
    clock.pass_(kept_days * DAY_S - 1)
    service.forget_old()
    assert len(service.tasks(VISITOR)) == 2
    clock.pass_(2)
    service.forget_old()
    assert [each.outcome for each in service.tasks(VISITOR)] == [Outcome.UNKNOWN]
    service.stop()


def test_what_is_starred_stays_in_the_history_and_a_visitor_has_so_many_stars(
    settings: Settings, sandbox: SandboxServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weryai_ui.store.stars.MOST_STARRED", 1)
    service = made(settings, sandbox, clock)
    first, second = (
        service.submit(new_submission(scenario="sk-sandbox-no-credits", idempotency_key=f"{number:032x}")).intent
        for number in range(2)
    )
    assert first is not None
    assert second is not None
    star = Handlers(service).star
    cards = star({"visitor": VISITOR, "intent": first.id, "starred": True})["cards"]
    assert {card["id"]: card["starred"] for card in cards} == {first.id: True, second.id: False}
    assert "can be starred" in star({"visitor": VISITOR, "intent": second.id, "starred": True})["said"]
    clock.pass_(8 * DAY_S)
    service.forget_old()
    assert [each.id for each in service.tasks(VISITOR)] == [first.id]
    star({"visitor": VISITOR, "intent": first.id, "starred": None})
    service.forget_old()
    assert service.tasks(VISITOR) == ()
    service.stop()


def test_the_page_says_how_long_the_history_is_kept_in_both_languages(service: Service) -> None:
    asked = Handlers(service).history.list_history
    english = asked({"visitor": VISITOR})["kept"]
    with speaking(Locale.ZH):
        chinese = asked({"visitor": VISITOR})["kept"]
    for said in (english, chinese):
        for figure in ("90", "7", "10,000", "1,000"):
            assert figure in said
    assert english != chinese


def test_the_follower_has_old_records_deleted_beside_its_heartbeat(
    settings: Settings, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weryai_ui.jobs.follower.TIDIES_AFTER_S", 0.0)
    clock = Clock()
    service = made(settings, sandbox, clock)
    service.submit(new_submission(scenario="sk-sandbox-no-credits"))
    service.stop()
    clock.pass_(8 * DAY_S)
    service = made(settings, sandbox, clock)
    service.start(sandbox.url)
    until(lambda: not service.tasks(VISITOR))
    service.stop()
