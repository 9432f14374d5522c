"""What a shared page says of its results, as plain data for its template. Pure.

Nothing of this server goes out: no address of its own, no callback, no key, no visitor, nothing of other results.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from weryai_ui.client.public_fetch import is_public
from weryai_ui.i18n import Locale, say
from weryai_ui.media import MIMES
from weryai_ui.portable.programs import Language, snippet
from weryai_ui.portable.share_link import NEVER, encode
from weryai_ui.request.fields import REFERENCE_FIELDS, item_name
from weryai_ui.request.models import Catalogue
from weryai_ui.service.sharing import Page, Result
from weryai_ui.store.copy_records import Copy, Role
from weryai_ui.store.records import Intent
from weryai_ui.ui.kept import KEPT_PATH, POSTER, SHARED_PATH, copy_name, day
from weryai_ui.ui.views import cards, panes
from weryai_ui.variables import DEFAULT_BASE_URL

TEXT_BYTES = 40_000
"""Of all texts for developers on a page: with everything else it stays below 60 kB."""
LEAST_BYTES = 2_000
DESCRIPTION_CHARACTERS = 200
_LINK = re.compile(r"https?://[^\s\"'<>\\]+")
ELSEWHERE = "https://example.com"
"""Stands for a server that nobody else can reach."""


def content(page: Page, token: str, base_url: str, models: Catalogue, locale: Locale) -> dict[str, Any]:
    """Everything for the template. `base_url`: this app as a stranger reaches it, with a slash at the end."""
    share = page.share
    room = TEXT_BYTES // max(1, len(page.results))
    results = [_result(page, each, number, token, models, room) for number, each in enumerate(page.results, 1)]
    title = share.title or say("shared.title_one" if len(results) == 1 else "shared.title_many")
    prompts = [str(each.intent.payload.get("prompt", "")) for each in page.results] if share.shows_prompt else []
    return {
        "locale": locale.value,
        "title": title,
        "note": share.note,
        "results": results,
        "is_board": len(results) > 1,
        "ends": "" if share.expires_at is None else say("shared.ends", date=day(share.expires_at)),
        "preview": _preview(page, token, base_url, title, share.note or next(iter(prompts), "")),
        "together": any(each["films"][1:] for each in results) or len(results) > 1,
    }


def trial(page: Page, models: Catalogue, locale: Locale) -> dict[str, Any]:
    """The same for a page that is not there yet, as whoever would share it sees it: it has no link, and leads nowhere.

    Its films are those that this visitor's own page plays, so it has to stand in a document at that page's address.
    """
    said = content(page, KEPT_PATH, "", models, locale)
    return {**said, "results": [{**each, "own": ""} for each in said["results"]], "preview": None, "is_trial": True}


def _preview(page: Page, token: str, base_url: str, title: str, description: str) -> dict[str, str]:
    """What a chat app shows of the link."""
    found = {
        "title": title,
        "url": f"{base_url}{SHARED_PATH}/{token}",
        "description": " ".join(description.split())[:DESCRIPTION_CHARACTERS] or say("shared.title_one"),
        # The template takes no name that is not there: a film may still be on its way, or have no poster.
        **dict.fromkeys(("video", "type", "width", "height", "image"), ""),
    }
    film = next((film for each in page.results for film in each.of_role(Role.FILM)), None)
    if film is not None:
        found |= {"video": f"{found['url']}/{film.id}", "type": str(film.mime)}
        found |= {"width": str(film.width or ""), "height": str(film.height or "")}
        if film.has_poster:
            found["image"] = f"{found['video']}/{POSTER}"
    return found


def _result(page: Page, result: Result, number: int, token: str, models: Catalogue, room: int) -> dict[str, Any]:
    intent, share = result.intent, page.share
    several = len(page.results) > 1
    films = result.of_role(Role.FILM)
    return {
        "label": say("shared.result", number=number) if several else "",
        "note": result.note,
        "films": [_film(token, intent, each, films, share.shows_prompt) for each in films],
        "missing": "" if films else say("shared.not_there"),
        "prompt": str(intent.payload.get("prompt", "")) if share.shows_prompt else "",
        "references": list(_references(token, result)) if share.shows_prompt else [],
        "facts": list(_facts(intent, models)),
        "own": f"../#form={encode(_public_form(intent)).text}" if share.shows_prompt else "../",
        "code": _code(result, room, alone=not several) if share.shows_code else [],
    }


def _film(token: str, intent: Intent, film: Copy, films: Sequence[Copy], with_words: bool) -> dict[str, Any]:
    label = say("mixed.number", number=film.task) if len(films) > 1 else say("shared.film")
    return {
        "src": f"{token}/{film.id}",
        "poster": f"{token}/{film.id}/{POSTER}" if film.has_poster else "",
        "type": film.mime,
        "width": film.width,
        "height": film.height,
        "label": label,
        "name": copy_name(intent, film, with_words=with_words),
    }


def _references(token: str, result: Result) -> Any:
    """Each reference by its name; with a thumbnail where a file was given, and never by a link of somebody's."""
    kept = {(each.field, each.number): each for each in result.of_role(Role.REFERENCE)}
    for field in REFERENCE_FIELDS:
        for number, link in enumerate(result.intent.asked.get(field, ()), 1):
            copy = kept.get((field, number))
            address = f"{token}/{copy.id}" if copy is not None else ""
            yield {
                "item": item_name(field, number).capitalize(),
                "name": (copy.name or "") if copy is not None else _last_part(link),
                "src": address,
                "thumbnail": f"{address}/{POSTER}" if copy is not None and copy.has_poster else "",
                "sound": MIMES.get(str(copy.extension), ("", ""))[1] if copy is not None and field == "audios" else "",
            }


def _facts(intent: Intent, models: Catalogue) -> Any:
    payload = intent.payload
    key = str(payload.get("model", ""))
    model = models.find(key)
    yield say("shared.model"), key if model is None else model.name
    yield say("shared.settings"), cards.shape_words(intent.send_to, payload)
    yield say("shared.made_on"), time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(intent.created_at))
    ends = [task.ended_at for task in intent.tasks if task.ended_at is not None]
    if ends:
        minutes, seconds = divmod(round(max(ends) - intent.created_at), 60)
        key = "shared.took_minutes" if minutes else "shared.took_seconds"
        yield say("shared.took"), say(key, minutes=minutes, seconds=seconds)


def _public_form(intent: Intent) -> dict[str, Any]:
    """The form as somebody else may fill it: `encode` leaves out what is the sender's own or leads here."""
    return {name: value for name, value in intent.asked.items() if name not in NEVER}


def _code(result: Result, room: int, *, alone: bool) -> list[dict[str, str]]:
    """Request, final response and, on a page of one result, programs; no address of this server is in them."""
    intent = result.intent
    payload = json.loads(without_inner(json.dumps(_public_form(intent), ensure_ascii=False)))
    polls = [each.response_text for each in result.timeline if each.kind == "poll" and each.response_text]
    # A program that is cut off is none: it stands there whole, and what is for reading gets the rest.
    programs = [(each.value, snippet(each, payload, base_url=DEFAULT_BASE_URL)) for each in Language] if alone else []
    left = max(room - sum(len(text.encode()) for _, text in programs), LEAST_BYTES) // 2
    texts = [
        (say("shared.request"), _cut(panes.pretty(payload), left)),
        (
            say("shared.response"),
            _cut(without_inner(panes.as_it_came(polls[-1] if polls else intent.response_text)), left),
        ),
    ]
    return [{"title": title, "text": text} for title, text in (*texts, *programs) if text]


def without_inner(text: str) -> str:
    """The same text, in which links to what is no public server lead nowhere."""
    return _LINK.sub(lambda found: _outer(found[0]), text)


def _outer(link: str) -> str:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ELSEWHERE
    named = "." in host and not host.endswith((".local", ".internal", ".lan", ".localhost"))
    address = re.fullmatch(r"[\d.]+|.*:.*", host) is not None
    if (is_public(host) if address else named) and "@" not in parts.netloc:
        return link
    return f"{ELSEWHERE}/{parts.path.rpartition('/')[2]}"


def _last_part(link: str) -> str:
    return unquote(urlsplit(link).path.rpartition("/")[2])[:80]


def _cut(text: str, most: int) -> str:
    data = text.encode()
    return text if len(data) <= most else data[:most].decode(errors="ignore") + "\n…"
