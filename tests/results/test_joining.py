"""Who may have which films joined, and how many."""

from __future__ import annotations

import pytest

from tests.results.conftest import finished
from tests.service.conftest import until
from tests.visitors import VISITOR, visitor_named
from weryai_ui.media import MediaError
from weryai_ui.service import Service
from weryai_ui.store.copy_records import Role


def test_a_film_is_joined_with_itself_and_becomes_a_file_of_its_visitor(service: Service) -> None:
    intent = finished(service)
    (film,) = [each for each in service.copies_of([intent])[intent.id] if each.role is Role.FILM]
    name = service.join_films(VISITOR, [film.id, film.id])
    until(lambda: service.fitter.states([name])[name].link is not None)
    made = service.uploads.get(service.fitter.states([name])[name].link or "")
    assert made is not None
    assert (made.owner.id, made.name) == (film.visitor, "2-films.mp4")
    assert made.media.duration_s == pytest.approx(2 * (film.duration_s or 0), abs=0.05)


def test_the_films_of_another_visitor_too_few_and_too_many_are_refused(service: Service) -> None:
    intent = finished(service)
    (film,) = [each for each in service.copies_of([intent])[intent.id] if each.role is Role.FILM]
    for visitor, ids, why in (
        (visitor_named("stranger"), [film.id] * 2, "Video 1 cannot be joined"),
        (VISITOR, [film.id, "0" * 32], "Video 2 cannot be joined"),
        (VISITOR, [film.id], "2 to 10 videos"),
        (VISITOR, [film.id] * 11, "2 to 10 videos"),
        (VISITOR, [], "2 to 10 videos"),
    ):
        with pytest.raises(MediaError, match=why):
            service.join_films(visitor, ids)
