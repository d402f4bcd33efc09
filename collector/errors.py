"""The collector's errors, cut by what the caller must do.

CollectorError              every error here: one line, and a hint what to do
 +- StopError               nothing can go on (configuration, refused credentials): exit, keep all
 |   +- ConfigError         the settings have faults; carries all of them
 |   +- NewerLayoutError    a file of ours was written by a later version of this program
 |   +- FactorError         an emission factor is missing or a factor file has a fault
 +- NoTariffError           a site has no tariff on a day that is to be priced
 +- RetryLaterError         store, broker or Grafana is away: keep everything, try again later
"""

from __future__ import annotations


class CollectorError(Exception):
    """An error with one line that says what is wrong and a hint that says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class StopError(CollectorError):
    """Nothing can go on until a person has changed something; nothing taken is lost."""


class ConfigError(StopError):
    """The settings have faults. ``faults`` holds one line for each of them."""

    def __init__(self, faults: list[str], hint: str = "") -> None:
        super().__init__("\n".join(faults), hint)
        self.faults = faults


class NewerLayoutError(StopError):
    """A later version of this program wrote a file of ours; this one leaves it as it is."""


class FactorError(StopError):
    """No emission factor applies, or a factor file has a fault."""


class NoTariffError(CollectorError):
    """A site has no tariff on a day that is to be priced."""


class RetryLaterError(CollectorError):
    """Something outside is away; what was taken is kept, try again later."""


def not_installed(error: ModuleNotFoundError) -> str:
    """The line for a library that is missing, with what to install."""
    hint = "install extra [collector], see README.md"
    return f"collector: {error.name} is not installed ({hint})"
