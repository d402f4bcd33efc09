"""How every group of verbs of ours is made: what its help says is what was written."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperGroup

_NONE_OF = re.compile(r"'(?P<typed>.*)' is not one of (?P<known>'.*')\.")


class VerbGroup(TyperGroup):
    """Lists its verbs with the whole first paragraph of what each says of itself."""

    def invoke(self, ctx: Any) -> Any:
        """As typer does; what was typed wrong is told in plain words."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = plainly(error.message)
            raise

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """As click does, which would cut each off at the end of the line."""
        shown = [(name, verb) for name, verb in self.commands.items() if not verb.hidden]
        rows = [(name, " ".join(first_paragraph(verb.help).split())) for name, verb in shown]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def plainly(message: str) -> str:
    """Typer's message of a wrong value without its checker's own words, and with what is near.

    Of an enumeration: ``'staus' is not one of 'status', 'read'. Did you mean 'status'?``
    """
    message = message.removeprefix("Value error, ")
    found = _NONE_OF.fullmatch(message)
    if found is None:
        return message
    known = re.findall(r"'([^']*)'", found["known"])
    near = get_close_matches(found["typed"].lower(), known)
    return f"{message} Did you mean {', '.join(map(repr, near))}?" if near else message


def first_paragraph(text: str | None) -> str:
    """What a verb's help begins with, up to the first empty line."""
    return (text or "").partition("\n\n")[0]


def verb_group(*, cls: type[VerbGroup] = VerbGroup, **settings: Any) -> typer.Typer:
    """A group of verbs; ``settings`` are those of ``typer.Typer``.

    Without Rich's markup, which swallows names in brackets, such as those of settings' tables;
    and without the options that write completions into a shell's files.
    """
    return typer.Typer(cls=cls, add_completion=False, rich_markup_mode=None, **settings)
