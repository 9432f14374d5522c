"""A process that is killed once its submission has been taken, before it could write that down.

python -m tests.service.week_victim <folder> <database> <service> <seconds that its clock is behind>
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from pydantic import SecretStr

from tests.conftest import settings_in
from tests.service.conftest import FORM
from tests.visitors import visitor_named
from weryai_ui.client.weryai import SubmitAnswer, WeryAIClient
from weryai_ui.service import Service
from weryai_ui.service.preparing import Submission
from weryai_ui.store.records import SendTo
from weryai_ui.store.submissions import Store

SENT = "sent"


def main(folder: str, database: str, upstream: str, behind: str) -> None:
    """Submits, says `SENT`, and waits for its end."""
    submit = WeryAIClient.submit

    def submit_and_hang(self: WeryAIClient, *args: object, **more: object) -> SubmitAnswer:
        submit(self, *args, **more)  # type: ignore[arg-type]
        print(SENT, flush=True)
        while True:
            time.sleep(60)

    WeryAIClient.submit = submit_and_hang  # type: ignore[method-assign]

    def clock() -> float:
        return time.time() - float(behind)

    settings = settings_in(Path(folder), api_key=SecretStr("sk-sandbox"), base_url=upstream, database_url=database)
    service = Service(settings, Store(database, clock=clock), clock=clock)
    service.submit(Submission(FORM, SendTo.OWNER_KEY, visitor_named("killed")))


if __name__ == "__main__":
    main(*sys.argv[1:])
