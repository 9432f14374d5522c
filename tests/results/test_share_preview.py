"""A page as it will look, before there is a link: made for its own visitor, stored nowhere, and leading nowhere."""

from __future__ import annotations

import re

import pytest
import requests

from tests.conftest import App
from tests.results.conftest import finished, read, share
from tests.service.conftest import FORM
from tests.visitors import VISITOR, visitor_named
from weryai_ui.service.sharing import Lasts, Options
from weryai_ui.store.records import Intent
from weryai_ui.ui.sharing import SharingQuestions

PROMPT = "A paper boat & a <b>lantern</b> drift down the river at dusk"


@pytest.fixture(scope="module")
def intent(app: App) -> Intent:
    """A film that is kept."""
    return finished(app.service, values={**FORM, "prompt": PROMPT})


def test_a_page_is_looked_at_before_it_is_there_and_nothing_is_kept_of_that(app: App, intent: Intent) -> None:
    questions = SharingQuestions(app.service)
    before = app.service.sharing.shared_by(VISITOR)
    asked = {"visitor": VISITOR, "intents": [intent.id], "options": {"title": "Not <yet>", "shows_code": True}}
    found = questions.preview_share(asked)
    assert app.service.sharing.shared_by(VISITOR) == before
    assert found["results"] == [{"intent": intent.id, "words": PROMPT[:60]}]
    html, links = found["html"], read(found["html"])
    assert "Not &lt;yet&gt;" in html
    # It plays what this visitor's own page plays, and leads nowhere.
    for each in {*links.found["src"], *links.found["poster"]}:
        assert re.fullmatch(r"kept/[\w-]+(/poster)?", each), each
        assert requests.get(f"{app.url}/{each}", timeout=10).status_code == 200
    assert links.found["href"] == []
    assert (links.inline_scripts, "<script" in html, "og:url" in html) == (0, False, False)


def test_a_look_at_a_changed_page_keeps_what_is_not_changed(app: App, intent: Intent) -> None:
    options = Options(notes={intent.id: "The second take"}, lasts=Lasts.WEEK)
    _, page = app.service.sharing.share(VISITOR, (intent.id,), options)
    asked = {"visitor": VISITOR, "intents": [], "share": page.id, "options": {"title": "After"}}
    html = SharingQuestions(app.service).preview_share(asked)["html"]
    assert all(words in html for words in ("After", "The second take", "This page ends on"))
    assert next(each for each in app.service.sharing.shared_by(VISITOR) if each.id == page.id) == page


def test_nobody_reads_what_is_not_theirs(app: App, intent: Intent) -> None:
    _, page_id = share(app, intent)
    questions = SharingQuestions(app.service)
    for asked in (
        {"visitor": visitor_named("somebody-else"), "intents": [intent.id]},
        {"visitor": visitor_named("somebody-else"), "intents": [], "share": page_id},
        {"visitor": "", "intents": [intent.id]},
        {"visitor": VISITOR, "intents": ["0" * 32]},
        {"visitor": VISITOR, "intents": intent.id, "options": [1]},
        None,
    ):
        assert set(questions.preview_share(asked)) == {"refused"}, asked


def test_a_page_without_a_title_has_that_of_its_one_result(app: App) -> None:
    intent = finished(app.service, visitor_named("titling"), values={**FORM, "prompt": PROMPT})
    app.service.titles.put(intent.visitor, intent.id, "Take 2, for Friday")
    questions = SharingQuestions(app.service)
    asked = {"visitor": visitor_named("titling"), "intents": [intent.id], "options": {}}
    assert "<h1>Take 2, for Friday</h1>" in questions.preview_share(asked)["html"]
    assert "<h1>Another</h1>" in questions.preview_share({**asked, "options": {"title": "Another"}})["html"]
    assert questions.share(asked)["title"] == "Take 2, for Friday"
