"""Every listener of the page, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from weryai_ui.access.policy import Caller
from weryai_ui.i18n import locale_of, speaking
from weryai_ui.jobs.arrivals import Arrivals
from weryai_ui.request.fields import REFERENCE_FIELDS
from weryai_ui.ui.handlers import EventResult, Handlers
from weryai_ui.ui.http.caller import caller_of, masks_errors
from weryai_ui.ui.localized import Localized
from weryai_ui.ui.panels.compose import Compose
from weryai_ui.ui.panels.results import Results
from weryai_ui.ui.panels.start import Start


def connect(
    page: gr.Blocks, head: gr.HTML, start: Start, form: Compose, shown: Results, handlers: Handlers, spoken: Localized
) -> None:
    """Connects the form with the handlers. Listeners without a function run in the browser alone."""
    kept: dict[str, Any] = {**form.fields, "send-to": form.send_to, "scenario": form.scenario}
    fields = list(form.fields.values())
    # Filled by the browser as the event goes out (see studio.before); they hold nothing in between.
    visitor = gr.Textbox(visible=False)
    language = gr.Textbox(visible=False)
    idempotency_key = gr.Textbox(visible=False)
    measured = gr.Textbox(visible=False)
    own = {"my-key": form.my_key, "visitor": visitor, "idempotency_key": idempotency_key, "language": language}
    sent: dict[str, Any] = {**kept, "measured": measured, **own}
    # Only what may spend the owner's credits gets the access code.
    code = {"code": form.code}

    page.load(None, None, spoken.components, js=spoken.script)
    head.spoken(None, None, spoken.components, js=spoken.script)
    names = json.dumps(list(kept))
    changed = f"(...values) => window.studio.formChanged({names}, values)"
    restored = f"(...values) => window.studio.draft({names}, values, {json.dumps(_offered(kept))})"
    again = f"() => window.studio.fromPayload({json.dumps(list(form.fields))}, window.studio.pending)"
    page.load(None, list(kept.values()), list(kept.values()), js=restored).then(
        None, list(kept.values()), None, js=changed
    )
    gr.on([each.change for each in kept.values()], None, list(kept.values()), None, js=changed)
    for widget in (shown.board, shown.history, start.carry):
        widget.run_again(None, None, fields, js=again)
    panes = "() => window.studio.recorded.panes"
    start.examples.recorded(None, None, [shown.request, shown.response], js=panes)
    edited = ("prompt", *REFERENCE_FIELDS)
    edit = f"() => {json.dumps(edited)}.map((name) => window.studio.edit[name])"
    form.tray.edited(None, None, [form.fields[name] for name in edited], js=edit)

    arrivals = handlers.arrivals
    outputs = Outputs(form.problems, shown.request, shown.response, shown.code, shown.board)
    _on(form.check.click, handlers.check, sent, outputs, arrivals)
    _on(form.generate.click, handlers.generate, {**sent, **code}, outputs, arrivals)
    again_sent = {"intent": gr.Textbox(visible=False), **own, **code}
    _on(shown.board.submit_again, handlers.submit_again, again_sent, outputs, arrivals)
    where = {"link": gr.Textbox(visible=False), "send-to": form.send_to, "scenario": form.scenario}
    _on(form.tray.upload_again, handlers.upload_again, {**where, **own}, outputs, arrivals)


@dataclass(frozen=True)
class Outputs:
    """Where the parts of a `EventResult` go."""

    findings: gr.HTML
    request: gr.HTML
    response: gr.HTML
    code: gr.HTML
    board: gr.HTML


def _on(
    event: Callable[..., Any],
    handle: Callable[[Mapping[str, Any], Caller], EventResult],
    sent: Mapping[str, Any],
    outputs: Outputs,
    arrivals: Arrivals,
) -> None:
    """Connects one event: `handle` gets the values of `sent` by name and who asks, and `EventResult` goes to its
    components. The box of an access code is empty after it."""
    parts = {name: getattr(outputs, name) for name in Outputs.__dataclass_fields__}

    @masks_errors
    def answer(request: gr.Request, values: Mapping[str, Any]) -> dict[Any, Any]:
        shown = handle(values, caller_of(request))
        views = {component: getattr(shown, name) for name, component in parts.items()}
        return {component: view for component, view in views.items() if view is not None}

    def listen(request: gr.Request, *values: Any) -> dict[Any, Any]:
        named = dict(zip(sent, values, strict=True))
        arrived = arrivals.noted(str(named["visitor"]), str(named["idempotency_key"]))
        with arrived, speaking(locale_of(named["language"])):
            return answer(request, named)

    spending = "code" in sent
    done = event(
        listen,
        list(sent.values()),
        list(parts.values()),
        js=f"(...values) => window.studio.before({json.dumps(list(sent))}, values)",
        api_visibility="private",
        queue=False,
        show_progress="hidden",
        # One whose answer never comes would keep every later one from being sent; the script lets one go at a time.
        trigger_mode="multiple",
    )
    spends = json.dumps(spending)
    done.failure(None, None, None, js=f"() => window.studio.failed({spends})")
    done.then(None, None, None, js=f"() => window.studio.over({spends})")
    if spending:
        done.success(None, None, sent["code"], js="() => { window.studio.answered(); return ''; }")


def _offered(kept: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The values that a choice still offers: a draft of yesterday may hold another."""
    return {
        name: [value for _, value in component.choices]
        for name, component in kept.items()
        if isinstance(component, gr.Radio | gr.Dropdown)
    }
