"""What the scripts ask about several submissions at once: stars, forgetting, one zip of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weryai_ui.access.accounts import visitor_id
from weryai_ui.client.tasks import TaskState
from weryai_ui.i18n import say
from weryai_ui.service import Service
from weryai_ui.store.records import Intent
from weryai_ui.store.stars import MOST_STARRED
from weryai_ui.ui.http.params import text, texts
from weryai_ui.ui.links import links_for
from weryai_ui.ui.views.comparing import MOST_COMPARED, comparison
from weryai_ui.ui.zipped import MOST_ZIPPED, films_of


class SeveralQuestions:
    """One method a question; each takes one JSON value and looks everything up for the visitor that it names."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def star_many(self, params: Any) -> dict[str, Any]:
        """Stars `{"visitor", "intents"}`, or takes the stars away where not `starred`; `said`: a limit was met."""
        who, starred = visitor_id(text(params, "visitor")), isinstance(params, dict) and params.get("starred") is True
        put = [self._service.stars.put(who, each, starred=starred) for each in texts(params, "intents")]
        return {"said": "" if all(put) else say("board.too_many_stars", most=MOST_STARRED)}

    def forget_many(self, params: Any) -> dict[str, Any]:
        """Deletes those of `{"visitor", "intents"}` here that are theirs and not on their way; gives their ids."""
        visitor = text(params, "visitor")
        return {"forgotten": [each for each in texts(params, "intents") if self._service.forget(visitor, each)]}

    def compare_films(self, params: Any) -> dict[str, Any]:
        """The films of `{"visitor", "intents"}` side by side with what differs in their requests, or `refused`.

        `firsts`: of each submission the first film alone.
        """
        visitor, asked = text(params, "visitor"), dict.fromkeys(texts(params, "intents"))
        found = [opened[0] for each in list(asked)[:MOST_COMPARED] if (opened := self._service.open(visitor, each))]
        firsts = isinstance(params, dict) and params.get("firsts") is True
        return comparison(found, links_for(self._service, found), firsts=firsts)

    def zip_films(self, params: Any) -> dict[str, Any]:
        """What would be in a zip of `{"visitor", "intents"}`, or why there is none (`refused`).

        `whole`: whether all of their films are kept here, and so in it.
        """
        visitor, asked = text(params, "visitor"), texts(params, "intents")
        found = [opened[0] for each in dict.fromkeys(asked) if (opened := self._service.open(visitor, each))]
        if not found:
            return {"refused": say("several.not_yours")}
        if len(found) > MOST_ZIPPED:
            return {"refused": say("several.how_many", most=MOST_ZIPPED)}
        kept, made = self._films(found)
        for intent in found:
            for link in kept.get(intent.id, ()):
                self._service.downloaded(visitor, intent.id, link)
        missing = made - sum(map(len, kept.values()))
        return {"whole": not missing, "says": say("several.left_out", n=missing) if missing else ""}

    def _films(self, found: Sequence[Intent]) -> tuple[dict[str, list[str]], int]:
        """The links of the films that are kept, by submission, and how many films there are."""
        copies = self._service.copies_of(found)
        kept: dict[str, list[str]] = {}
        made = 0
        for intent in found:
            places = {(each.task, each.number) for each in films_of(copies.get(intent.id, ()))}
            for task in intent.tasks:
                if task.state is TaskState.SUCCEEDED:
                    made += len(task.videos)
                    links = [v.url for number, v in enumerate(task.videos, 1) if (task.number, number) in places]
                    kept.setdefault(intent.id, []).extend(link for link in links if link)
        return kept, made
