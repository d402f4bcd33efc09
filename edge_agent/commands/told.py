"""What is said of settings and of faults, in single lines; needs no library of the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from edge_agent import profile
from edge_agent.config import AgentSettings, MeterSettings
from edge_agent.errors import AgentError, ConfigError, StopError
from edge_agent.process.redaction import redacted
from edge_agent.process.secret_file import exposed, secret_files
from edge_agent.words import Language, in_language, language_of, on_screen, said

TRACE = "MIERUKA_TRACE"
CONFIG_FAULTS = 2
"""The exit code for settings with faults."""
NAMED = 4
"""So many doubtful values are named in a note; `edge-agent profile show` marks all."""


def praise(settings: AgentSettings) -> str:
    """What the settings come to, in one line."""
    return said(
        "ok: {meters} on {links}, read every {every} s, sent to {url}",
        meters=_count_of_meters(len(settings.meters)),
        links=_count_of_links(len(settings.links)),
        every=f"{settings.poll.every_s:g}",
        url=settings.mqtt.url,
    )


def _count_of_meters(count: int) -> str:
    return said("1 meter") if count == 1 else said("{count} meters", count=count)


def _count_of_links(count: int) -> str:
    return said("1 link") if count == 1 else said("{count} links", count=count)


def doubts(settings: AgentSettings) -> Iterator[str]:
    """What is no fault but should be known."""
    used = {meter.link for meter in settings.meters}
    for link in settings.links:
        if link.id not in used:
            yield said("note: no meter is on link {link}", link=link.id)
    for path in exposed(secret_files(settings)):
        yield said("note: others on this machine can read {path}: chmod 600 {path}", path=path)
    models = _sound_models({meter.profile for meter in settings.meters})
    for name in sorted(models):
        yield from _doubts_of(name, models[name])
    for meter in settings.meters:
        if meter.profile in models:
            yield from _ratio_doubts(meter, models[meter.profile])


def _sound_models(names: Iterable[str]) -> dict[str, profile.Profile]:
    """Those without faults; the faults of the others are told where they are loaded to be used."""
    found: dict[str, profile.Profile] = {}
    for name in names:
        with suppress(StopError):
            found[name] = profile.load(name)
    return found


def _doubts_of(name: str, model: profile.Profile) -> Iterator[str]:
    """What in a profile rests on too little."""
    if model.doubtful:
        yield said(
            "note: profile {name} is unverified: compare its values with the display", name=name
        )
        return
    names = [row.quantity for row in model.unverified]
    more = f" + {len(names) - NAMED}" if len(names) > NAMED else ""
    if names:
        values = {"name": name, "quantities": ", ".join(names[:NAMED]) + more}
        yield said("note: profile {name}: compare with the meter's display: {quantities}", **values)


def _ratio_doubts(meter: MeterSettings, model: profile.Profile) -> Iterator[str]:
    """Ratios that are multiplied twice, or not at all."""
    plain = meter.ct_ratio == meter.vt_ratio == 1
    if model.values == "primary" and not plain:
        yield said(
            "note: meter {meter}: its model shows primary values, and ct_ratio or vt_ratio "
            "multiplies them again: right only where the meter itself is set to 1",
            meter=meter.id,
        )
    if model.values == "secondary" and not plain and model.scales_itself:
        yield said(
            "note: meter {meter}: its ratios are read from the meter, and ct_ratio or vt_ratio "
            "multiplies them again: leave them out",
            meter=meter.id,
        )
    if model.values == "secondary" and plain and not model.scales_itself:
        yield said(
            "note: meter {meter}: its model shows secondary values: set ct_ratio and vt_ratio, "
            "unless it is wired without transformers",
            meter=meter.id,
        )


def told(command: Callable[[], object]) -> None:
    """Run the command; whatever goes wrong is one line, and a traceback only when asked for."""
    try:
        with _one_line():
            command()
    except ModuleNotFoundError as error:  # a verb's libraries are loaded when it is called
        what = said("{library} is not installed", library=error.name)
        hint = said("install extra [edge], see README.md")
        _tell(said("edge-agent: {what} ({hint})", what=what, hint=hint))
        sys.exit(1)
    except Exception as error:
        if os.environ.get(TRACE):
            raise
        fault = f"{type(error).__name__}: {error}"
        hint = said("a fault in this program; {trace}=1 shows where, please report it", trace=TRACE)
        _tell(said("edge-agent: {what} ({hint})", what=fault, hint=hint))
        sys.exit(1)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within, the screen speaks this language, and so does the line that tells an error of it."""
    with on_screen(language):
        try:
            yield
        except AgentError as error:
            error.language = language
            raise


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        for fault in error.faults:
            _tell(fault, error.language)
        count = len(error.faults)
        faults = said("1 fault") if count == 1 else said("{count} faults", count=count)
        _tell(said("edge-agent: {what} ({hint})", what=faults, hint=error.hint), error.language)
        sys.exit(CONFIG_FAULTS)
    except AgentError as error:
        _tell(said("edge-agent: {what}", what=error.told), error.language)
        sys.exit(1)
    except OSError as error:
        _tell(said("edge-agent: {what}", what=str(error)))
        sys.exit(1)


def _tell(line: str, language: str = "") -> None:
    sys.stderr.write(f"{redacted(in_language(line, language_of(language)))}\n")
