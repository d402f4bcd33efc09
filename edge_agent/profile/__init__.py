"""A meter model as data: where its registers are, what they mean, how they may be read.

A profile is a TOML file in ``edge_agent/profiles`` (or anywhere, by path). ``load`` checks it
whole and plans its block reads once; polling only walks the plan. Simulators run a profile
backwards with ``words_of`` of its registers, identity rows and settings.
"""

from edge_agent.profile.facts import (
    Anchor,
    IdentityRow,
    NeverWrite,
    Role,
    Setting,
    Severity,
    Source,
    Wiring,
)
from edge_agent.profile.load import available, faults, load
from edge_agent.profile.model import Parity, Profile, Side, Verification
from edge_agent.profile.register import (
    Encoding,
    Function,
    ReadBlock,
    Register,
    plan,
    power_factor_of_4q,
    power_of,
)

__all__ = [
    "Anchor",
    "Encoding",
    "Function",
    "IdentityRow",
    "NeverWrite",
    "Parity",
    "Profile",
    "ReadBlock",
    "Register",
    "Role",
    "Setting",
    "Severity",
    "Side",
    "Source",
    "Verification",
    "Wiring",
    "available",
    "faults",
    "load",
    "plan",
    "power_factor_of_4q",
    "power_of",
]
