"""An export as an HTTP Archive, against the schemas that public validators of the form use (npm, har-schema)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft6Validator  # type: ignore[import-untyped] # has no types of its own
from referencing import Registry, Resource

from tests.conftest import App
from tests.durability.waiting import until
from tests.service.conftest import new_submission
from tests.visitors import visitor_named
from weryai_ui import VERSION
from weryai_ui.portable.paste import read_pasted
from weryai_ui.sandbox.scenarios import SCENARIOS
from weryai_ui.ui.views.details import har

SCHEMAS = Path(__file__).parent.parent / "node_modules" / "har-schema" / "lib"


def validator() -> Any:
    """The schema of a whole archive; its parts name each other by their files."""
    if not SCHEMAS.is_dir():
        pytest.skip("npm's registry was not reached: python -m tests installs the schemas")
    parts = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    named = [(f"{name}#", Resource.from_contents(part)) for name, part in parts.items()]
    plain = [(name, resource) for (_, resource), name in zip(named, parts, strict=True)]
    return Draft6Validator(parts["har.json"], registry=Registry().with_resources([*named, *plain]))


@pytest.mark.parametrize("key", ["sk-sandbox", "sk-sandbox-fails", "sk-sandbox-malformed", "sk-sandbox-made-reset"])
def test_an_export_is_complete(app: App, key: str) -> None:
    assert key in SCENARIOS
    visitor = visitor_named(key)
    intent = app.service.submit(new_submission(visitor=visitor, scenario=key)).intent
    assert intent is not None

    def exported() -> dict[str, Any]:
        opened = app.service.open(visitor, intent.id)
        assert opened is not None
        return har(opened[1])

    assert until(lambda: exported()["log"]["entries"])
    archive = json.loads(json.dumps(exported()))
    assert list(validator().iter_errors(archive)) == []
    assert archive["log"]["creator"] == {"name": "weryai_ui", "version": VERSION}
    assert all(each["response"]["content"]["mimeType"] for each in archive["log"]["entries"])
    assert read_pasted(json.dumps(archive)).values == intent.payload


def test_the_schemas_would_find_what_is_missing() -> None:
    assert list(validator().iter_errors({"log": {"version": "1.2", "entries": []}}))
