"""What is wrong with the form of a profile's text: keys, types, numbers out of range. PURE.

Before: pydantic's verdict on the document. After: one line for each fault, with what to write.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from edge_agent.config_faults import LIMITS, Loc, beyond, dotted, keys_at, near, shown
from edge_agent.profile.fault_line import fault_line
from edge_agent.words import said

_LISTS: Mapping[str, str] = {
    "models": '["One", "Two"]',
    "anchor.models": "[201, 202, 203, 204]",
    "wirings": '["3P4W", "3P3W"]',
    "quirks": '["One sentence."]',
    "bauds": "[9600, 19200]",
    "parities": '["E", "N"]',
    "holes": "[[0x0010, 0x001F]]",
    "readable": "[[0x0000, 0x00FF]]",
    "not_available": "[0x7FFFFFFF]",
    "scale_by": '["ct"]',
    "range": "[90, 300]",
    "between": "[[330, 345]]",
    "equals": "[0x42323320]",
    "text": '["iEM3155"]',
    "expect": "[0]",
    "map": "[[0, 1.0], [1, 1000.0]]",
    "sources": "[[sources]]",
    "identity": "[[identity]]",
    "never_write": "[[never_write]]",
}
"""Every key that holds a list, as it may look."""
_TABLES: Mapping[str, str] = {
    "registers": "{ address = 0x0000 }",
    "settings": "[settings.name]",
    "sources": "[[sources]]",
    "identity": "[[identity]]",
    "never_write": "[[never_write]]",
}
_KINDS: Mapping[str, tuple[str, str]] = {
    "missing": (said("missing"), said("add this key")),
    "int": (said("not a whole number"), said("write a number without quotes")),
    "float": (said("not a number"), said("write a number without quotes")),
    "finite": (said("not a finite number"), said("write a number without quotes")),
    "bool": (said("neither true nor false"), said("write true or false")),
    "string": (said("not a text"), said("write it in quotes")),
}


def schema_lines(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line for each fault of a document of ``model``; parts of one list are one fault."""
    lines: dict[str, str] = {}
    for detail in error.errors(include_url=False):
        where, line = _line(detail, model)
        lines.setdefault(where, line)
    return list(lines.values())


def _line(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    loc, kind = detail["loc"], detail["type"]
    at = next((i for i, step in enumerate(loc) if step in _LISTS and _in_list(loc, i, kind)), None)
    if at is not None and kind != "literal_error":
        where = dotted(loc[: at + 1])
        what = said("empty") if detail["input"] == [] else said("not a list of the right form")
        example = _LISTS.get(where) or _LISTS[str(loc[at])]
        return where, fault_line(where, what, said("write {example}", example=example))
    where, (told, hint) = dotted(loc), _explained(detail, model)
    known = kind not in ("missing", "extra_forbidden")
    return where, fault_line(where, told, hint, shown(detail["input"]) if known else "")


def _in_list(loc: Loc, at: int, kind: str) -> bool:
    """Whether a fault at ``loc`` is one of the list named at ``loc[at]``, not of a table in it."""
    if loc[at] in _TABLES:
        return kind == "tuple_type" and at == len(loc) - 1
    # [[identity]] has a key `text` that is a list; format "text" is a value, and no key.
    return kind != "extra_forbidden" and not (at == len(loc) - 1 and kind == "missing")


def _explained(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        keys = keys_at(model, detail["loc"][:-1])
        return said("unknown key"), near(str(detail["loc"][-1]), keys)
    if kind == "literal_error":
        return said("not one of the choices"), said("write {choices}", choices=context["expected"])
    if kind in LIMITS:
        return beyond(kind, f"{context[LIMITS[kind]]:g}")
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        example = _TABLES.get(str(detail["loc"][0]), f"[{detail['loc'][-1]}]")
        return said("not a table"), said("write {example}", example=example)
    if kind in ("too_short", "string_too_short"):
        return said("empty"), said("write at least one")
    plain = (detail["msg"], said("`edge-agent profile show` of another model shows the form"))
    return _KINDS.get(kind.partition("_")[0], plain)
