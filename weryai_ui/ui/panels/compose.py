"""The form: every field of the request, where it goes, and the two buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from weryai_ui.access import Access, SendTo
from weryai_ui.request import FIELDS, FieldSpec, Kind
from weryai_ui.rules import rules
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.ui.carrying import Carrying
from weryai_ui.ui.handlers import Handlers
from weryai_ui.ui.texts import en
from weryai_ui.ui.widgets.carry.widget import carry
from weryai_ui.ui.widgets.mentions.widget import mentions
from weryai_ui.ui.widgets.problem_list.widget import problem_list
from weryai_ui.ui.widgets.reference_tray.widget import reference_tray

NUMBER_BOX_MAXIMUM = 1000
"""Above this an integer gets a text box: a number box would round a 64-bit one."""


@dataclass(frozen=True)
class Compose:
    """The components of the form. `fields` is keyed by wire name, in the order of the request."""

    fields: Mapping[str, gr.components.FormComponent]
    send_to: gr.Radio
    my_key: gr.Textbox
    code: gr.Textbox
    scenario: gr.Dropdown
    carry: gr.HTML
    tray: gr.HTML
    problems: gr.HTML
    generate: gr.Button
    check: gr.Button


def build(access: Access, models: Mapping[str, str], handlers: Handlers, carrying: Carrying) -> Compose:
    """The compose panel, built into the current layout from `FIELDS`."""
    fields: dict[str, gr.components.FormComponent] = {}

    def add(*names: str) -> None:
        fields.update({name: _component(FIELDS[name], models) for name in names})

    known_rules = rules(models)
    carried = carry(dict(en.CARRY), [carrying.read_pasted, carrying.share_form, carrying.open_shared], elem_id="carry")
    add("prompt")
    mentions(known_rules, dict(en.MENTIONS), elem_id="mentions")
    asks = [handlers.describe_uploads, handlers.cut_upload, handlers.upload_states]
    tray = reference_tray(known_rules, dict(en.TRAY), asks, elem_id="references")
    with gr.Accordion(en.TRAY["paste_many"], open=False, elem_classes="studio-advanced", elem_id="paste-many"):
        add("images")
        with gr.Row():
            add("videos", "audios")
    with gr.Row(elem_classes="studio-shape"):
        add("aspect_ratio", "resolution", "duration", "video_number", "generate_audio")
    with gr.Accordion(en.PAGE["advanced"], open=False, elem_classes="studio-advanced", elem_id="advanced"):
        add("model", "webhook_url", "caller_id")
    send_to, my_key, code, scenario = _destination(access)
    problems = problem_list(known_rules, dict(en.PROBLEM_LIST), elem_id="problems")
    with gr.Row(elem_classes="studio-actions"):
        check = gr.Button(en.PAGE["check"], elem_id="check", variant="secondary", scale=1)
        generate = gr.Button(en.PAGE["generate"], elem_id="generate", variant="primary", scale=2)
    in_order = {name: fields[name] for name in FIELDS}
    return Compose(in_order, send_to, my_key, code, scenario, carried, tray, problems, generate, check)


def _destination(access: Access) -> tuple[gr.Radio, gr.Textbox, gr.Textbox, gr.Dropdown]:
    offers = access.offers
    send_to = gr.Radio(
        [(en.SEND_TO[offer], offer.value) for offer in offers],
        value=offers[0].value,
        label=en.PAGE["send_to"],
        info=en.PAGE["closed" if access.owner_key_closed else "locked" if access.locked else "send_to_help"],
        elem_id="send-to",
    )
    my_key = gr.Textbox(
        label=en.PAGE["my_key"],
        info=en.PAGE["my_key_help"],
        type="password",
        elem_id="my-key",
        placeholder="sk-…",
        html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
    )
    code = gr.Textbox(
        label=en.PAGE["code"],
        info=en.PAGE["code_help"],
        type="password",
        elem_id="access-code",
        html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
    )
    if access.settings.allowed_users and access.settings.on_space:
        # On a Space only, which the settings see to: elsewhere Gradio would log everybody in as the server.
        gr.LoginButton(elem_id="login")
    gr.HTML('<p id="allowance" role="status"></p>', apply_default_css=False, js_on_load=None)
    scenario = gr.Dropdown(
        [(each.description, key) for key, each in SCENARIOS.items()],
        value=next(iter(SCENARIOS)),
        label=en.PAGE["scenario"],
        elem_id="scenario",
        interactive=True,
        visible=SendTo.SANDBOX in offers,
    )
    return send_to, my_key, code, scenario


def _component(spec: FieldSpec, models: Mapping[str, str]) -> gr.components.FormComponent:
    make = _MAKERS[spec.kind]
    return make(spec, models)


def _about(spec: FieldSpec) -> dict[str, Any]:
    return {"label": spec.label, "info": spec.form.help, "elem_id": f"field-{spec.name}"}


def _model(spec: FieldSpec, models: Mapping[str, str]) -> gr.Dropdown:
    choices = [(f"{name} ({key})", key) for key, name in models.items()]
    return gr.Dropdown(choices, value=next(iter(models)), interactive=True, **_about(spec))


def _text(spec: FieldSpec, _models: Mapping[str, str]) -> gr.Textbox:
    return gr.Textbox(value=spec.form.default, lines=4, max_lines=10, **_about(spec))


def _links(spec: FieldSpec, _models: Mapping[str, str]) -> gr.Textbox:
    return gr.Textbox(value=spec.form.default, lines=2, max_lines=9, placeholder="https://…", **_about(spec))


def _link(spec: FieldSpec, _models: Mapping[str, str]) -> gr.Textbox:
    return gr.Textbox(value=spec.form.default, placeholder="https://…", **_about(spec))


def _choice(spec: FieldSpec, _models: Mapping[str, str]) -> gr.Radio:
    return gr.Radio(list(spec.form.choices), value=str(spec.form.default), **_about(spec))


def _integer(spec: FieldSpec, models: Mapping[str, str]) -> gr.components.FormComponent:
    if spec.form.choices:
        return _choice(spec, models)
    if spec.maximum is not None and spec.maximum <= NUMBER_BOX_MAXIMUM:
        # No minimum and maximum here: Gradio would answer with a toast of its own and not at the field.
        return gr.Number(value=spec.form.default, step=1, **_about(spec))
    return gr.Textbox(value=spec.form.default, **_about(spec))


_MAKERS: Mapping[Kind, Callable[[FieldSpec, Mapping[str, str]], gr.components.FormComponent]] = {
    Kind.MODEL: _model,
    Kind.TEXT: _text,
    Kind.LINKS: _links,
    Kind.LINK: _link,
    Kind.CHOICE: _choice,
    Kind.INTEGER: _integer,
}
