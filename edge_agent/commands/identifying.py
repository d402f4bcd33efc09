"""`edge-agent identify`: which profile a meter is, and what a profile that reads nonsense lacks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from edge_agent import config, link_url, profile
from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, write_json
from edge_agent.commission.identify import LIKELY, Candidate, reads_nonsense, tie_note
from edge_agent.commission.identify import identify as rank
from edge_agent.commission.proposed import proposed_profile
from edge_agent.commission.recognise import gaps_of, read_of
from edge_agent.commission.scan import Found
from edge_agent.commission.solve import Proposal, Solution, solve
from edge_agent.errors import StopError
from edge_agent.meter_link import open_link
from edge_agent.profile import Profile, Wiring
from edge_agent.words import said

MeterArgument = Annotated[
    str,
    typer.Argument(help="tcp://host?unit=1, rtu:///dev/ttyUSB0?baud=9600&unit=1, or a meter's id."),
]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", help="Try this one too, and look for what it has wrong."),
]
WiringOption = Annotated[
    str, typer.Option("--wiring", help="How it is connected: 1P2W, 1P3W, 3P3W or 3P4W.")
]
WriteOption = Annotated[
    Path | None,
    typer.Option("--write-profile", help="Write the best correction of --profile to this file."),
]
WIRINGS: tuple[Wiring, ...] = ("1P2W", "1P3W", "3P3W", "3P4W")


def identify(
    meter: MeterArgument,
    path: ConfigOption = DEFAULT_CONFIG,
    profile_name: ProfileOption = None,
    wiring: WiringOption = "",
    file: WriteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a meter what it is: by its identity registers, and by whether its values make sense.

    With --profile a profile that reads nonsense is tried with other addresses, functions and
    orders, and what makes sense is shown beside it. Exit code 1: no profile fits.
    """
    from edge_agent.commands import identify_pages as pages

    connection = _wiring(wiring)
    if file is not None and profile_name is None:
        raise StopError(said("--write-profile corrects a profile"), said("name it by --profile"))
    own = profile.load(profile_name) if profile_name else None
    models = [profile.load(name) for name in profile.available()]
    models += [own] if own and own.name not in {model.name for model in models} else []
    found = _found(meter, path)
    link = open_link(found.link, gaps_of(found))
    try:
        read = read_of(link, found)
        candidates = rank(read, models, wiring=connection)
        if own is None and candidates and reads_nonsense(candidates[0]):
            own = candidates[0].profile
        solution = solve(own, read) if own else None
    finally:
        link.close()
    if as_json:
        write_json(_document(candidates, solution))
    else:
        pages.show(candidates, own, solution)
    if file is not None and own and solution:
        _write(file, profile_name or "", own, solution)
    if not candidates or candidates[0].score < LIKELY:
        raise typer.Exit(1)


def candidate_document(one: Candidate) -> dict[str, object]:
    """A candidate for machines."""
    return {
        "profile": one.profile.name,
        "models": one.profile.models,
        "score": one.score,
        "reasons": one.reasons,
        "serial": one.serial,
        "model": one.model,
        "values": dict(one.values),
    }


def _wiring(text: str) -> Wiring | None:
    if text and text.upper() not in WIRINGS:
        hint = said("write one of {known}", known=", ".join(WIRINGS))
        raise StopError(said("{text} is no wiring", text=text), hint)
    return next((known for known in WIRINGS if known == text.upper()), None)


def _found(meter: str, path: Path) -> Found:
    """The unit that ``meter`` names: a URL, or the id of a meter in the settings."""
    if "://" in meter:
        target = link_url.parse(meter, unit=1)
        return Found(target, target.unit, 0.0, "")
    settings = config.load(path)
    rows = {row.id: row for row in settings.meters}
    if meter not in rows:
        known = ", ".join(rows) or said("none")
        raise StopError(
            said("there is no meter {meter}", meter=meter), said("known: {known}", known=known)
        )
    links = {link.id: link for link in settings.links}
    return Found(links[rows[meter].link], rows[meter].unit_id, 0.0, "")


def _write(file: Path, parent: str, own: Profile, solution: Solution) -> None:
    if not solution.proposals:
        raise StopError(
            said("nothing was written: there is no correction of {profile}", profile=own.name),
            said("a profile that reads well needs none; else see the candidates"),
        )
    if file.exists():
        raise StopError(said("{file} is there already", file=file), said("name another file"))
    day = datetime.now(UTC).date().isoformat()
    file.write_text(proposed_profile(parent, own, solution.proposals[0].change, day), "utf-8")
    profile.load(str(file))


def _document(candidates: tuple[Candidate, ...], solution: Solution | None) -> dict[str, object]:
    return {
        "candidates": [candidate_document(one) for one in candidates],
        "tie": tie_note(candidates),
        "as_it_is": dict(solution.as_it_is.values) if solution and solution.as_it_is else {},
        "proposals": [_proposal(one) for one in solution.proposals] if solution else [],
    }


def _proposal(one: Proposal) -> dict[str, object]:
    return {"change": one.told, "score": one.score, "values": dict(one.sample.values)}
