"""An imitated service in a process of its own: prints its address, then answers until it is killed.

Each answer takes `ANSWER_SECONDS`. A task whose id begins with `WATCHED` is never finished; any other one is ready
when it is first asked for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from tests.durability.upstream import Answer, Upstream

ANSWER_SECONDS = 0.1
WATCHED = "watched-"


def main() -> None:
    """Serves for ever."""
    with Upstream(stall=lambda: time.sleep(ANSWER_SECONDS), answer_status=status) as service:
        print(service.url, flush=True)
        threading.Event().wait()


def status(task_id: str) -> Answer:
    """What the service says of a task."""
    data: dict[str, Any] = {"task_id": task_id, "task_status": "processing"}
    if not task_id.startswith(WATCHED):
        data = {**data, "task_status": "succeed", "videos": [{"url": f"https://example.com/{task_id}.mp4"}]}
    envelope: Mapping[str, Any] = {"status": 0, "message": "success", "data": data}
    return 200, envelope, {}


if __name__ == "__main__":
    main()
