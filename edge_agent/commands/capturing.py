"""`edge-agent capture`: what a meter really answers, kept as a case for the tests of profiles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_agent import capture as case
from edge_agent import config, profile
from edge_agent.clock import SystemClock
from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption
from edge_agent.commands.reading import LinkOption, ProfileOption, lone_meter, together
from edge_agent.config import LinkSettings, MeterSettings
from edge_agent.decode import Ratios
from edge_agent.errors import StopError
from edge_agent.meter_link import open_link
from edge_agent.words import in_language, language_of, said

MeterArgument = Annotated[str | None, typer.Argument(help="The id of the meter in the settings.")]
FolderOption = Annotated[
    Path | None, typer.Option("--into", "-o", help="The folder; default: the profile's name.")
]
LEAST_TIMEOUT_MS = 1_000
"""A case is taken once, by hand: no need to be in a hurry."""


def capture(
    meter: MeterArgument = None,
    path: ConfigOption = DEFAULT_CONFIG,
    profile_name: ProfileOption = None,
    link: LinkOption = None,
    folder: FolderOption = None,
) -> None:
    """Keep what one meter answers, and the values it makes, as a test case in a folder.

    Compare expected.toml with the meter's own display before you keep it. The case holds the
    meter's serial number: take it out when you give the case away.
    """
    if together(profile_name, link):
        target, row = lone_meter(profile_name or "", link or "")
    else:
        target, row = _of_settings(path, meter)
    taken = _take(target, row)
    into = folder or Path(taken.settled.profile.name)
    case.save(into, taken, SystemClock().now_ms())
    language = language_of()
    for complaint in taken.settled.complaints:
        typer.echo(in_language(complaint.text, language), err=True)
    told = said("kept in {folder}: compare expected.toml with the meter's display", folder=into)
    typer.echo(in_language(told, language))


def _take(link: LinkSettings, row: MeterSettings) -> case.Case:
    model = profile.load(row.profile)
    timeout_ms = row.timeout_ms or link.timeout_ms or max(model.timeout_ms, LEAST_TIMEOUT_MS)
    line = open_link(link, {row.unit_id: model.min_gap_ms})
    try:
        recorder = case.Recorder(line, row.unit_id, timeout_ms)
        return case.take(model, recorder, Ratios(row.ct_ratio, row.vt_ratio))
    finally:
        line.close()


def _of_settings(path: Path, meter: str | None) -> tuple[LinkSettings, MeterSettings]:
    settings = config.load(path)
    known = {row.id: row for row in settings.meters}
    if meter not in known:
        what = said("there is no meter {meter}", meter=meter)
        if meter is None:
            what = said("a case is of one meter: name it")
        raise StopError(what, said("known: {known}", known=", ".join(known)))
    links = {link.id: link for link in settings.links}
    return links[known[meter].link], known[meter]
