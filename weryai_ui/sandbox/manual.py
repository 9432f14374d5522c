"""What the sandbox is and how to call it, in words, for --help and its front page."""

from __future__ import annotations

import json
from typing import Final

from weryai_ui.sandbox.profile import DIFFERENCES
from weryai_ui.sandbox.scenarios import SCENARIOS

EXAMPLE: Final = {
    "model": "SEEDANCE_2_0",
    "duration": 5,
    "prompt": "A paper boat crosses a puddle in the rain",
    "aspect_ratio": "16:9",
    "resolution": "480p",
}
_TEXT: Final = """\
An imitation of the WeryAI video service, free and on this machine. It judges requests as
the reference page says, and makes a storyboard video from each; no model is asked.

Keys (the key chooses how the request goes):
{keys}

Calls:
  POST /v1/generation/almighty-reference-to-video   submit; JSON, strict
  GET  /v1/generation/TASK_ID/status                one task
  GET  /v1/generation/batch/BATCH_ID/status         all tasks of a submit for several videos
  POST /v1/generation/upload-file                   multipart: file, batch_no, fixed
  GET  /v1/generation/balance                       credits left
  GET  /openapi.json                                this API as OpenAPI 3.1
  GET  /tasks                                       the key's own tasks, newest first
  GET  /media/NAME                                  uploads and results, with byte ranges

Credits: 1,240 for each key, and 1,240 again every hour; each visitor of the app has as
many of their own. A video costs its seconds. A failed task is refunded (what the real service does is not known).
At most 20 unfinished tasks for each of them, fewer when it is crowded. Without aspect_ratio: 16:9; without resolution:
480p; without generate_audio: no sound. Links to elsewhere are never fetched.
Webhooks: inside the app only the app's own is called. Alone, none is called, or with
--allow-loopback-callbacks those that are http on this machine.

Two faces (--profile): as documented, and as was measured of the service (the default):
{differences}

Example:
  curl {url}/v1/generation/almighty-reference-to-video \\
    -H 'Authorization: Bearer sk-sandbox' -H 'Content-Type: application/json' \\
    -d '{example}'
"""


def manual(url: str) -> str:
    """The manual for a sandbox at that address."""
    width = max(len(key) for key in SCENARIOS)
    keys = "\n".join(f"  {key:<{width}}  {each}" for key, each in SCENARIOS.items())
    differences = "\n".join(f"  {each.what}: {each.documented}; measured: {each.measured}" for each in DIFFERENCES)
    return _TEXT.format(keys=keys, url=url, example=json.dumps(EXAMPLE), differences=differences)
