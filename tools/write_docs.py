"""Writes what the docs derive from the code: ``python -m tools.write_docs``. `test_docs` compares.

`docs/fields.md` as a whole; in the others the parts between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``. The
settings come from `.env.example`, the one place where they are described.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from weryai_ui.errors import CODES, HTTP, WIRE, ActionBy, Explanation, explain, explain_trouble
from weryai_ui.media.units import MEGABYTE
from weryai_ui.request.fields import (
    CLIP_MAX_SECONDS,
    CLIP_MIN_SECONDS,
    CLIPS_TOTAL_SECONDS,
    FIELDS,
    FieldSpec,
    Kind,
)
from weryai_ui.request.models import SHIPPED, Model
from weryai_ui.request.rules import IMAGE_ASPECT, IMAGE_SIDE_PIXELS, VIDEO_FRAME_PIXELS, VIDEOS_TOTAL_BYTES
from weryai_ui.sandbox.profile import DIFFERENCES
from weryai_ui.sandbox.scenarios import SCENARIOS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
FIELDS_PAPER = DOCS / "fields.md"
EXAMPLE_ENV = ROOT / ".env.example"
PACKAGE = ROOT / "weryai_ui"
WHO_ACTS: Mapping[ActionBy, str] = {
    ActionBy.WAIT: "nobody: wait",
    ActionBy.FIX_INPUT: "you",
    ActionBy.KEY_OWNER: "the key's owner",
    ActionBy.TOP_UP: "the account's owner",
    ActionBy.SERVICE: "WeryAI",
    ActionBy.CHECK: "you: check first",
}
TYPES: Mapping[Kind, str] = {
    Kind.MODEL: "string",
    Kind.TEXT: "string",
    Kind.LINKS: "string(uri)[]",
    Kind.LINK: "string(uri)",
    Kind.CHOICE: "string",
    Kind.INTEGER: "integer",
}


def main() -> None:
    """Writes all of it."""
    FIELDS_PAPER.write_text(fields_paper(), encoding="utf-8")
    for document, parts in PARTS.items():
        document.write_text(with_parts(document.read_text(encoding="utf-8"), parts), encoding="utf-8")


def fields_paper() -> str:
    """`docs/fields.md`: every field of the request, from its one declaration."""
    clips = (
        f"A clip or sound lasts {CLIP_MIN_SECONDS:g} to {CLIP_MAX_SECONDS:g} s; all videos together, and all audios "
        f"together, at most {CLIPS_TOTAL_SECONDS:g} s. Audios need an image or a video beside them."
    )
    table = _table(
        ("Field", "Type", "Required", "Rule", "On the form", "The form starts with", "Help on the form"),
        (_field_row(spec) for spec in FIELDS.values()),
    )
    return (
        "# The fields of a request\n\n"
        "Generated from `weryai_ui/request/fields.py` by `python -m tools.write_docs`. The rules are those of the "
        "endpoint's reference page.\nAn optional field that is left empty is left out of the body.\n\n"
        f"{table}\n{clips}\n\n{_models()}"
    )


def _models() -> str:
    """What differs from model to model."""
    table = _table(
        (
            "Key",
            "Name",
            "Known to run",
            "Seconds",
            "Prompt",
            "Images",
            "Videos",
            "Audios",
            "Ratios",
            "Resolutions",
            "Form",
        ),
        (_model_row(model) for model in SHIPPED),
    )
    return (
        "## Models\n\n"
        "Generated from `weryai_ui/request/models.json`. The table above is for the first. `WERYAI_MODELS` names\n"
        "a file of the same form, which takes its place: a newer model is a row in it. What a row leaves out is\n"
        f"as for the first.\n\n{table}\n"
        "`documented`: on the endpoint's reference page. `seen`: a public user of this endpoint ran it. `listed`:\n"
        "named by users, and never shown to run here. With a key of your own any key can be typed; then the\n"
        "widest rules of all models hold.\n"
    )


def _model_row(model: Model) -> tuple[str, ...]:
    prompt = f"{model.prompt}" if model.prompt_advised is None else f"{model.prompt}, advised {model.prompt_advised}"
    seconds = f"{model.seconds[0]} to {model.seconds[1]}"
    counts = (str(model.images), str(model.videos), str(model.audios))
    choices = (", ".join(model.ratios), ", ".join(model.resolutions))
    if not model.known.is_certain:
        seconds, prompt, counts, choices = "?", "?", ("?", "?", "?"), ("?", "?")
    return (
        f"`{model.key}`",
        model.name,
        model.known,
        seconds,
        prompt,
        *counts,
        *choices,
        "yes" if model.is_offered else "",
    )


def with_parts(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """A document with its derived parts as the code has them now."""
    for name, part in parts.items():
        between = re.compile(f"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        text, found = between.subn(lambda match, part=part: f"{match[1]}{part()}{match[2]}", text)  # type: ignore[misc]
        assert found == 1, f"the document has {found} parts named {name}"
    return text


def _field_row(spec: FieldSpec) -> tuple[str, ...]:
    default = "" if spec.form.default in (None, "") else f"`{spec.form.default}`"
    return (
        f"`{spec.name}`",
        TYPES[spec.kind],
        "yes" if spec.required else "no",
        _rule(spec),
        spec.label,
        default or "empty",
        spec.help,
    )


def _rule(spec: FieldSpec) -> str:
    if spec.kind is Kind.MODEL:
        return "one of the models below"
    if spec.kind is Kind.CHOICE:
        return ", ".join(f"`{choice}`" for choice in spec.wire_choices)
    if spec.kind is Kind.INTEGER:
        return f"{spec.minimum} to {spec.maximum}"
    if spec.kind is Kind.LINKS:
        return f"at most {spec.max_length} links"
    if spec.kind is Kind.LINK:
        return "one link"
    return f"at most {spec.max_length} characters"


def _modules() -> str:
    """Each module with the first line of its docstring; one without a docstring is an error."""
    rows = []
    for path in sorted(PACKAGE.rglob("*.py")):
        where = path.relative_to(PACKAGE).as_posix()
        if path.name == "__init__.py" or where.startswith(("i18n/", "ui/widgets/")):
            continue
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert words, f"{where} has no docstring"
        rows.append((f"`weryai_ui/{where}`", words.partition("\n\n")[0].replace("\n", " ")))
    return _table(("Module", "What it is"), rows)


def _settings() -> str:
    """A section and a table for each part of `.env.example`; what stands before the first part is left out."""
    _, *sections = re.split(r"^# --- (.*) ---$", EXAMPLE_ENV.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return "\n".join(
        f"## {title}\n\n{_settings_of(text)}" for title, text in zip(sections[::2], sections[1::2], strict=True)
    )


def _settings_of(section: str) -> str:
    """Paragraphs as they are; a comment that ends with a setting is a row of the table."""
    about, intro, rows = "", "", []
    for line in section.strip().splitlines():
        if setting := re.fullmatch(r"# ([A-Z_]+)=(.*)", line):
            rows.append((f"`{setting[1]}`", f"`{setting[2]}`" if setting[2] else "not set", about))
            about = ""
        elif line:
            about = f"{about} {_marked(line.removeprefix('# '))}".strip()
        else:
            intro, about = f"{about}\n\n", ""
    return intro + _table(("Setting", "Default", "Meaning"), rows)


def _marked(text: str) -> str:
    """Names of settings and of other documents, as Markdown writes them."""
    text = re.sub(r"\b[A-Z]+_[A-Z_]+\b", r"`\g<0>`", text)
    return re.sub(r"\bdocs/(\w+\.md)\b", r"[\1](\1)", text)


def _codes() -> str:
    explained = {code: explain(200, code) for code in sorted({*CODES, 1002})}
    return _errors("Code", explained)


def _http() -> str:
    return _errors("HTTP", {status: explain(status, None) for status in sorted(HTTP)})


def _wire() -> str:
    return _errors("On the wire", {trouble.value: explain_trouble(trouble) for trouble in WIRE})


def _scenarios() -> str:
    return _table(("Key", "What happens"), ((f"`{key}`", each.description) for key, each in SCENARIOS.items()))


def _profiles() -> str:
    return _table(("What", "documented", "measured (the default)"), DIFFERENCES)


def _advice() -> str:
    sides, aspects, frames = (
        f"{low:,} to {high:,}" for low, high in (IMAGE_SIDE_PIXELS, IMAGE_ASPECT, VIDEO_FRAME_PIXELS)
    )
    providers = "pages of other providers of the model"
    rows = [
        (FIELDS["images"].label, f"{sides} pixels a side", providers),
        (FIELDS["images"].label, f"{aspects} times as wide as high", providers),
        (FIELDS["videos"].label, f"{frames} pixels a frame", providers),
        (FIELDS["videos"].label, f"{VIDEOS_TOTAL_BYTES // MEGABYTE} MB in all", providers),
    ]
    return _table(("Of", "Usual", "Who says so"), rows)


def _errors(head: str, explained: Mapping[int, Explanation] | Mapping[str, Explanation]) -> str:
    return _table(
        (head, "Cause", "Who acts", "What to do"),
        ((f"`{name}`", each.cause, WHO_ACTS[each.move], each.advice) for name, each in explained.items()),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


PARTS: Mapping[Path, Mapping[str, Callable[[], str]]] = {
    DOCS / "settings.md": {"settings": _settings},
    DOCS / "errors.md": {"codes": _codes, "http": _http, "wire": _wire},
    DOCS / "sandbox.md": {"scenarios": _scenarios, "profiles": _profiles},
    DOCS / "assumptions.md": {"advice": _advice},
    DOCS / "architecture.md": {"modules": _modules},
}


if __name__ == "__main__":
    main()
