"""Copies of results as the page shows them: where each plays from, what its file is called, and how it stands in words.

Pure: what is kept is handed in.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from weryai_ui.i18n import has, say
from weryai_ui.store.copy_records import UNDER_WAY, Copy, CopyState, Role
from weryai_ui.store.records import Intent, Task

KEPT_PATH, SHARED_PATH = "kept", "r"
POSTER = "poster"
FIRST_WORDS = 6
NAME_CHARACTERS = 60
_NOT_IN_A_NAME = re.compile(r"[^\w\s-]+")


@dataclass(frozen=True)
class Kept:
    """The copies of some submissions. `percent` says of a copy how much of it has come, if anybody knows."""

    by_intent: Mapping[str, Sequence[Copy]] = field(default_factory=dict)
    percent: Callable[[str], int | None] = lambda _: None

    def film(self, task: Task, number: int) -> Copy | None:
        """The copy of a task's film, of however it stands."""
        return self._find(task, number, Role.FILM)

    def film_data(self, intent: Intent, task: Task, number: int) -> dict[str, str]:
        """Where a film and its cover are on this app's own origin, as far as they are kept, and its file's name."""
        film, cover = self.film(task, number), self._find(task, number, Role.COVER)
        found: dict[str, str] = {}
        if film is not None and film.state is CopyState.KEPT:
            found |= {"url": f"{KEPT_PATH}/{film.id}", "copy": film.id, "file": copy_name(intent, film)}
            if film.has_poster:
                found["cover"] = f"{KEPT_PATH}/{film.id}/{POSTER}"
        if cover is not None and cover.state is CopyState.KEPT:
            found["cover"] = f"{KEPT_PATH}/{cover.id}"
        return found

    def says(self, intent: Intent) -> Iterable[dict[str, str]]:
        """How the films of a submission are kept, in a line; the one that is worst off speaks for all."""
        films = [each for each in self.by_intent.get(intent.id, ()) if each.role is Role.FILM]
        if films:
            yield {"kind": "kept", "text": self._words(max(films, key=lambda film: _WORST.index(film.state)))}

    def can_try_again(self, intent: Intent) -> bool:
        """Whether something of a submission is not kept that a person may want to have tried again."""
        films = [each for each in self.by_intent.get(intent.id, ()) if each.role is Role.FILM]
        wanted = any(task.videos for task in intent.tasks if task.state.is_final)
        return wanted and (not films or any(each.state in (CopyState.FAILED, CopyState.REMOVED) for each in films))

    def under_way(self, intent: Intent) -> bool:
        """Whether a film of a submission is being copied, or waits for that."""
        films = (each for each in self.by_intent.get(intent.id, ()) if each.role is Role.FILM)
        return any(each.state in UNDER_WAY for each in films)

    def _words(self, film: Copy) -> str:
        if film.state is CopyState.COPYING and (percent := self.percent(film.id)) is not None:
            return say("kept.percent", percent=percent)
        if film.state is CopyState.REMOVED:
            return say("kept.removed", date=day(film.removed_at or 0.0))
        if film.why and film.state in (CopyState.FAILED, CopyState.WAITING):
            key = f"kept.why_{film.why}"
            why = say(key if has(key) else "kept.why_no_answer")
            return say("kept.failed" if film.state is CopyState.FAILED else "kept.later", why=why)
        return say(f"kept.{film.state}")

    def _find(self, task: Task, number: int, role: Role) -> Copy | None:
        mine = (each for each in self.by_intent.get(task.intent_id, ()) if each.role is role)
        return next((each for each in mine if (each.task, each.number) == (task.number, number)), None)


NOTHING_KEPT = Kept()
_WORST = (CopyState.KEPT, CopyState.WAITING, CopyState.COPYING, CopyState.REMOVED, CopyState.FAILED)


def day(seconds: float) -> str:
    """A day as a file name and a person have it, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


def copy_name(intent: Intent, copy: Copy, *, with_words: bool = True) -> str:
    """A telling name for a copy: the day, the first words of the prompt, and a number where there are several films.

    A reference is called as its owner called it. `with_words`: whether the prompt may be told.
    """
    if copy.role is Role.REFERENCE:
        return copy.name or f"{copy.field}-{copy.number}.{copy.extension}"
    parts = (name_of(intent, with_words=with_words), film_number(intent, copy))
    return f"{' '.join(filter(None, parts))}.{copy.extension}"


def name_of(intent: Intent, *, with_words: bool = True) -> str:
    """A telling name for what came of a submission: the day, and its title or the first words of the prompt."""
    prompt = str(intent.title or intent.payload.get("prompt", "")) if with_words else ""
    words = _NOT_IN_A_NAME.sub(" ", prompt).split()[:FIRST_WORDS]
    return f"{day(intent.created_at)} {' '.join(words)[:NAME_CHARACTERS].strip() or 'film'}"


def film_number(intent: Intent, copy: Copy) -> str:
    """Which of several films a copy is; empty where there is one."""
    several = len(intent.tasks) > 1 or any(len(each.videos) > 1 for each in intent.tasks)
    which = f"{copy.task}" if copy.number == 1 else f"{copy.task}-{copy.number}"
    return which if several else ""
