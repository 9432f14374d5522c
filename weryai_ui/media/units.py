"""Units, so that a figure means the same wherever it is said."""

from __future__ import annotations

from typing import Final

MEGABYTE: Final = 1_000_000
"""Bytes. The vendor's client and the pages of other providers say "MB" and not which; the smaller reading fits both."""
