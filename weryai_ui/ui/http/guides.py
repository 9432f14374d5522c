"""`/llms.txt` and `/agents.md`: what an agent that comes here has to know, with this app's own address."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from weryai_ui.request.fields import FieldSpec, Kind, specs_for
from weryai_ui.request.models import Model
from weryai_ui.service import Service
from weryai_ui.ui.agents import contract
from weryai_ui.ui.own_address import base_url

FOLDER = Path(contract.__file__).parent
KINDS = {"llms.txt": "text/plain", "agents.md": "text/markdown"}


def routes(service: Service) -> list[Route]:
    """A route for each, open to everybody."""
    model = service.settings.models.default
    filled = {name: _filled((FOLDER / name).read_text(), model) for name in KINDS}

    def give(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return PlainTextResponse(filled[name].replace("{base}", base_url(service, request)), media_type=KINDS[name])

    return [Route(f"/{name}", give) for name in KINDS]


def _filled(text: str, model: Model) -> str:
    calls = "\n".join(f"- `{each.name}`: {each.description}" for each in contract.CALLS)
    fields = "\n".join(_row(name, spec) for name, spec in specs_for(model).items())
    return text.replace("{calls}", calls).replace("{fields}", fields)


def _row(name: str, spec: FieldSpec) -> str:
    return f"| `{name}`{' (needed)' if spec.required else ''} | {_takes(spec)}: {spec.help} |"


def _takes(spec: FieldSpec) -> str:
    if spec.wire_choices:
        return "one of " + ", ".join(f"`{each}`" for each in spec.wire_choices)
    if spec.kind is Kind.LINKS:
        return f"a list of at most {spec.max_length} links"
    if spec.kind is Kind.INTEGER:
        return "an integer" if spec.name == "caller_id" else f"an integer, {spec.minimum} to {spec.maximum}"
    return "text" if spec.max_length is None else f"text of at most {spec.max_length} characters"
