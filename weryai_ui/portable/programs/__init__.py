"""A request as code to keep: cURL, Python and JavaScript that submit it once, follow every task, and download. Pure.

Each is one file that needs nothing of this app. What a paid request may and may not do stands in each of them
again, because whoever runs it has nothing else: never sent twice, and four outcomes told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from weryai_ui.files.names import Source
from weryai_ui.portable.programs import curl, javascript, python
from weryai_ui.portable.programs.parts import parts

NO_FILES: Mapping[str, str] = MappingProxyType({})
AS_GIVEN: Mapping[str, Source] = MappingProxyType({})


class Language(StrEnum):
    """The languages, in the order in which to offer them."""

    CURL = "curl"
    PYTHON = "python"
    JAVASCRIPT = "javascript"

    @property
    def file_name(self) -> str:
        """The name under which the snippet asks to be saved."""
        return _FILE_NAMES[self]


_FILE_NAMES: Mapping[Language, str] = {
    Language.CURL: "generate.sh",
    Language.PYTHON: "generate.py",
    Language.JAVASCRIPT: "generate.mjs",
}
_WRITERS = {Language.CURL: curl.written, Language.PYTHON: python.written, Language.JAVASCRIPT: javascript.written}


def snippet(
    language: Language,
    payload: Mapping[str, Any],
    *,
    base_url: str,
    files: Mapping[str, str] = NO_FILES,
    sources: Mapping[str, Source] = AS_GIVEN,
) -> str:
    """A program that sends `payload` to `base_url`; UTF-8 text with a line break at its end.

    `files`: link in the payload to the path of a local file, which is uploaded first and put in its place. `sources`:
    such a link to what its file was made of, which a comment says. The key comes from WERYAI_API_KEY when it runs.
    Raises `TypeError` for a payload that is no request body.
    """
    return _WRITERS[language](parts(payload, base_url, files, sources))
