"""The owner's page over the wire: a door that is slow to guess, no prompts, and a switch for every process."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from tests.conftest import App, StartApp
from tests.security.conftest import FORM, Answer, Witness, ask, generate
from weryai_ui.access import visitors
from weryai_ui.client.tasks import Video
from weryai_ui.errors import SettingsError
from weryai_ui.request.price import Shape
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission
from weryai_ui.settings import Settings
from weryai_ui.store.copies import want
from weryai_ui.store.copy_records import CopyState
from weryai_ui.store.ledger_records import End, NewEntry, Settled
from weryai_ui.store.records import NewIntent, SendTo
from weryai_ui.store.set_aside import MOST_FAULTS
from weryai_ui.store.submissions import Store

CODE = "the owner's own words"
PROMPT = "A paper boat"


def opened(app: App, code: str = CODE) -> Answer:
    return form(app, {"code": code})


def form(app: App, values: Mapping[str, str], cookie: str = "", **headers: str) -> Answer:
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, **headers}
    return ask(app.url, "/owner", "POST", urlencode(values).encode(), sent)


def inside(app: App) -> str:
    """The cookie of who has come in."""
    answer = opened(app)
    assert (answer.status, answer.headers["location"]) == (303, "owner")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and CODE not in cookie
    return cookie.partition(";")[0]


def page(app: App, cookie: str, **headers: str) -> str:
    answer = ask(app.url, "/owner", headers={"Cookie": cookie, **headers})
    assert answer.status == 200
    return answer.body.decode()


def token_in(document: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', document)
    assert found is not None
    return found[1]


@pytest.fixture
def owned_app(start_app: StartApp, witness: Witness, tmp_path: Path) -> App:
    """An app with an owner's key, at a database that other processes may open too."""
    return start_app(
        api_key=SecretStr("sk-owners-very-own"),
        base_url=witness.url,
        owner_code=SecretStr(CODE),
        poll_seconds=60.0,
        database_url=f"sqlite:///{tmp_path / 'of_several.sqlite3'}",
    )


def test_without_a_code_there_is_no_such_page(start_app: StartApp) -> None:
    app = start_app()
    for path in ("/owner", "/owner/ledger.csv"):
        assert ask(app.url, path).status == 404
    assert opened(app).status == 404


def test_wrong_codes_are_slowed_down_and_say_nothing_of_the_page(owned_app: App) -> None:
    generate(owned_app)
    door = ask(owned_app.url, "/owner")
    assert door.status == 200 and b"Owner&#39;s code" in door.body and b"Credits" not in door.body
    wrong = opened(owned_app, "not the right one")
    assert wrong.status == 403 and b"Try again in 1 s." in wrong.body and "set-cookie" not in wrong.headers
    assert opened(owned_app).status == 403  # too soon: not even looked at
    for cookie in ("weryai-owner=9999999999.aaaa", "weryai-owner=.", "weryai-owner=1.x", "weryai-owner=²³.x"):
        assert (
            b"Credits" not in ask(owned_app.url, "/owner", headers={"Cookie": cookie.encode().decode("latin-1")}).body
        )
    assert ask(owned_app.url, "/owner/ledger.csv").status == 403


def test_the_page_has_figures_and_no_prompt_no_key_and_nothing_of_others(owned_app: App, witness: Witness) -> None:
    generate(owned_app)
    generate(owned_app, "my-key", key="sk-somebodys")
    cookie = inside(owned_app)
    answer = ask(owned_app.url, "/owner", headers={"Cookie": cookie})
    document = answer.body.decode()
    assert "Submissions today" in document
    assert "WeryAI, owner&#39;s key: 1" in document
    for secret in (PROMPT, "sk-", CODE):
        assert secret not in document
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in document and "://" not in document.replace("http://www.w3.org", "")
    assert "今日提交" in page(owned_app, cookie, **{"Accept-Language": "zh-CN"})


def test_stop_spending_closes_the_key_at_once_for_every_process(owned_app: App, witness: Witness) -> None:
    cookie = inside(owned_app)
    store = Store(owned_app.service.settings.database_url)
    other = Service(replace(owned_app.service.settings), store)
    before = len([each for each in witness.arrived if each.method == "POST"])
    token = token_in(page(owned_app, cookie))
    for values, headers in (
        ({"action": "stop"}, {}),
        ({"action": "stop", "token": "0" * 64}, {}),
        ({"action": "stop", "token": token}, {"Origin": "https://example.com"}),
    ):
        assert form(owned_app, values, cookie, **headers).status == 403
    assert form(owned_app, {"action": "stop", "token": token}, "").status == 403
    assert not other.access.is_stopped()
    assert form(owned_app, {"action": "stop", "token": token}, cookie).status == 303
    stopped = generate(owned_app)
    assert "stopped spending" in str(stopped)
    # The other process has looked a moment ago; what it would send is stopped all the same.
    told = other.submit(Submission(FORM, SendTo.OWNER_KEY, visitors.new_token()))
    assert told.intent is None and "stopped spending" in (told.refusal or "")
    assert len([each for each in witness.arrived if each.method == "POST"]) == before
    assert "accepted" in str(generate(owned_app, "my-key", key="sk-somebodys")).lower()
    document = page(owned_app, cookie)
    assert "Spending is stopped" in document
    assert form(owned_app, {"action": "resume", "token": token_in(document)}, cookie).status == 303
    assert "accepted" in str(generate(owned_app)).lower()
    store.close()


def test_the_file_has_every_entry_and_only_the_owners_money(owned_app: App) -> None:
    store = owned_app.service._store
    for number, (send_to, who) in enumerate(((SendTo.OWNER_KEY, "login:=ann"), (SendTo.MY_KEY, ""))):
        entry = NewEntry(str(send_to), "https://example.com", who, Shape("M", "720p", 5, "true", 1))
        new = NewIntent("b" * 64, f"press-{number}", "{}", send_to, None, "https://example.com")
        intent = store.begin(new, None, entry).intent
        mine = [each for each in store.ledger.open() if each.intent_id == intent.id]
        store.ledger.settle(mine, [Settled(intent.id, End.READY, 60.0, False)], 40, 0.0)
    answer = ask(owned_app.url, "/owner/ledger.csv", headers={"Cookie": inside(owned_app)})
    assert answer.headers["content-type"].startswith("text/csv")
    by_key = {row["send_to"]: row for row in csv.DictReader(io.StringIO(answer.body.decode()))}
    assert (by_key["owner-key"]["credits"], by_key["owner-key"]["credits_after"]) == ("60.0", "40")
    assert (by_key["my-key"]["credits"], by_key["my-key"]["credits_after"]) == ("", "")
    assert (by_key["owner-key"]["who"], by_key["my-key"]["who"]) == ("login:=ann", "bbbbbbbb")
    document = page(owned_app, inside(owned_app))
    assert "login:=ann" in document and '<p class="figure">60</p>' in document


def test_who_signs_out_has_to_come_in_again(owned_app: App) -> None:
    cookie = inside(owned_app)
    left = form(owned_app, {"action": "leave", "token": token_in(page(owned_app, cookie))}, cookie)
    assert left.status == 303 and 'weryai-owner=""' in left.headers["set-cookie"]


def test_owners_by_name_are_for_a_space_with_a_sign_in() -> None:
    space = {"SPACE_ID": "a/b", "OAUTH_CLIENT_ID": "x", "OAUTH_CLIENT_SECRET": "y", "WERYAI_OWNERS": "Ann, bob"}
    assert Settings.from_env(space).owners == {"ann", "bob"}
    with pytest.raises(SettingsError, match="WERYAI_OWNERS works on a Hugging Face Space"):
        Settings.from_env({"WERYAI_OWNERS": "ann"})
    with pytest.raises(SettingsError, match="WERYAI_OWNER_CODE has 5 characters"):
        Settings.from_env({"WERYAI_OWNER_CODE": "short"})


def test_what_was_set_aside_stands_there_with_its_error_and_is_tried_again_from_there(owned_app: App) -> None:
    intent = owned_app.service.submit(Submission(FORM, SendTo.OWNER_KEY, visitors.new_token())).intent
    assert intent is not None
    store = owned_app.service._store
    owned_app.service.copier.end()
    with store._engine.begin() as connection:
        want(connection, intent.id, 1, [Video("https://films.example/a.mp4")], 0.0)
    copy_id = store.copies.of([intent.id])[intent.id][0].id
    for _ in range(MOST_FAULTS):
        claimed = store.copies.claim(store.copies.of([intent.id])[intent.id][0])
        assert claimed is not None
        store.copies.put_off(claimed, "broke", 0.0, "ValueError at weryai_ui/jobs/copying.py:97")
    cookie = inside(owned_app)
    document = page(owned_app, cookie)
    assert "ValueError at weryai_ui/jobs/copying.py:97" in document
    assert "films.example" not in document and copy_id not in document
    counted = ask(owned_app.url, "/metrics", headers={"Cookie": cookie}).body.decode()
    assert 'weryai_work{kind="copy",state="set_aside"} 1.0' in counted
    assert form(owned_app, {"action": "again"}, cookie).status == 403
    assert form(owned_app, {"action": "again", "token": token_in(document)}, cookie).status == 303
    assert "ValueError" not in page(owned_app, cookie)
    (copy,) = store.copies.of([intent.id])[intent.id]
    assert (copy.state, copy.faults) == (CopyState.WAITING, 0)
