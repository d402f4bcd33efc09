"""What is wrong with a settings document, in words a person can act on.

Before: the TOML document as plain tables, whatever they hold, and pydantic's verdict on it.
After: one line per fault: dotted path, value, what is wrong, and in brackets what to write.
Relations are looked for in the raw document, so that they show beside faults of the schema;
values of a wrong type are passed over here, because the schema names them.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from edge_agent.contract.quantity import QUANTITIES

Loc = tuple[int | str, ...]
Tables = list[tuple[str, dict[str, Any]]]
"""An array of tables, each with its dotted path."""
ProfileFaults = Callable[[str], Iterable[str]]
"""Tells what is wrong inside the profile of that name or path, one line each."""

_WORDS = {
    "missing": ("missing", "add this key"),
    "string_pattern_mismatch": (
        "not a name",
        "1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit",
    ),
    "too_short": ("empty", "add at least one [[table]]"),
    "string_too_short": ("empty", "write a text"),
    "finite_number": ("not a finite number", "write a plain number"),
}
_NUMBER_LIMITS = {
    "greater_than": ("gt", "not more than {}", "write a number above {}"),
    "greater_than_equal": ("ge", "less than {}", "the smallest allowed is {}"),
    "less_than": ("lt", "not less than {}", "write a number below {}"),
    "less_than_equal": ("le", "more than {}", "the largest allowed is {}"),
}


def schema_faults(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line for each of pydantic's complaints about a document of ``model``."""
    details = error.errors(include_url=False)
    # A list whose entries all failed is called too short as well: that is no fault of its own.
    return [
        _schema_fault(d, model) for d in details if not (d["type"] == "too_short" and d["input"])
    ]


def relation_faults(
    document: Mapping[str, Any], folder: Path, profile_faults: ProfileFaults | None
) -> Iterator[str]:
    """The faults between values, and of the files that they name relative to ``folder``."""
    links, meters = _tables(document, "links"), _tables(document, "meters")
    yield from _mqtt_faults(_table(document, "mqtt"), folder)
    yield from _doubles(links, ("id",), "link")
    yield from _doubles(links, ("device",), "link")
    yield from _doubles(links, ("host", "port"), "link", defaults={"port": 502})
    yield from _doubles(meters, ("id",), "meter")
    yield from _doubles(meters, ("link", "unit_id"), "meter")
    yield from _interval_faults(_table(document, "poll"), meters)
    yield from _link_faults(links, meters)
    yield from _group_faults(_table(document, "poll"))
    yield from _below_faults(meters)
    yield from _page_faults(_table(document, "page"), folder)
    if not meters and not _table(document, "page").get("listen"):
        hint = "add one with `edge-agent init`, or switch the page on: [page] listen"
        yield fault("meters", "", "no meter to read and no page to add one", hint)
    yield from _profile_faults(meters, folder, profile_faults)


def is_path(profile: str) -> bool:
    """Whether a meter's ``profile`` is the path of a file instead of a shipped name."""
    return profile.endswith(".toml") or "/" in profile


def shipped_profiles() -> tuple[str, ...]:
    """The names of the profiles that come with the agent, sorted."""
    entries = (entry.name for entry in files("edge_agent").joinpath("profiles").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in entries if name.endswith(".toml")))


def near(word: str, known: Iterable[str]) -> str:
    """What to write instead of ``word``: the nearest of ``known``, or all of them."""
    import difflib  # most files have no fault, and it would stay in memory for years

    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=2, cutoff=0.5)
    if not choices:
        return "there are none yet"
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(choices)}"


def _schema_fault(detail: ErrorDetails, model: type[BaseModel]) -> str:
    what, hint = _explain(detail, model)
    shown = "" if detail["type"] in ("missing", "extra_forbidden") else _shown(detail["input"])
    return fault(_dotted(detail["loc"]), shown, what, hint)


def _explain(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key", near(str(detail["loc"][-1]), _keys_at(model, detail["loc"][:-1]))
    if kind == "literal_error":
        return "not one of the choices", f"write {context['expected']}"
    if kind == "value_error":
        what, _, hint = str(context["error"]).partition("; ")
        return what, hint
    if kind in _NUMBER_LIMITS:
        key, what, hint = _NUMBER_LIMITS[kind]
        limit = f"{context[key]:g}"
        return what.format(limit), hint.format(limit)
    return _WORDS.get(kind) or _wrong_type(kind, detail["msg"])


def _wrong_type(kind: str, message: str) -> tuple[str, str]:
    wanted = {
        "int": ("not a whole number", "write a number without quotes"),
        "float": ("not a number", "write a number without quotes"),
        "string": ("not a text", "write it in quotes"),
        "path": ("not a path", "write a text in quotes"),
        "tuple": ("not a list of tables", "write [[double brackets]]"),
        "model": ("not a table", "write [brackets]"),
    }
    return wanted.get(kind.split("_")[0], (message, "see deploy/examples/agent.toml"))


def _keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that the table at ``loc`` may have."""
    here: Any = model
    for step in loc:
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = here.model_fields[str(step)].annotation
        else:
            here = get_args(here)[1 if get_origin(here) is dict else 0]
    return list(here.model_fields)


def _mqtt_faults(mqtt: Mapping[str, Any], folder: Path) -> Iterator[str]:
    for key in ("password_file", "ca_file"):
        name = mqtt.get(key)
        if isinstance(name, str) and not (folder / name).is_file():
            yield fault(f"mqtt.{key}", _shown(name), "no such file", f"looked in {folder}")
    if "password_file" in mqtt and "username" not in mqtt:
        yield fault("mqtt.username", "", "missing", "a password is sent only with a user name")
    if "ca_file" in mqtt and str(mqtt.get("url", "")).startswith("mqtt://"):
        yield fault("mqtt.ca_file", _shown(mqtt["ca_file"]), "not used", "write mqtts:// for TLS")


def _doubles(
    tables: Tables, keys: tuple[str, ...], kind: str, defaults: Mapping[str, Any] | None = None
) -> Iterator[str]:
    """Tables that share what only one may have; two serial ports or sockets clash at run time."""
    hints = {
        "link": "put all meters of one bus or gateway on one link",
        "meter": "every meter on a link answers to its own unit id",
    }
    first: dict[tuple[Any, ...], str] = {}
    for path, table in tables:
        given = {**(defaults or {}), **table}
        value = tuple(given.get(key) for key in keys)
        if not all(isinstance(part, str | int) and part != "" for part in value):
            continue
        if first.setdefault(value, path) != path:
            shown = " and ".join(_shown(part) for part in value)
            hint = hints[kind] if keys != ("id",) else "give each its own"
            yield fault(f"{path}.{keys[-1]}", shown, f"already taken by {first[value]}", hint)


def _interval_faults(poll: Mapping[str, Any], meters: Tables) -> Iterator[str]:
    base = poll.get("every_s", 10)
    for path, meter in meters:
        every = meter.get("every_s")
        if _is_number(base) and _is_number(every) and every < base:
            what = f"faster than [poll] every_s = {base}"
            yield fault(f"{path}.every_s", _shown(every), what, "a meter may only be slower")


def _link_faults(links: Tables, meters: Tables) -> Iterator[str]:
    kinds = {link.get("id"): link.get("kind") for _, link in links}
    known = [name for name in kinds if isinstance(name, str)]
    for path, meter in meters:
        link, unit = meter.get("link"), meter.get("unit_id")
        if isinstance(link, str) and link not in kinds:
            yield fault(f"{path}.link", _shown(link), "no [[links]] has that id", near(link, known))
        on_bus = isinstance(link, str) and kinds.get(link) in ("rtu", "rtu-over-tcp", "rtu-listen")
        if on_bus and isinstance(unit, int) and unit in (0, *range(248, 256)):
            hint = "1 to 247, as set on the meter"
            yield fault(f"{path}.unit_id", _shown(unit), "not a unit of a serial bus", hint)


def _group_faults(poll: Mapping[str, Any]) -> Iterator[str]:
    taken: dict[str, str] = {}
    for path, group in _tables(poll, "groups"):
        patterns = group.get("quantities")
        for pattern in patterns if isinstance(patterns, list) else ():
            where = f"poll.{path}.quantities"
            names = fnmatch.filter(QUANTITIES, pattern) if isinstance(pattern, str) else []
            if isinstance(pattern, str) and not names:
                yield fault(where, _shown(pattern), "no such quantity", near(pattern, QUANTITIES))
            for name in names:
                if taken.setdefault(name, path) != path:
                    hint = "a quantity has one pace"
                    yield fault(where, _shown(name), f"already in poll.{taken[name]}", hint)


def _below_faults(meters: Tables) -> Iterator[str]:
    above = {meter.get("id"): meter.get("below") for _, meter in meters}
    known = [name for name in above if isinstance(name, str)]
    for path, meter in meters:
        below = meter.get("below")
        if not isinstance(below, str) or not below:
            continue
        if below not in above:
            yield fault(f"{path}.below", _shown(below), "no such meter", near(below, known))
        elif _is_ring(meter.get("id"), above):
            yield fault(f"{path}.below", _shown(below), "a ring", "no meter hangs below itself")


def _is_ring(start: Any, above: Mapping[Any, Any]) -> bool:
    here, steps = above.get(start), 0
    while here in above and here != start and steps < len(above):
        here, steps = above[here], steps + 1
    return bool(here == start)


def _page_faults(page: Mapping[str, Any], folder: Path) -> Iterator[str]:
    name = page.get("pin_file")
    if isinstance(name, str) and not (folder / name).is_file():
        yield fault("page.pin_file", _shown(name), "no such file", f"looked in {folder}")


def _profile_faults(
    meters: Tables, folder: Path, profile_faults: ProfileFaults | None
) -> Iterator[str]:
    seen: set[str] = set()
    for path, meter in meters:
        name = meter.get("profile")
        if not isinstance(name, str) or not name:
            continue
        where = f"{path}.profile"
        if is_path(name) and not (folder / name).is_file():
            yield fault(where, _shown(name), "no such file", f"looked in {folder}")
        elif not is_path(name) and name not in shipped_profiles():
            yield fault(where, _shown(name), "unknown profile", near(name, shipped_profiles()))
        elif profile_faults and name not in seen:
            source = str(folder / name) if is_path(name) else name
            yield from (fault(where, _shown(name), text, "") for text in profile_faults(source))
        seen.add(name)


def fault(path: str, shown: str, what: str, hint: str) -> str:
    """One line: ``path = value: what is wrong (what to write)``."""
    value = f" = {shown}" if shown else ""
    return f"{path}{value}: {what}" + (f" ({hint})" if hint else "")


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _tables(document: Mapping[str, Any], key: str) -> Tables:
    value = document.get(key)
    items = value if isinstance(value, list) else []
    return [(f"{key}[{i}]", item) for i, item in enumerate(items) if isinstance(item, dict)]


def _dotted(loc: Loc) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return "".join(steps).removeprefix(".")


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
