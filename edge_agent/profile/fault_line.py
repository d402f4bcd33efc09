"""One fault of a profile as one line, in the reader's language. PURE."""

from __future__ import annotations

from edge_agent.config_faults import fault


class ProfileFaultsError(ValueError):
    """A profile text has faults; ``faults`` holds one line for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def fault_line(where: str, what: str, hint: str = "", shown: str = "") -> str:
    """``where = shown: what (hint)``, as the faults of the settings are told."""
    return fault(where, shown, what, hint)
