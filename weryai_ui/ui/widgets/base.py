"""A widget: one `gr.HTML` whose template, style and script stand beside its Python file.

Templates are static. Everything that came from outside is written with `textContent` and properties in the
script, because Gradio's templates would run it. A function and not a subclass: Gradio writes a `.pyi` file
beside the source of every subclass as it is imported.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.responses import JSONResponse

from weryai_ui.errors import DatabaseAway
from weryai_ui.files.storage import FilesAway
from weryai_ui.i18n import locale_of, speaking
from weryai_ui.ui.http.caller import caller_of, masks_errors
from weryai_ui.ui.http.params import text

RETRY_AFTER_S = "2"
ON_LOAD = """window.studio.then((studio) => studio.widgets.{name}({{ element, props, trigger, server, watch }}));
// {events}"""
"""What Gradio runs: it hands what it has to the module `widget.js`, which `ui/scripts/main.js` names. Gradio has the
events of a component from the quoted names in here."""


def widget(
    module_file: str,
    value: Any,
    *,
    asks: Iterable[Callable[..., Any]] = (),
    triggers: Iterable[str] = (),
    **settings: Any,
) -> gr.HTML:
    """A `gr.HTML` with `widget.html`, `widget.css` and the module `widget.js` from beside `module_file`.

    `triggers`: the events that Gradio's listeners hear of. `asks`: the functions that the script may call on the
    server by their names, each with one JSON value.
    They answer in its `language`, and with 503 while the database is away.
    """
    folder = Path(module_file).parent
    return gr.HTML(
        value,
        html_template=(folder / "widget.html").read_text(encoding="utf-8"),
        css_template=(folder / "widget.css").read_text(encoding="utf-8"),
        js_on_load=ON_LOAD.format(name=folder.name, events=json.dumps(list(triggers))),
        apply_default_css=False,
        server_functions=[_as_function(ask) for ask in asks],
        **settings,
    )


def _as_function(ask: Callable[..., Any]) -> Callable[..., Any]:
    """A plain function for a bound method: Gradio marks server functions with an attribute.

    A method with a second argument `caller` is given the caller.
    """
    takes_caller = "caller" in inspect.signature(ask).parameters

    @masks_errors
    def answer(params: Any, request: gr.Request) -> Any:
        try:
            return ask(params, caller_of(request)) if takes_caller else ask(params)
        except (DatabaseAway, FilesAway) as away:
            return JSONResponse({"away": str(away)}, 503, headers={"Retry-After": RETRY_AFTER_S})

    def call(params: Any, request: gr.Request) -> Any:
        with speaking(locale_of(text(params, "language"))):
            return answer(params, request)

    # By name, since annotations here are texts and Gradio looks for this one to hand the request in.
    call.__annotations__ = {"request": gr.Request}
    call.__name__ = ask.__name__
    call.__doc__ = ask.__doc__
    return call
