"""Questions to a person, each with a default; or none at all, and every default is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import typer

from edge_agent.errors import AgentError, StopError
from edge_agent.words import Language, in_language, said

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Asker:
    """Asks in ``language``; ``unattended`` takes the default of everything that was not given."""

    unattended: bool
    language: Language

    def say(self, text: str = "") -> None:
        """One line for the person."""
        typer.echo(in_language(text, self.language))

    def item(self, text: str) -> None:
        """One line of a list."""
        typer.echo(f"  - {in_language(text, self.language)}")

    def ask(
        self, question: str, default: str, check: Callable[[str], Answer], given: str | None = None
    ) -> Answer:
        """The answer as ``check`` makes it; a wrong one is told, and asked for again.

        Raises ``StopError`` for what was ``given`` and is wrong, or for a wrong default.
        """
        if given is not None or self.unattended:
            return check(default if given is None else given)
        while True:
            text = self._prompt(question, default)
            try:
                return check(text)
            except AgentError as error:
                self.complain(error.message, error.hint)

    def agree(self, question: str, default: bool, given: bool | None = None) -> bool:
        """Yes or no."""
        if given is not None or self.unattended:
            return default if given is None else given
        return typer.confirm(in_language(question, self.language), default)

    def secret(self, question: str) -> str:
        """What nobody may read over a shoulder; "" when there is none, or nobody to ask."""
        if self.unattended:
            return ""
        text = typer.prompt(
            in_language(question, self.language), default="", hide_input=True, show_default=False
        )
        return str(text)

    def choose(self, question: str, rows: Sequence[str], default: str) -> str:
        """One of the numbered ``rows``, or what was typed instead."""
        if self.unattended:
            return default
        for number, row in enumerate(rows, 1):
            typer.echo(f"  {number}  {row}")
        text = self._prompt(question, default)
        is_number = text.isascii() and text.isdigit() and 1 <= int(text) <= len(rows)
        return rows[int(text) - 1] if is_number else text

    def _prompt(self, question: str, default: str) -> str:
        shown = in_language(question, self.language)
        return str(typer.prompt(shown, default, type=str, show_default=bool(default))).strip()

    def complain(self, message: str, hint: str = "") -> None:
        """What was wrong, and what to do."""
        text = in_language(message, self.language)
        more = in_language(hint, self.language)
        typer.echo(f"  ! {text}" + (f" ({more})" if more else ""), err=True)


@contextmanager
def nothing_written() -> Iterator[None]:
    """Ctrl-C, or an input that ends, is told as what it is. Raises ``StopError``."""
    try:
        yield
    except (typer.Abort, KeyboardInterrupt):
        typer.echo(err=True)
        what = said("stopped: nothing was written")
        hint = said("run it again; --yes asks nothing and takes every default")
        raise StopError(what, hint) from None
