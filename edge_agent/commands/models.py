"""`edge-agent profiles`: the meter models that come with the agent."""

from __future__ import annotations

from dataclasses import asdict

from edge_agent import profile
from edge_agent.commands.options import JsonOption, write_json


def profiles(as_json: JsonOption = False) -> None:
    """List the meter models that come with the agent."""
    models = [profile.load(name) for name in profile.available()]
    if as_json:
        write_json([_document(model) for model in models])
    else:
        _show(models)


def _show(models: list[profile.Profile]) -> None:
    from rich.table import Column, Table

    from edge_agent.commands.screen import out

    table = Table(Column("profile", no_wrap=True), "meter", "values", "requests", "rests on")
    for model in models:
        counts = str(len(model.registers)), str(len(model.blocks))
        names = f"{model.vendor} {', '.join(model.models)}"
        table.add_row(model.name, names, *counts, model.verification)
    out.print(table)


def _document(model: profile.Profile) -> dict[str, object]:
    return {
        "name": model.name,
        "vendor": model.vendor,
        "models": model.models,
        "quantities": [register.quantity for register in model.registers],
        "requests": len(model.blocks),
        "verification": model.verification,
        "unverified": [register.quantity for register in model.unverified],
        "sources": [asdict(source) for source in model.sources],
    }
