"""`edge-agent profile`: the meter models that the agent knows, and files that add one."""

from __future__ import annotations

from typing import Annotated

import typer

from edge_agent import profile
from edge_agent.commands.options import JsonOption, write_json
from edge_agent.commands.told import CONFIG_FAULTS
from edge_agent.errors import ConfigError
from edge_agent.process.verb_group import verb_group
from edge_agent.words import in_language, language_of, said

app = verb_group(no_args_is_help=True, help="The meter models: list, show one, check a file.")
NameArgument = Annotated[str, typer.Argument(help="A name of the list, or the path of a file.")]
FileArgument = Annotated[str, typer.Argument(help="The path of a .toml file, or a name.")]


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the meter models that come with the agent, and what each rests on."""
    from edge_agent.commands import model_documents, model_pages

    models = [profile.load(name) for name in profile.available()]
    if as_json:
        write_json([model_documents.summary(model) for model in models])
    else:
        model_pages.show_list(models)


@app.command()
def show(name: NameArgument, as_json: JsonOption = False) -> None:
    """Show all that is known of a model: registers, identity, limits, quirks, sources."""
    from edge_agent.commands import model_documents, model_pages

    model = profile.load(name)
    if as_json:
        write_json(model_documents.whole(model))
    else:
        model_pages.show_one(model)


@app.command()
def check(file: FileArgument, as_json: JsonOption = False) -> None:
    """Look for faults in a profile; tell all of them, and what would make it better."""
    try:
        model = profile.load(file)
    except ConfigError as error:
        if as_json:
            write_json({"ok": False, "faults": error.faults, "notes": []})
            raise typer.Exit(CONFIG_FAULTS) from None
        raise
    language, notes = language_of(), _notes(model)
    if as_json:
        write_json({"ok": True, "faults": [], "notes": notes})
        return
    typer.echo(in_language(_praise(model), language))
    for note in notes:
        typer.echo(in_language(note, language))


def _praise(model: profile.Profile) -> str:
    counts = {"values": len(model.registers), "requests": len(model.blocks)}
    return said("ok: {name}: {values} values in {requests} requests", name=model.name, **counts)


def _notes(model: profile.Profile) -> list[str]:
    """What is no fault, but missed by who uses the profile."""
    notes: list[str] = []
    if not model.identity and not model.anchor:
        notes.append(said("note: no [[identity]]: the meter can only be told by its values"))
    if not model.wirings:
        notes.append(said("note: no wirings: nobody knows what it can be connected to"))
    if not any(row.quantity == "active_energy_import_wh" for row in model.registers):
        notes.append(said("note: no active_energy_import_wh: it gives no energy"))
    if model.doubtful or model.unverified:
        notes.append(said("note: parts are unverified: compare them with the meter's display"))
    return notes
