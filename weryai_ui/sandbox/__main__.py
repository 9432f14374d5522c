"""Runs the sandbox alone: ``python -m weryai_ui.sandbox --port 8765``."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path

from weryai_ui.sandbox.manual import manual
from weryai_ui.sandbox.openapi import document
from weryai_ui.sandbox.profile import Profile
from weryai_ui.sandbox.server import SandboxServer
from weryai_ui.sandbox.webhooks import LoopbackCallbacks

DEFAULT_PORT = 8765


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; the exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.openapi:
        sys.stdout.write(json.dumps(document(), indent=2) + "\n")
        return 0
    callbacks = LoopbackCallbacks() if chosen.allow_loopback_callbacks else None
    server = SandboxServer(chosen.data, chosen.port, chosen.host, chosen.pace, callbacks, chosen.profile)
    try:
        server.start()
    except OSError as error:
        sys.stderr.write(f"cannot listen on {chosen.host}:{chosen.port}: {error.strerror}\n")
        return 1
    sys.stdout.write(f"Sandbox at {server.url} (Ctrl+C stops it)\n\n{manual(server.url)}")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        server.wait()
    server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m weryai_ui.sandbox",
        description=manual(f"http://127.0.0.1:{DEFAULT_PORT}"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep tasks and files here (else: temporary)")
    parser.add_argument("--pace", type=_pace, default=1.0, help="scales every wait: 1 as usual, 0 at once")
    parser.add_argument(
        "--profile",
        type=Profile,
        choices=list(Profile),
        default=Profile.MEASURED,
        help="how it answers: as documented, or as was measured of the service",
    )
    parser.add_argument("--openapi", action="store_true", help="print the service's API as OpenAPI 3.1, and end")
    parser.add_argument(
        "--allow-loopback-callbacks",
        action="store_true",
        help="call a webhook_url that is http on this machine: whoever can reach the sandbox can then have any "
        "service of this machine called (else: none is called)",
    )
    return parser


def _pace(text: str) -> float:
    pace = float(text)
    if not 0 <= pace <= 100:
        raise argparse.ArgumentTypeError("from 0 to 100")
    return pace


if __name__ == "__main__":
    sys.exit(main())
