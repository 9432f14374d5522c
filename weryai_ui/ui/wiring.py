"""Every listener of the page, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from weryai_ui.ui.handlers import Handlers, Shown
from weryai_ui.ui.panels.compose import Compose
from weryai_ui.ui.panels.results import Results

SUBMITS_AT_ONCE = 32


def connect(page: gr.Blocks, form: Compose, shown: Results, handlers: Handlers) -> None:
    """Connects the form with the handlers. Listeners without a function run in the browser alone."""
    kept: dict[str, Any] = {**form.fields, "send-to": form.send_to, "scenario": form.scenario}
    fields = list(form.fields.values())
    # Filled by the browser as the event goes out (see studio.before); they hold nothing in between.
    visitor = gr.Textbox(visible=False)
    press = gr.Textbox(visible=False)
    sent: dict[str, Any] = {**kept, "my-key": form.my_key, "visitor": visitor, "press": press}

    names = json.dumps(list(kept))
    changed = f"(...values) => window.studio.formChanged({names}, values)"
    restored = f"(...values) => window.studio.draft({names}, values, {json.dumps(_offered(kept))})"
    again = f"() => window.studio.fromPayload({json.dumps(list(form.fields))}, window.studio.pending)"
    before = f"(...values) => window.studio.before(values, {list(sent).index('my-key')})"

    page.load(None, list(kept.values()), list(kept.values()), js=restored).then(
        None, list(kept.values()), None, js=changed
    )
    gr.on([each.change for each in kept.values()], None, list(kept.values()), None, js=changed)
    shown.board.run_again(None, None, fields, js=again)

    outputs = [form.problems, shown.request, shown.response, shown.board]
    for button, handle in ((form.check, handlers.check), (form.generate, handlers.generate)):
        button.click(
            _listener(list(sent), handle, outputs),
            list(sent.values()),
            outputs,
            js=before,
            api_visibility="private",
            concurrency_limit=SUBMITS_AT_ONCE,
            show_progress="hidden",
        ).then(None, None, None, js="() => window.studio.pressAnswered()")


def _listener(
    names: list[str], handle: Callable[[Mapping[str, Any]], Shown], outputs: list[Any]
) -> Callable[..., dict[Any, Any]]:
    problems, request, response, board = outputs

    def listen(*values: Any) -> dict[Any, Any]:
        shown = handle(dict(zip(names, values, strict=True)))
        parts = {problems: shown.findings, request: shown.request, response: shown.response, board: shown.board}
        return {component: value for component, value in parts.items() if value is not None}

    return listen


def _offered(kept: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The values that a choice still offers: a draft of yesterday may hold another."""
    return {
        name: [value for _, value in component.choices]
        for name, component in kept.items()
        if isinstance(component, gr.Radio | gr.Dropdown)
    }
