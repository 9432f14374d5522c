"""The form: every field of the request, and the bar with where it goes and the two buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from weryai_ui.access.policy import Access
from weryai_ui.i18n import has
from weryai_ui.request.fields import FIELDS, FieldSpec, Kind, specs_for
from weryai_ui.request.models import Catalogue
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.store.records import SendTo
from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.localized import Keys, Localized
from weryai_ui.ui.widgets.mentions.widget import mentions
from weryai_ui.ui.widgets.problem_list.widget import problem_list
from weryai_ui.ui.widgets.reference_tray.widget import reference_tray

NUMBER_BOX_MAXIMUM = 1000
"""Above this an integer gets a text box: a number box would round a 64-bit one."""


BAR = (
    '<p id="goes" role="status"></p><p id="price" role="status"></p><p id="allowance" role="status"></p>'
    '<button id="forget-key" type="button" hidden></button>'
    '<button id="variations-open" type="button" aria-haspopup="dialog"></button>'
    '<button id="bar-status" type="button" hidden></button>'
)
"""Where a press would go, what it may cost, what is left of a budget; the ways to forget a key and to several variants;
and how the newest submission stands, which leads to its result."""


@dataclass(frozen=True)
class Compose:
    """The components of the form. `fields` is keyed by wire name, in the order of the request."""

    fields: Mapping[str, gr.components.FormComponent]
    send_to: gr.Radio
    my_key: gr.Textbox
    code: gr.Textbox
    scenario: gr.Dropdown
    tray: gr.HTML
    problems: gr.HTML
    generate: gr.Button
    check: gr.Button


def build(access: Access, models: Catalogue, handlers: Handlers, spoken: Localized) -> Compose:
    """The compose panel, built into the current layout from `FIELDS`."""
    fields: dict[str, gr.components.FormComponent] = {}

    specs = specs_for(models.default)

    def add(*names: str) -> None:
        fields.update({name: _MAKERS[specs[name].kind](spoken, specs[name], models) for name in names})

    add("prompt")
    mentions(elem_id="mentions")
    asks = [
        handlers.tray.describe_uploads,
        handlers.tray.cut_upload,
        handlers.tray.fit_upload,
        handlers.tray.fit_states,
        handlers.tray.give_up_fit,
        handlers.tray.upload_states,
        handlers.tray.reach_link,
    ]
    tray = reference_tray(asks, elem_id="references")
    with gr.Row(elem_classes="studio-shape"):
        add("aspect_ratio", "resolution", "duration", "video_number", "generate_audio")
    with _folded(spoken, "tray.paste_many", elem_id="paste-many"):
        add("images", "videos", "audios")
    with _folded(spoken, "page.advanced", elem_id="advanced"):
        add("model", "webhook_url", "caller_id")
    with gr.Row(elem_classes="studio-actions"):
        problems = problem_list(elem_id="problems")
        gr.HTML(BAR, apply_default_css=False, js_on_load=None, elem_id="goes-line")
        with gr.Row(elem_id="destination"):
            send_to, my_key, code, scenario = _destination(access, spoken)
        check = spoken.add(gr.Button, {"value": "page.check"}, elem_id="check", variant="secondary", scale=1)
        generate = spoken.add(gr.Button, {"value": "page.generate"}, elem_id="generate", variant="primary", scale=2)
    in_order = {name: fields[name] for name in FIELDS}
    return Compose(in_order, send_to, my_key, code, scenario, tray, problems, generate, check)


def _folded(spoken: Localized, label: str, *, elem_id: str) -> gr.Accordion:
    return spoken.add(gr.Accordion, {"label": label}, open=False, elem_classes="studio-advanced", elem_id=elem_id)


def _destination(access: Access, spoken: Localized) -> tuple[gr.Radio, gr.Textbox, gr.Textbox, gr.Dropdown]:
    offers = access.offers
    closed = "page.closed" if access.owner_key_closed else "page.locked" if access.locked else "page.send_to_help"
    choices = [(f"send_to.{offer}", offer.value) for offer in offers]
    keys: Keys = {"label": "page.send_to", "info": closed, "choices": choices}
    send_to = spoken.add(gr.Radio, keys, value=offers[0].value, elem_id="send-to")
    kept = "page.my_key_sealed" if access.settings.sealing_keys else "page.my_key_help"
    never_filled = gr.InputHTMLAttributes(autocomplete="off")
    my_key = spoken.add(
        gr.Textbox,
        {"label": "common.key_label", "info": kept},
        type="password",
        elem_id="my-key",
        placeholder="sk-…",
        html_attributes=never_filled,
    )
    code = spoken.add(
        gr.Textbox,
        {"label": "page.code", "info": "page.code_help"},
        type="password",
        elem_id="access-code",
        html_attributes=never_filled,
    )
    if (access.settings.allowed_users or access.settings.owners) and access.settings.on_space:
        # On a Space only, which the settings see to: elsewhere Gradio would log everybody in as the server.
        gr.LoginButton(elem_id="login")
    scenario = spoken.add(
        gr.Dropdown,
        {"label": "page.scenario", "choices": [(f"scenario.{key}", key) for key in SCENARIOS]},
        value=next(iter(SCENARIOS)),
        elem_id="scenario",
        interactive=True,
        visible=SendTo.SANDBOX in offers,
    )
    return send_to, my_key, code, scenario


def _about(spec: FieldSpec) -> Keys:
    return {"label": f"label.{spec.name}", "info": f"help.{spec.name}"}


def _model(spoken: Localized, spec: FieldSpec, models: Catalogue) -> gr.Dropdown:
    choices = [(f"{model.name} ({model.key})", model.key) for model in models.offered]
    keys = {**_about(spec), "choices": choices}
    return spoken.add(
        gr.Dropdown, keys, value=models.default.key, interactive=True, allow_custom_value=True, elem_id=_id(spec)
    )


def _text(spoken: Localized, spec: FieldSpec, _models: Catalogue) -> gr.Textbox:
    return spoken.add(gr.Textbox, _about(spec), value=spec.form.default, lines=3, max_lines=10, elem_id=_id(spec))


def _links(spoken: Localized, spec: FieldSpec, _models: Catalogue) -> gr.Textbox:
    look: dict[str, Any] = {"lines": 2, "max_lines": 9, "placeholder": "https://…"}
    return spoken.add(gr.Textbox, _about(spec), value=spec.form.default, elem_id=_id(spec), **look)


def _link(spoken: Localized, spec: FieldSpec, _models: Catalogue) -> gr.Textbox:
    return spoken.add(gr.Textbox, _about(spec), value=spec.form.default, placeholder="https://…", elem_id=_id(spec))


def _choice(spoken: Localized, spec: FieldSpec, models: Catalogue) -> gr.Radio:
    keys = {**_about(spec), "choices": _choices(spec)}
    later = {"choices": _choices(specs_for(models.widest)[spec.name]), "of": spec.name}
    return spoken.add(gr.Radio, keys, later, value=str(spec.form.default), elem_id=_id(spec))


def _choices(spec: FieldSpec) -> list[tuple[str, str]]:
    return [(_choice_words(spec, value), value) for value in spec.form.choices]


def _choice_words(spec: FieldSpec, value: str) -> str:
    """The key of a choice's words; a value that needs none, such as "16:9", stands for itself."""
    key = f"choice.{spec.name}.{value}" if value else "choice.not_set"
    return key if has(key) else value


def _integer(spoken: Localized, spec: FieldSpec, models: Catalogue) -> gr.components.FormComponent:
    if spec.form.choices:
        return _choice(spoken, spec, models)
    if spec.maximum is not None and spec.maximum <= NUMBER_BOX_MAXIMUM:
        # No minimum and maximum here: Gradio would answer with a toast of its own and not at the field.
        return spoken.add(gr.Number, _about(spec), value=spec.form.default, step=1, elem_id=_id(spec))
    return spoken.add(gr.Textbox, _about(spec), value=spec.form.default, elem_id=_id(spec))


def _id(spec: FieldSpec) -> str:
    return f"field-{spec.name}"


_MAKERS: Mapping[Kind, Callable[[Localized, FieldSpec, Catalogue], gr.components.FormComponent]] = {
    Kind.MODEL: _model,
    Kind.TEXT: _text,
    Kind.LINKS: _links,
    Kind.LINK: _link,
    Kind.CHOICE: _choice,
    Kind.INTEGER: _integer,
}
