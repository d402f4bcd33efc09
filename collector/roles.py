"""Who may do what, one table for the API and Grafana: what each role sees, and for how long.

A role is held within one customer's sites; only an administrator's spans them all. Least rights
first: what is not said is a viewer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["viewer", "manager", "consultant", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role opens.

    ``proposals``: bills and findings, beside the figures that every role sees; ``every_site``:
    the sites of all customers; ``edits``: may change boards of its customer; ``time_box``: is
    never given without an end.
    """

    meaning: str
    proposals: bool
    every_site: bool
    edits: bool
    time_box: bool


RIGHTS: Mapping[Role, Rights] = {
    "viewer": Rights("looks at figures and boards", False, False, False, False),
    "manager": Rights("also bills, findings, and changes boards", True, False, True, False),
    "consultant": Rights("also bills and findings; for a time", True, False, False, True),
    "admin": Rights("who runs the collector: all customers", True, True, False, False),
}
LONGEST_DAYS = 366
"""So long at most a time box, and any access to Grafana, is given at once."""


def role_named(text: str) -> Role | None:
    """The role of that name, or None."""
    return next((role for role in ROLES if role == text), None)
