"""Loads the libraries to their last part, in the child: once it reads the media, no file can be opened any more."""

from __future__ import annotations

import importlib
import pkgutil

import av

# Pillow itself loads these when a file asks for them: JPEGs with a second picture or with EXIF, and WebP.
from PIL import Image, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin

PILLOW_PARTS = (MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)


def load() -> None:
    """Import every part of PyAV, which loads some by the kinds of stream it meets, and of Pillow what is used."""
    Image.preinit()
    for part in pkgutil.walk_packages(av.__path__, "av."):
        if not part.name.endswith((".__main__", ".datasets")):
            importlib.import_module(part.name)
