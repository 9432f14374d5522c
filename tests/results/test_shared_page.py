"""A shared page: for somebody who knows nothing, without cookies or script; gone at once when it is stopped."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import pytest
import requests
from gradio_client import Client
from PIL import Image

from tests.conftest import App, StartApp
from tests.media import made
from tests.results.conftest import files_in, finished, read, share
from tests.service.conftest import FORM, new_submission, until
from tests.service.test_uploads import given
from tests.visitors import VISITOR, visitor_named
from weryai_ui.i18n import say
from weryai_ui.jobs.copier import Copier
from weryai_ui.service.sharing import DAY_S, Lasts, NotShared, Options, Sharing
from weryai_ui.store.copy_records import CopyState, Role
from weryai_ui.store.records import Intent
from weryai_ui.ui.shared.content import without_inner
from weryai_ui.ui.sharing import options_of

PROMPT = "A paper boat & a <b>lantern</b> drift down the river at dusk"
MOST_BYTES = 60_000
CARD_BYTES = 300_000
SECRET_WORDS = ("sk-", "127.0.0.1", "localhost", VISITOR, "caller_id", "webhook")


@pytest.fixture(scope="module")
def intent(app: App) -> Intent:
    """A film made with a reference in the sandbox, whose own files were deleted since."""
    upload = given(app.service, made.picture(size=(640, 480)), "the boat.png")
    found = finished(app.service, values={**FORM, "prompt": PROMPT, "images": [upload.link], "caller_id": 7})
    copies = app.service.copies.of

    def all_kept() -> bool:
        return all(each.state is CopyState.KEPT for each in copies([found.id])[found.id])

    until(all_kept)
    for path in files_in(app.service.settings.data_dir / "sandbox" / "media"):
        path.unlink()
    return found


def test_a_stranger_sees_the_film_the_prompt_and_the_references(app: App, intent: Intent) -> None:
    address, _ = share(app, intent, title="For <Friday>", note="Second & last")
    answer = requests.get(address, timeout=10)
    assert answer.status_code == 200
    for words in ("For &lt;Friday&gt;", "Second &amp; last", "A paper boat &amp; a &lt;b&gt;lantern", "the boat.png"):
        assert words in answer.text, words
    assert "<b>" not in answer.text
    links = read(answer.text)
    base = address.rpartition("/")[0]
    for each in {*links.found["src"], *links.found["poster"]}:
        loaded = requests.get(f"{base}/{each}", timeout=10)
        assert loaded.status_code == 200, each
    (film,) = [each for each in links.found["src"] if f"{each}/poster" in links.found["poster"]]
    part = requests.get(f"{base}/{film}", headers={"Range": "bytes=0-99"}, timeout=10)
    assert (part.status_code, len(part.content)) == (206, 100)
    saved = requests.get(f"{base}/{film}?download", timeout=10)
    assert saved.headers["content-disposition"].startswith("attachment; filename*=UTF-8''20")


def test_the_page_is_small_and_runs_nothing_of_its_own(app: App, intent: Intent) -> None:
    address, _ = share(app, intent, shows_code=True)
    answer = requests.get(address, timeout=10)
    print(f"a shared page with everything on it: {len(answer.content)} bytes")
    assert len(answer.content) <= MOST_BYTES
    assert read(answer.text).inline_scripts == 0
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not answer.cookies


def test_nothing_of_the_server_or_its_visitors_is_on_it(app: App, intent: Intent) -> None:
    address, _ = share(app, intent, shows_code=True)
    text = requests.get(address, timeout=10).text
    without_preview = re.sub(r"<meta [^>]*>", "", text)
    assert "import" in without_preview, "the programs are there"
    for word in (*SECRET_WORDS, intent.visitor, intent.id):
        # As a word of its own: the programs name their films by "$task-1.mp4".
        assert not re.search(rf"(?<![a-z]){re.escape(word)}", without_preview), word


def test_what_is_not_to_be_shown_is_not_there_and_neither_are_its_files(app: App, intent: Intent) -> None:
    address, _ = share(app, intent, shows_prompt=False)
    text = requests.get(address, timeout=10).text
    assert "lantern" not in text
    assert "boat.png" not in text
    film = read(text).found["src"][0]
    named = requests.head(f"{address.rpartition('/')[0]}/{film}", timeout=10).headers["content-disposition"]
    assert "boat" not in named
    (reference,) = [each for each in app.service.copies.of([intent.id])[intent.id] if each.role is Role.REFERENCE]
    assert requests.get(f"{address}/{reference.id}", timeout=10).status_code == 404
    open_address, _ = share(app, intent)
    assert requests.get(f"{open_address}/{reference.id}/poster", timeout=10).status_code == 200


def test_a_chat_app_finds_a_picture_it_can_show(app: App, intent: Intent) -> None:
    address, _ = share(app, intent, title="The boat")
    metas = read(requests.get(address, timeout=10).text).metas
    assert metas["og:title"] == metas["twitter:title"] == "The boat"
    assert metas["og:url"] == address
    assert metas["twitter:card"] == "summary_large_image"
    picture = requests.get(metas["og:image"], timeout=10)
    assert metas["og:image"].startswith("http://")
    assert (picture.headers["content-type"], Image.open(io.BytesIO(picture.content)).format) == ("image/jpeg", "JPEG")
    print(f"the link's picture: {len(picture.content)} bytes")
    assert len(picture.content) <= CARD_BYTES
    film = requests.get(metas["og:video"], timeout=10)
    assert film.headers["content-type"] == metas["og:video:type"] == "video/mp4"


def test_a_page_that_is_shared_before_its_film_is_kept_says_so(
    start_app: StartApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Copier, "copy_once", lambda *_: None)
    app = start_app()
    submitted = app.service.submit(new_submission()).intent
    assert submitted is not None

    def has_film() -> bool:
        opened = app.service.open(VISITOR, submitted.id)
        return opened is not None and bool(opened[0].tasks[0].videos)

    until(has_film)
    address, _ = share(app, submitted)
    answer = requests.get(address, timeout=10)
    assert answer.status_code == 200
    assert say("shared.not_there") in answer.text
    metas = read(answer.text).metas
    assert metas["twitter:card"] == "summary"
    assert "og:image" not in metas and "og:video" not in metas


def test_what_is_no_longer_shared_is_gone_at_once_with_its_bytes(app: App, intent: Intent) -> None:
    address, share_id = share(app, intent)
    film = read(requests.get(address, timeout=10).text).found["src"][0]
    loaded = f"{address.rpartition('/')[0]}/{film}"
    assert requests.get(loaded, timeout=10).status_code == 200
    assert not app.service.sharing.stop(visitor_named("somebody-else"), share_id)
    assert requests.get(loaded, timeout=10).status_code == 200
    assert app.service.sharing.stop(VISITOR, share_id)
    assert [requests.get(each, timeout=10).status_code for each in (address, loaded)] == [404, 404]


def test_it_speaks_the_readers_language(app: App, intent: Intent) -> None:
    address, _ = share(app, intent)
    text = requests.get(address, headers={"Accept-Language": "zh-CN"}, timeout=10).text
    assert '<html lang="zh">' in text
    assert "提示词" in text


def test_a_board_has_each_result_with_its_note(app: App, intent: Intent) -> None:
    others = [finished_again(app) for _ in range(3)]
    notes = {each.id: f"note {number}" for number, each in enumerate([intent, *others])}
    address, _ = share(app, intent, *others, title="Four", notes=notes, shows_code=True)
    answer = requests.get(address, timeout=10)
    print(f"a board of four with everything on it: {len(answer.content)} bytes")
    assert all(note in answer.text for note in notes.values())
    assert answer.text.count("<video") == 4
    assert re.findall("Play [^<]*together", answer.text) == [
        "Play all together",
        "Play 1 and 2 together",
        "Play 3 and 4 together",
    ]
    assert len(answer.content) <= MOST_BYTES


def finished_again(app: App) -> Intent:
    return finished(app.service, values={**FORM, "prompt": "Another boat"})


def test_a_page_ends_when_it_was_to(app: App, intent: Intent) -> None:
    now = time.time()
    sharing = Sharing(app.service._store, is_on=True, clock=lambda: now)
    token, made_page = sharing.share(VISITOR, (intent.id,), Options(lasts=Lasts.DAY))
    assert made_page.expires_at == pytest.approx(now + DAY_S)
    assert sharing.open(token, "somewhere") is not None
    later = Sharing(app.service._store, is_on=True, clock=lambda: now + DAY_S + 1)
    app.service._store.shares._clock = lambda: now + DAY_S + 1
    try:
        assert later.open(token, "somewhere") is None
        assert requests.get(f"{app.url}/r/{token}", timeout=10).status_code == 404
    finally:
        app.service._store.shares._clock = time.time


def test_a_page_that_is_changed_keeps_its_end_and_its_notes_where_nothing_is_said_of_them(
    app: App, intent: Intent
) -> None:
    sharing = app.service.sharing
    _, made_page = sharing.share(VISITOR, (intent.id,), Options(notes={intent.id: "The second take"}, lasts=Lasts.WEEK))
    changed = sharing.change(VISITOR, made_page.id, options_of({"title": "After", "lasts": ""}))
    assert (changed.title, changed.expires_at) == ("After", made_page.expires_at)
    assert [each.note for each in changed.results] == ["The second take"]
    assert sharing.change(VISITOR, made_page.id, options_of({"lasts": "never"})).expires_at is None


def test_whoever_shares_sees_the_last_day_it_was_opened_and_can_change_it(app: App, intent: Intent) -> None:
    visitor = VISITOR
    address, share_id = share(app, intent, title="Before")

    def mine() -> Any:
        return next(each for each in app.service.sharing.shared_by(visitor) if each.id == share_id)

    assert mine().opened_on is None
    requests.get(address, timeout=10)
    assert mine().opened_on == time.strftime("%Y-%m-%d", time.gmtime())
    app.service.sharing.change(visitor, share_id, Options(title="After", shows_prompt=False))
    text = requests.get(address, timeout=10).text
    assert "After" in text
    assert "lantern" not in text


def test_only_ones_own_finished_results_are_shared(app: App, intent: Intent) -> None:
    for visitor, intents in (
        (visitor_named("somebody-else"), (intent.id,)),
        ("", (intent.id,)),
        (VISITOR, ()),
        (VISITOR, ("0" * 32,)),
        (VISITOR, tuple(f"{number:032x}" for number in range(13))),
    ):
        with pytest.raises(NotShared):
            app.service.sharing.share(visitor, intents, Options())


def test_no_link_can_be_found_in_the_database(app: App, intent: Intent) -> None:
    address, _ = share(app, intent)
    token = address.rpartition("/")[2]
    assert len(token) >= 32, "192 bits"
    folder = app.service.settings.data_dir
    assert not [path for path in folder.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]


def test_an_owner_can_switch_sharing_off(start_app: StartApp) -> None:
    app = start_app()
    intent = finished(app.service)
    address, _ = share(app, intent)
    app.service.sharing.is_on = False
    assert requests.get(address, timeout=10).status_code == 404
    with pytest.raises(NotShared, match="switched off"):
        share(app, intent)


def test_a_frame_is_allowed_to_named_hosts_only(start_app: StartApp) -> None:
    app = start_app(embed_hosts=("https://intranet.example.com",))
    address, _ = share(app, finished(app.service))
    headers = requests.get(address, timeout=10).headers
    assert "frame-ancestors https://intranet.example.com" in headers["content-security-policy"]
    assert headers.get("x-frame-options", "") != "DENY"


def test_a_program_shares_and_stops(app: App, intent: Intent) -> None:
    client = Client(app.url, verbose=False)
    shared = client.predict(VISITOR, [intent.id], {"title": "By a program"}, api_name="/share")
    assert "By a program" in requests.get(shared["link"], timeout=10).text
    assert client.predict(VISITOR, shared["id"], api_name="/unshare")
    assert requests.get(shared["link"], timeout=10).status_code == 404
    refused = client.predict(visitor_named("somebody-else"), [intent.id], {}, api_name="/share")
    assert refused["link"] is None and "not among your results" in refused["error"]["sentence"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("http://127.0.0.1:7860/sandbox/media/a.mp4", "https://example.com/a.mp4"),
        ("http://10.1.2.3/x/y.png", "https://example.com/y.png"),
        ("http://studio/x.png", "https://example.com/x.png"),
        ("http://nas.local/x.png", "https://example.com/x.png"),
        ("https://user:pw@cdn.example.org/x.png", "https://example.com/x.png"),
        ("http://[::1]:9/x.png", "https://example.com/x.png"),
        ("https://cdn.example.org/x.png", "https://cdn.example.org/x.png"),
        ('"a": "https://8.8.8.8/x.png", "b"', '"a": "https://8.8.8.8/x.png", "b"'),
    ],
)
def test_links_to_inner_addresses_lead_nowhere(text: str, clean: str) -> None:
    assert without_inner(text) == clean
