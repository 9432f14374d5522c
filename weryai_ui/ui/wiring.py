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
from weryai_ui.ui.http.scripts import call
from weryai_ui.ui.http.turns import Event
from weryai_ui.ui.localized import Localized
from weryai_ui.ui.panels.compose import Compose
from weryai_ui.ui.panels.results import Results
from weryai_ui.ui.panels.start import Start


def connect(
    page: gr.Blocks, head: gr.HTML, start: Start, form: Compose, shown: Results, handlers: Handlers, spoken: Localized
) -> Mapping[int, Event]:
    """Connects the form with the handlers; gives the events that reach the server, by their number.

    Listeners without a function run in the browser alone.
    """
    kept: dict[str, Any] = {**form.fields, "send-to": form.send_to, "scenario": form.scenario}
    fields = list(form.fields.values())
    # Filled by the browser as the event goes out (`before` in `ui/scripts/submission.js`), and empty in between.
    of_form = {name: gr.Textbox(visible=False) for name in ("measured", "came_from")}
    hidden = {name: gr.Textbox(visible=False) for name in ("visitor", "idempotency_key", "language")}
    own = {"my-key": form.my_key, **hidden}
    sent: dict[str, Any] = {**kept, **of_form, **hidden, **own}
    # Only what may spend the owner's credits gets the access code.
    code = {"code": form.code}

    _connect_words(page, head, form, spoken)
    _connect_draft(page, kept, spoken)
    again = call(f"studio.pendingForm({json.dumps(list(form.fields))})")
    for widget in (shown.board, start.carry):
        widget.run_again(None, None, fields, js=again)
    edited = ("prompt", *REFERENCE_FIELDS)
    edit = call(f"{json.dumps(edited)}.map((name) => studio.handed.edit[name])")
    form.tray.edited(None, None, [form.fields[name] for name in edited], js=edit)

    arrivals = handlers.arrivals
    outputs = Outputs(form.problems, shown.board)
    again_sent = {"intent": gr.Textbox(visible=False), **own, **code}
    where = {"link": gr.Textbox(visible=False), "send-to": form.send_to, "scenario": form.scenario}
    connected = (
        _on(form.check.click, "prepare", handlers.check, sent, outputs, arrivals),
        _on(form.generate.click, "submit", handlers.generate, {**sent, **code}, outputs, arrivals),
        _on(shown.board.submit_again, "again", handlers.submit_again, again_sent, outputs, arrivals),
        _on(form.tray.upload_again, "prepare", handlers.upload_again, {**where, **own}, outputs, arrivals),
    )
    return dict(connected)


def _connect_words(page: gr.Blocks, head: gr.HTML, form: Compose, spoken: Localized) -> None:
    """The words of the page follow its language and its model."""
    page.load(None, None, spoken.components, js=spoken.script)
    head.spoken(None, None, spoken.components, js=spoken.script)
    model: Any = form.fields["model"]
    model.change(None, [model], spoken.components, js=spoken.script)


def _connect_draft(page: gr.Blocks, kept: Mapping[str, Any], spoken: Localized) -> None:
    """The browser keeps what was typed, and gives it back to the next page."""
    names, values = json.dumps(list(kept)), list(kept.values())
    changed = call(f"studio.formChanged({names}, values)")
    restored = call(f"studio.draft({names}, values, {json.dumps(_offered(kept, spoken))})")
    page.load(None, values, values, js=restored).then(None, values, None, js=changed)
    gr.on([each.change for each in values], None, values, None, js=changed)


@dataclass(frozen=True)
class Outputs:
    """Where the parts of a `EventResult` go."""

    findings: gr.HTML
    results: gr.HTML


def _on(
    event: Callable[..., Any],
    kind: str,
    handle: Callable[[Mapping[str, Any], Caller], EventResult],
    sent: Mapping[str, Any],
    outputs: Outputs,
    arrivals: Arrivals,
) -> tuple[int, Event]:
    """Connects one event, and gives it with its number.

    `handle` gets the values of `sent` by name and who asks, and `EventResult` goes to its components. The box of an
    access code is empty after it.
    """
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

    done = event(
        listen,
        list(sent.values()),
        list(parts.values()),
        js=call(f"studio.before({json.dumps(list(sent))}, values)"),
        api_visibility="private",
        queue=False,
        show_progress="hidden",
        # One whose answer never comes would keep every later one from being sent; the script lets one go at a time.
        trigger_mode="multiple",
    )
    _tell_scripts(done, sent)
    return int(done["id"]), Event(kind, tuple(sent))


def _tell_scripts(done: Any, sent: Mapping[str, Any]) -> None:
    """Has the page's scripts know how an event ended."""
    spends = json.dumps("code" in sent)
    done.failure(None, None, None, js=call(f"studio.failed({spends})"))
    done.then(None, None, None, js=call(f"studio.over({spends})"))
    if "code" in sent:
        done.success(None, None, sent["code"], js=call("(studio.answered(), '')"))


def _offered(kept: Mapping[str, Any], spoken: Localized) -> dict[str, list[Any]]:
    """The values that a choice still offers: a draft of yesterday may hold another."""
    return {
        name: spoken.values(component)
        for name, component in kept.items()
        if isinstance(component, gr.Radio | gr.Dropdown) and not getattr(component, "allow_custom_value", False)
    }
