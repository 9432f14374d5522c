"""Every listener of the page, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
    for widget in (shown.board, shown.history):
        widget.run_again(None, None, fields, js=again)

    outputs = Outputs(form.problems, shown.request, shown.response, shown.board)
    _on(form.check.click, handlers.check, sent, outputs, before)
    _on(form.generate.click, handlers.generate, sent, outputs, before)
    intent = gr.Textbox(visible=False)
    _on(
        shown.board.submit_again,
        handlers.submit_again,
        {"intent": intent, "my-key": form.my_key, "visitor": visitor, "press": press},
        outputs,
        "(...values) => window.studio.before([window.studio.again, ...values.slice(1)], 1)",
    )


@dataclass(frozen=True)
class Outputs:
    """Where the parts of a `Shown` go."""

    findings: gr.HTML
    request: gr.HTML
    response: gr.HTML
    board: gr.HTML


def _on(
    event: Callable[..., Any],
    handle: Callable[[Mapping[str, Any]], Shown],
    sent: Mapping[str, Any],
    outputs: Outputs,
    before: str,
) -> None:
    """Connects one event: `handle` gets the values of `sent` by name, and `Shown` goes to its components."""
    parts = {name: getattr(outputs, name) for name in Outputs.__dataclass_fields__}

    def listen(*values: Any) -> dict[Any, Any]:
        shown = handle(dict(zip(sent, values, strict=True)))
        views = {component: getattr(shown, name) for name, component in parts.items()}
        return {component: view for component, view in views.items() if view is not None}

    event(
        listen,
        list(sent.values()),
        list(parts.values()),
        js=before,
        api_visibility="private",
        concurrency_limit=SUBMITS_AT_ONCE,
        show_progress="hidden",
    ).success(None, None, None, js="() => window.studio.pressAnswered()")


def _offered(kept: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The values that a choice still offers: a draft of yesterday may hold another."""
    return {
        name: [value for _, value in component.choices]
        for name, component in kept.items()
        if isinstance(component, gr.Radio | gr.Dropdown)
    }
