"""`edge-agent check`: all faults of the settings, and of the profiles they name, at once."""

from __future__ import annotations

import typer

from edge_agent import config, profile
from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, write_json
from edge_agent.commands.told import CONFIG_FAULTS, doubts, praise
from edge_agent.errors import ConfigError
from edge_agent.words import in_language, language_of


def check(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Look for faults in the settings and the profiles they name; tell all of them."""
    faults: list[str] = []
    try:
        settings = config.load(path, profile_faults=profile.faults)
    except ConfigError as error:
        if not as_json:
            raise
        faults = error.faults
    if as_json:
        write_json({"ok": not faults, "faults": faults})
    else:
        language = language_of(settings.agent.language)
        for line in (praise(settings), *doubts(settings)):
            typer.echo(in_language(line, language))
    if faults:
        raise typer.Exit(CONFIG_FAULTS)
