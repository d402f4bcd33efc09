"""`edge-agent listen`: what another master reads on a serial line. Nothing is ever sent on it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

import typer

from edge_agent import config, profile
from edge_agent.commands.listening_table import draw
from edge_agent.commands.listening_watch import Watched
from edge_agent.commands.options import JsonOption, write_json
from edge_agent.config import AgentSettings, LinkSettings, MeterSettings
from edge_agent.decode import Ratios
from edge_agent.errors import SilentMeterError, StopError
from edge_agent.listen import search
from edge_agent.listen.heard_values import HeardValues
from edge_agent.listen.listener import Listener
from edge_agent.words import in_language, language_of, said

DeviceArgument = Annotated[
    str | None,
    typer.Argument(help="The serial port, as /dev/ttyUSB0; the one of -c when left out."),
]
BaudOption = Annotated[int | None, typer.Option("--baud", help="Its speed; 9600 if not said.")]
ParityOption = Annotated[str | None, typer.Option("--parity", help="N, E or O; N if not said.")]
ProfileOption = Annotated[
    list[str] | None,
    typer.Option("--profile", help="What a unit is: 3=eastron_sdm630; without 3=, what all are."),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="Settings that say what the units are.")
]
FindOption = Annotated[
    bool, typer.Option("--find-settings", help="Try speeds and parities until frames are heard.")
]
GuessOption = Annotated[
    bool, typer.Option("--guess", help="Say which models the units may be, by what was heard.")
]
SecondsOption = Annotated[
    float | None, typer.Option("--for", min=1, help="Seconds; until Ctrl-C on a terminal, else 10.")
]
LOOK_EVERY_S = 0.5
UNWATCHED_S = 10.0


def listen(
    device: DeviceArgument = None,
    baud: BaudOption = None,
    parity: ParityOption = None,
    profiles: ProfileOption = None,
    path: ConfigOption = None,
    find_settings: FindOption = False,
    guess: GuessOption = False,
    seconds: SecondsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what another master reads on a serial line, and how units answer; send nothing.

    With --profile or -c also the values. Another master must speak on the line: this one is mute.
    """
    settings = config.load(path) if path else None
    link = _link(settings, device, baud, parity)
    if find_settings:
        link = _found(link, as_json)
    watched = Watched(link, Listener(link), _meters(settings, link, profiles or []), guess)
    watched.listener.start()
    try:
        _watch(watched, seconds, as_json)
    finally:
        watched.listener.stop()
    if as_json:
        write_json(watched.document())
    if not watched.answered:
        raise typer.Exit(1)


def _link(
    settings: AgentSettings | None, device: str | None, baud: int | None, parity: str | None
) -> LinkSettings:
    """The line to hear: as the settings file has it, and what the command line says above it."""
    known = (
        [link for link in settings.links if link.kind in config.SERIAL_KINDS] if settings else []
    )
    if device is None:
        known = [link for link in known if link.kind == "rtu-listen"] or known
        if len(known) != 1:
            names = ", ".join(link.device for link in known) or "-"
            raise StopError(
                said("no serial port is named"),
                said("write it, as `edge-agent listen /dev/ttyUSB0` (known: {names})", names=names),
            )
    own = next((link for link in known if device in (None, link.device)), None)
    facts: dict[str, object] = {"id": "line", "device": device}
    if own:
        facts = own.model_dump(exclude={"host", "port"})
    here = {"kind": "rtu-listen", "baud": baud, "parity": parity.upper() if parity else None}
    return _checked(facts | {key: value for key, value in here.items() if value is not None})


def _checked(facts: dict[str, object]) -> LinkSettings:
    from pydantic import ValidationError

    from edge_agent.config_faults import schema_faults
    from edge_agent.errors import ConfigError

    try:
        return LinkSettings.model_validate(facts)
    except ValidationError as error:
        hint = said("correct the command; see `edge-agent listen --help`")
        raise ConfigError(schema_faults(error, LinkSettings), hint) from None


def _meters(
    settings: AgentSettings | None, link: LinkSettings, named: list[str]
) -> Callable[[int], HeardValues | None]:
    """What a unit is, by the command line or the settings; None where nobody says."""
    rows = {row.unit_id: row for row in settings.meters if row.link == link.id} if settings else {}
    by_unit = dict(_profile_of(name) for name in named)
    models = {name: profile.load(name) for name in by_unit.values()}

    def meter(unit: int) -> HeardValues | None:
        name = by_unit.get(unit) or (None if unit in rows else by_unit.get(None))
        if name:
            return HeardValues(models[name], _ratios(rows.get(unit)))
        row = rows.get(unit)
        return HeardValues(profile.load(row.profile), _ratios(row)) if row else None

    return meter


def _profile_of(text: str) -> tuple[int | None, str]:
    unit, is_one, name = text.rpartition("=")
    if is_one and not (unit.isdecimal() and int(unit) <= 247):
        raise StopError(
            said("{text}: {unit} is no unit id", text=text, unit=unit),
            said("write a number from 1 to 247, as --profile 3=eastron_sdm630"),
        )
    return (int(unit) if is_one else None), name


def _ratios(row: MeterSettings | None) -> Ratios:
    return Ratios(row.ct_ratio, row.vt_ratio) if row else Ratios()


def _found(link: LinkSettings, quiet: bool) -> LinkSettings:
    """The link with the settings that the line really has."""
    from edge_agent.commands.screen import err

    def tell(text: str) -> None:
        if not quiet:
            err.print(in_language(text, language_of()), markup=False)

    for trial in search.find(search.candidates(link)):
        text = said(
            "{baud} {parity}: {heard} bytes, {frames} frames",
            baud=trial.baud,
            parity=trial.parity,
            heard=trial.heard,
            frames=trial.frames,
        )
        tell(text)
        if trial.fits:
            tell(said("these are the line's settings: write them into [[links]]"))
            return link.model_copy(update={"baud": trial.baud, "parity": trial.parity})
    raise SilentMeterError(
        said("bytes come on {device}, but frames at no speed and parity", device=link.device),
        said("check wiring A/B (swapped?), the common wire, and that it is Modbus RTU"),
    )


def _watch(watched: Watched, seconds: float | None, as_json: bool) -> None:
    """Look again and again until the time is over, or Ctrl-C; then show how it stands."""
    from rich.live import Live

    from edge_agent.commands.screen import out

    on_terminal = out.is_terminal and not as_json
    until_s = time.monotonic() + (seconds or (math.inf if on_terminal else UNWATCHED_S))
    language = language_of()
    with ExitStack() as shown, suppress(KeyboardInterrupt):
        if on_terminal:
            live = shown.enter_context(Live(console=out, auto_refresh=False, transient=True))
        while (left_s := until_s - time.monotonic()) > 0:
            time.sleep(min(LOOK_EVERY_S, left_s))
            watched.look()
            if on_terminal:
                live.update(draw(watched, language), refresh=True)
    watched.look()
    watched.suppose()
    if not as_json:
        out.print(draw(watched, language))
