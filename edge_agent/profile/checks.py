"""What is wrong with a profile's text beyond its schema, all of it at once.

Before: the profile's document as plain tables. After: a ``ProfileText`` that means something:
every quantity and format is known, every register can be read, none overlaps another, what is
named is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from edge_agent.profile.check_facts import identity_faults, setting_faults, whole_faults
from edge_agent.profile.check_registers import overlaps, register_faults, unreadable
from edge_agent.profile.fault_line import ProfileFaultsError
from edge_agent.profile.schema_lines import schema_lines
from edge_agent.profile.text import ProfileText

_FIRST: tuple[Callable[[ProfileText], Iterator[str]], ...] = (
    whole_faults,
    register_faults,
    identity_faults,
    setting_faults,
)
_THEN: tuple[Callable[[ProfileText], Iterator[str]], ...] = (unreadable, overlaps)
"""These need every format to be known."""


def parse(document: Mapping[str, Any]) -> ProfileText:
    """The profile in ``document``. Raises ``ProfileFaultsError`` with all faults of it."""
    try:
        file = ProfileText.model_validate(document)
    except ValidationError as error:
        raise ProfileFaultsError(schema_lines(error, ProfileText)) from None
    found = [line for check in _FIRST for line in check(file)]
    found = found or [line for check in _THEN for line in check(file)]
    if found:
        raise ProfileFaultsError(found)
    return file
