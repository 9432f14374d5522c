"""Starts the studio from this folder, for a Space, a container and `python app.py`. Installed it is `weryai-studio`."""

from __future__ import annotations

import gc
import sys

if __name__ == "__main__":
    # What is imported is never thrown away again: looking for it meanwhile takes a fifth of the start.
    gc.disable()

from weryai_ui.studio import main

if __name__ == "__main__":
    sys.exit(main())
