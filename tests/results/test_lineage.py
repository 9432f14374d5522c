"""What a submission came from and what came of it: told to their visitor alone, and only while they are there."""

from __future__ import annotations

from tests.results.conftest import finished
from tests.visitors import VISITOR, visitor_named
from weryai_ui.service import Service
from weryai_ui.ui.history import HistoryQuestions

STRANGER = visitor_named("stranger")


def told(service: Service, intent_id: str) -> tuple[str | None, list[str]]:
    """The ids of what one came from, and of what came of it."""
    found = HistoryQuestions(service).open_intent({"visitor": VISITOR, "intent": intent_id})["lineage"]
    return found["parent"] and found["parent"]["id"], [each["id"] for each in found["children"]]


def test_a_submission_remembers_what_it_came_from(service: Service) -> None:
    first = finished(service)
    second = finished(service, came_from=first.id)
    third = finished(service, came_from=first.id)
    assert told(service, first.id) == (None, [second.id, third.id])
    assert told(service, second.id) == (first.id, [])
    assert service.forget(VISITOR, first.id)
    assert told(service, second.id) == (None, [])


def test_nothing_is_told_of_a_strangers(service: Service) -> None:
    theirs = finished(service, STRANGER)
    mine = finished(service, came_from=theirs.id)
    assert told(service, mine.id) == (None, [])
    found = HistoryQuestions(service).open_intent({"visitor": STRANGER, "intent": theirs.id})["lineage"]
    assert found == {"parent": None, "children": []}


def test_submitted_again_is_a_child_of_the_first(service: Service) -> None:
    first = finished(service)
    again = service.submit_again(VISITOR, first.id, key="", idempotency_key="f" * 32)
    assert again is not None and again.intent is not None
    assert told(service, first.id) == (None, [again.intent.id])
