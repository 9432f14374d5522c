"""English."""

from __future__ import annotations

from collections.abc import Mapping

from weryai_ui.i18n.en import access, carrying, errors, examples, files, form, page, rules, states

BROWSER: Mapping[str, Mapping[str, str]] = {
    **page.SECTIONS,
    **form.SECTIONS,
    **examples.SECTIONS,
    **files.BROWSER,
}
"""What the page says by itself; the rest is said by the server."""

SECTIONS: Mapping[str, Mapping[str, str]] = {
    **BROWSER,
    **rules.SECTIONS,
    **states.SECTIONS,
    **errors.SECTIONS,
    **access.SECTIONS,
    **files.SECTIONS,
    **carrying.SECTIONS,
}
