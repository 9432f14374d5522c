"""English."""

from __future__ import annotations

from collections.abc import Mapping

from weryai_ui.i18n.en import (
    access,
    adopting,
    carrying,
    errors,
    examples,
    failures,
    files,
    form,
    keys,
    moves,
    owner,
    page,
    plans,
    results,
    roles,
    rules,
    sharing,
    states,
)

BROWSER: Mapping[str, Mapping[str, str]] = {
    **page.SECTIONS,
    **form.SECTIONS,
    **keys.SECTIONS,
    **roles.SECTIONS,
    **examples.SECTIONS,
    **files.BROWSER,
    **adopting.BROWSER,
    **sharing.BROWSER,
    **results.BROWSER,
    **moves.BROWSER,
    **plans.BROWSER,
}
"""What the page says by itself; the rest is said by the server."""

SECTIONS: Mapping[str, Mapping[str, str]] = {
    **BROWSER,
    **rules.SECTIONS,
    **states.SECTIONS,
    **errors.SECTIONS,
    **failures.SECTIONS,
    **access.SECTIONS,
    **adopting.SECTIONS,
    **files.SECTIONS,
    **carrying.SECTIONS,
    **sharing.SECTIONS,
    **results.SECTIONS,
    **moves.SECTIONS,
    **plans.SECTIONS,
    **owner.SECTIONS,
}
