"""Every word that people read, in one folder for each language, under the same keys.

A key is a section and a name: `board.download`. `say` speaks the language of the call it stands in: whoever
answers a visitor (the page's events, its widgets' questions, its routes) opens `speaking(locale)` around the answer,
and everything below only says keys. Outside of that, in logs, for programs and in a follower's thread, it is English.
What is stored is a key and never a sentence.

In English stay: settings and their errors, which only the owner reads; code to take away; what the service says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from types import MappingProxyType

from weryai_ui.i18n import en, zh


class Locale(StrEnum):
    """A language of the page, by its tag for HTML and HTTP."""

    EN = "en"
    ZH = "zh"


WORDS: Mapping[Locale, Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {Locale.EN: en.SECTIONS, Locale.ZH: zh.SECTIONS}
)

FOR_BROWSER: Mapping[Locale, Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {Locale.EN: en.BROWSER, Locale.ZH: zh.BROWSER}
)
"""The part that the page says by itself."""

_spoken: ContextVar[Locale] = ContextVar("spoken", default=Locale.EN)


def say(key: str, **filled: object) -> str:
    """The words of a key in the language spoken now, with `{name}` filled. Raises `KeyError` for an unknown key."""
    section, _, name = key.partition(".")
    return WORDS[_spoken.get()][section][name].format_map(filled)


def spoken() -> Locale:
    """The language spoken now."""
    return _spoken.get()


def has(key: str) -> bool:
    """Whether there are words under a key."""
    section, _, name = key.partition(".")
    return name in WORDS[Locale.EN].get(section, {})


def locale_of(tag: object) -> Locale:
    """The language for what a browser asks for ("zh-CN", "en-US,en;q=0.9"); English when it is none of ours."""
    return Locale.ZH if isinstance(tag, str) and tag.strip().lower().startswith("zh") else Locale.EN


@contextmanager
def speaking(locale: Locale) -> Iterator[None]:
    """Everything said inside is said in this language; threads that are started inside do not hear of it."""
    before = _spoken.set(locale)
    try:
        yield
    finally:
        _spoken.reset(before)
