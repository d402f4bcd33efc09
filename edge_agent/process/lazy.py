"""Loads a verb's rooms only when that verb is called: `--help` and `run` need few of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.main import get_command

from edge_agent.process.verb_group import VerbGroup, verb_group


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb or a group of verbs: where it is, and what the list of verbs says of it.

    ``place`` is the full name of a function, or of a group's ``typer.Typer``.
    """

    name: str
    place: str
    help: str

    def load(self) -> Any:
        """The command as click knows it, its rooms loaded."""
        module, _, name = self.place.rpartition(".")
        found = getattr(import_module(module), name)
        if not isinstance(found, typer.Typer):
            function, found = found, verb_group()
            found.command(self.name)(function)
        command = get_command(found)
        command.name = self.name
        return command


def lazy_app(verbs: Iterable[Verb], **settings: Any) -> typer.Typer:
    """An application of these verbs, each of which is loaded when it is called."""
    known = {verb.name: verb for verb in verbs}

    class LazyGroup(VerbGroup):
        """Lists stand-ins, and puts the real verb in the place of the one that is called."""

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            name, stand_in, rest = super().resolve_command(ctx, args)
            verb = known.get(name or "")
            return name, verb.load() if verb else stand_in, rest

    app = verb_group(cls=LazyGroup, **settings)
    for verb in known.values():
        app.command(verb.name, help=verb.help)(_stand_in)
    return app


def _stand_in() -> None:
    """Is never called: the real verb is in its place by then."""
