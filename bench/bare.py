"""The least that shows a film: a document with a `<video>`, and a server of files. The anchor of shared pages."""

from __future__ import annotations

import os
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

FILM = "film.mp4"
DOCUMENT = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>A film</title>
<h1>A film</h1>
<video src="{FILM}" controls preload="metadata"></video>
</html>
"""


def main() -> None:
    """Serves the document and the film of the current folder for ever."""
    Path("index.html").write_text(DOCUMENT, "utf-8")
    app = Starlette(routes=[Mount("/", StaticFiles(directory=".", html=True))])
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["GRADIO_SERVER_PORT"]), log_level="warning")


if __name__ == "__main__":
    main()
