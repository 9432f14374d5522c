"""A small bar chart as SVG, drawn by hand: a bar for each day, its figure as its title. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

BAR, GAP, HEIGHT = 18, 6, 96


def bars(values: Sequence[float], titles: Sequence[str], name: str) -> Markup:
    """Bars as high as their values; `titles` say each, `name` all of it."""
    highest = max(*values, 0.0) or 1.0
    width = len(values) * (BAR + GAP)
    drawn = [
        f'<g><title>{escape(title)}</title><rect class="back" x="{number * (BAR + GAP)}" y="0" width="{BAR}" '
        f'height="{HEIGHT}"/><rect class="bar" x="{number * (BAR + GAP)}" y="{HEIGHT - height:.1f}" width="{BAR}" '
        f'height="{height:.1f}"/></g>'
        for number, (value, title) in enumerate(zip(values, titles, strict=True))
        for height in (max(2.0 if value > 0 else 0.0, max(value, 0.0) / highest * HEIGHT),)
    ]
    return Markup(f'<svg role="img" aria-label="{escape(name)}" viewBox="0 0 {width} {HEIGHT}">{"".join(drawn)}</svg>')
