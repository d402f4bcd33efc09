"""What is wrong with a settings document, in words a person can act on.

Before: pydantic's verdict on a document. After: one line per fault: dotted path, value, what is
wrong, and in brackets what to write; each can be said in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from edge_agent.process.redaction import redacted
from edge_agent.words import Said, said

Loc = tuple[int | str, ...]


class Refused(ValueError):
    """A validator's refusal: what is wrong, and what to write instead."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what}; {hint}")
        self.what, self.hint = what, hint


_WORDS = {
    "missing": (said("missing"), said("add this key")),
    "string_pattern_mismatch": (
        said("not a name"),
        said("1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit"),
    ),
    "too_short": (said("empty"), said("add at least one [[table]]")),
    "string_too_short": (said("empty"), said("write a text")),
    "finite_number": (said("not a finite number"), said("write a plain number")),
}
_WRONG_TYPES = {
    "int": (said("not a whole number"), said("write a number without quotes")),
    "float": (said("not a number"), said("write a number without quotes")),
    "string": (said("not a text"), said("write it in quotes")),
    "path": (said("not a path"), said("write a text in quotes")),
    "tuple": (said("not a list of tables"), said("write [[double brackets]]")),
    "model": (said("not a table"), said("write [brackets]")),
}
LIMITS = {
    "greater_than": "gt",
    "greater_than_equal": "ge",
    "less_than": "lt",
    "less_than_equal": "le",
}


def schema_faults(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line for each of pydantic's complaints about a document of ``model``."""
    details = error.errors(include_url=False)
    # A list whose entries all failed is called too short as well: that is no fault of its own.
    return [
        _schema_fault(d, model) for d in details if not (d["type"] == "too_short" and d["input"])
    ]


def is_path(profile: str) -> bool:
    """Whether a meter's ``profile`` is the path of a file instead of a shipped name."""
    return profile.endswith(".toml") or "/" in profile


def shipped_profiles() -> tuple[str, ...]:
    """The names of the profiles that come with the agent, sorted."""
    entries = (entry.name for entry in files("edge_agent").joinpath("profiles").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in entries if name.endswith(".toml")))


def near(word: str, known: Iterable[str]) -> Said:
    """What to write instead of ``word``: the nearest of ``known``, or all of them."""
    import difflib  # most files have no fault, and it would stay in memory for years

    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=2, cutoff=0.5)
    if not choices:
        return said("there are none yet")
    if len(close) == 2:
        return said("did you mean {one} or {other}?", one=close[0], other=close[1])
    if close:
        return said("did you mean {one}?", one=close[0])
    return said("known: {names}", names=", ".join(choices))


def fault(path: str, shown: str, what: str, hint: str) -> Said:
    """One line: ``path = value: what is wrong (what to write)``."""
    place = f"{path} = {shown}" if shown else path
    if not hint:
        return said("{place}: {what}", place=place, what=what)
    return said("{place}: {what} ({hint})", place=place, what=what, hint=hint)


def shown(value: object) -> str:
    """A value as a person wrote it, cut when it is long; nothing of tables and lists."""
    if isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = redacted(f'"{value}"' if isinstance(value, str) else repr(value))
    return text if len(text) <= 60 else text[:57] + "..."


def _schema_fault(detail: ErrorDetails, model: type[BaseModel]) -> Said:
    what, hint = _explain(detail, model)
    told = "" if detail["type"] in ("missing", "extra_forbidden") else shown(detail["input"])
    return fault(dotted(detail["loc"]), told, what, hint)


def _explain(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return said("unknown key"), near(str(detail["loc"][-1]), keys_at(model, detail["loc"][:-1]))
    if kind == "literal_error":
        return said("not one of the choices"), said("write {choices}", choices=context["expected"])
    if kind == "value_error":
        return _refusal(context["error"])
    if kind in LIMITS:
        return beyond(kind, f"{context[LIMITS[kind]]:g}")
    known = _WORDS.get(kind) or _WRONG_TYPES.get(kind.split("_")[0])
    return known or (detail["msg"], said("see deploy/examples/agent.toml"))


def _refusal(error: ValueError) -> tuple[str, str]:
    if isinstance(error, Refused):
        return error.what, error.hint
    what, _, hint = str(error).partition("; ")
    return what, hint


def beyond(kind: str, limit: str) -> tuple[str, str]:
    """A number beyond a bound, and which numbers are allowed; ``kind`` is pydantic's word."""
    if kind == "greater_than":
        return said("not more than {limit}", limit=limit), said(
            "write a number above {limit}", limit=limit
        )
    if kind == "greater_than_equal":
        return said("less than {limit}", limit=limit), said(
            "the smallest allowed is {limit}", limit=limit
        )
    if kind == "less_than":
        return said("not less than {limit}", limit=limit), said(
            "write a number below {limit}", limit=limit
        )
    return said("more than {limit}", limit=limit), said(
        "the largest allowed is {limit}", limit=limit
    )


def keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that the table at ``loc`` may have."""
    here: Any = model
    for step in loc:
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = _without_none(here.model_fields[str(step)].annotation)
        else:
            here = get_args(here)[1 if get_origin(here) is dict else 0]
    return list(here.model_fields)


def _without_none(annotation: Any) -> Any:
    """The table itself where it may be left out."""
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    return kinds[0] if type(None) in get_args(annotation) else annotation


def dotted(loc: Loc) -> str:
    """``meters[1].unit_id``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return "".join(steps).removeprefix(".")
