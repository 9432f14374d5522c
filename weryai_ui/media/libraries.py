"""Loads the libraries to their last part, in the child: once it reads the media, no file can be opened any more."""

from __future__ import annotations

import importlib
import pkgutil

_PILLOW_PARTS = ("MpoImagePlugin", "TiffImagePlugin", "WebPImagePlugin")
"""Besides what `preinit` loads: JPEGs with a second picture, EXIF, WebP."""


def load_pillow() -> None:
    """Import what Pillow would import when a picture asks for it."""
    for part in _PILLOW_PARTS:
        importlib.import_module(f"PIL.{part}")
    importlib.import_module("PIL.Image").preinit()


def load_pyav() -> None:
    """Import every part of PyAV, which loads some by the kinds of track that it meets."""
    for part in pkgutil.walk_packages(importlib.import_module("av").__path__, "av."):
        if not part.name.endswith((".__main__", ".datasets")):
            importlib.import_module(part.name)
