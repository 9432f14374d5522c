"""Starts the studio: settings, store, service, page."""

from __future__ import annotations

import gc
import sys

if __name__ == "__main__":
    # What is imported is never thrown away again: looking for it meanwhile takes a fifth of the start.
    gc.disable()

from weryai_ui import logs
from weryai_ui.errors import SettingsError
from weryai_ui.service import Service
from weryai_ui.settings import Settings, withdraw_secrets
from weryai_ui.store.store import Store
from weryai_ui.ui.server import launch


def main() -> int:
    """Serves the page until interrupted. Exit status 2 and one sentence when a setting is wrong."""
    try:
        settings = Settings.from_env()
        withdraw_secrets()
        logs.set_up(settings.log_level, settings.secrets)
        service = Service(settings, Store(settings.database_url))
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - for the owner, before there is a page
        return 2
    blocks = launch(service)
    gc.freeze()
    gc.enable()
    try:
        blocks.block_thread()
    finally:
        service.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
