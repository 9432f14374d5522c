"""What a supervisor and a monitor are told: whether every part is there, and figures that name nobody."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from tests.conftest import App, StartApp
from tests.durability.outage import OUTAGES
from tests.durability.waiting import until
from tests.security.conftest import Answer, Witness, ask, generate
from weryai_ui.ui.http import health

CODE = "the owner's own words"
ALL_THERE = dict.fromkeys(("app", "database", "storage", "follower"), "ok")
NOBODY_IS_THERE = "http://127.0.0.1:9"


def figures(answer: Answer) -> dict[str, float]:
    """Every sample by its name and the values of its labels."""
    assert answer.status == 200
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def ready(app: App) -> tuple[int, Any]:
    answer = ask(app.url, "/readyz")
    return answer.status, answer.data


def test_ready_names_every_part(app: App) -> None:
    assert ready(app) == (200, ALL_THERE)


@pytest.mark.parametrize("name", ["full", "locked"])
def test_a_database_that_takes_nothing_is_not_ready_until_it_does(app: App, name: str) -> None:
    outage = OUTAGES[name](app.service._store)
    outage.begin()
    try:
        until(lambda: ready(app) == (503, {**ALL_THERE, "database": "away"}))
        assert ask(app.url, "/healthz").status == 200  # which says only whether the app serves
    finally:
        outage.end()
    until(lambda: ready(app) == (200, ALL_THERE))


def test_a_storage_that_is_gone_is_not_ready(app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(health, "STORAGE_ASKED_EVERY_S", 0.0)
    folder = app.service.storage.folder
    assert folder is not None
    folder.rename(tmp_path / "elsewhere")
    assert ready(app) == (503, {**ALL_THERE, "storage": "away"})
    (tmp_path / "elsewhere").rename(folder)
    assert ready(app) == (200, ALL_THERE)


def test_a_bucket_that_does_not_answer_is_not_ready_and_keeps_nobody_waiting(
    start_app: StartApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": NOBODY_IS_THERE,
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(health, "STORAGE_ANSWERS_WITHIN_S", 0.5)
    app = start_app(storage_url="s3://films/studio")
    began = time.monotonic()
    assert ready(app) == (503, {**ALL_THERE, "storage": "away"})
    # The library itself would go on for its 30 s.
    assert time.monotonic() - began < 20


def test_without_a_code_there_are_no_metrics(app: App) -> None:
    assert ask(app.url, "/metrics").status == 404


def test_metrics_are_for_who_bears_the_code_and_name_nobody(start_app: StartApp, witness: Witness) -> None:
    app = start_app(
        api_key=SecretStr("sk-owners-very-own"), base_url=witness.url, owner_code=SecretStr(CODE), poll_seconds=0.2
    )
    generate(app)

    def asked() -> Answer:
        return ask(app.url, "/metrics", headers={"Authorization": f"Bearer {CODE}"})

    until(lambda: figures(asked())["weryai_polls_total"] >= 1)
    answer = asked()
    assert answer.headers["content-type"].startswith("text/plain") and answer.headers["cache-control"] == "no-store"
    found = figures(answer)
    assert found["weryai_submissions_today owner-key"] == 1
    assert found["weryai_submissions_month owner-key"] == 1
    assert found["weryai_spending_stopped"] == 0
    assert found["process_resident_memory_bytes"] > 1e6
    for secret in (b"A paper boat", b"sk-", CODE.encode()):
        assert secret not in answer.body


def test_guessing_the_code_at_the_metrics_is_slowed_down(start_app: StartApp) -> None:
    app = start_app(owner_code=SecretStr(CODE))
    for given in ("", "Bearer wrong", f"Basic {CODE}"):
        assert ask(app.url, "/metrics", headers={"Authorization": given}).status == 401
    # Too soon after a wrong one: not even looked at, here and at the page's door.
    assert ask(app.url, "/metrics", headers={"Authorization": f"Bearer {CODE}"}).status == 401
