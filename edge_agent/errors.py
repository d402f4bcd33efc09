"""The agent's errors, cut by what the caller must do.

AgentError                  every error here: one line, and a hint what to do
 +- StopError               nothing can go on (configuration, a damaged installation): exit
 |   +- ConfigError         the settings have faults; carries all of them
 +- SkipMeterError          this meter cannot be read now; the others go on
 |   +- SilentMeterError    no answer in time
 |   +- RefusedError        the meter answered with an exception
 |   +- BadAnswerError      the answer is short, too long or not this meter's
 +- RetryLaterError         a link, broker or disk is away; try again later
     +- LinkDownError       the whole link is away: skip every meter on it this round
"""

from __future__ import annotations

from edge_agent.words import Said, joined, said


def one_line(message: str, hint: str) -> Said:
    """``message (hint)``, each still translatable."""
    if not hint:
        return joined("", [message])
    return said("{message} ({hint})", message=message, hint=hint)


class AgentError(Exception):
    """An error with one line that says what is wrong and a hint that says what to do.

    ``language`` is that of its reader, where the settings name one; "" for the machine's.
    """

    language = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    @property
    def told(self) -> Said:
        """The same line, to be said in the reader's language."""
        return one_line(self.message, self.hint)


class StopError(AgentError):
    """Nothing can go on; the process ends with one line."""


class ConfigError(StopError):
    """The settings have faults. ``faults`` holds one line for each of them."""

    def __init__(self, faults: list[str], hint: str = "") -> None:
        super().__init__("\n".join(faults), hint)
        self.faults = faults


class SkipMeterError(AgentError):
    """One meter cannot be read now; the other meters go on."""


class SilentMeterError(SkipMeterError):
    """The meter gave no answer in time."""


class RefusedError(SkipMeterError):
    """The meter answered with a Modbus exception. ``code`` is its exception code."""

    def __init__(self, message: str, hint: str = "", code: int = 0) -> None:
        super().__init__(message, hint)
        self.code = code


class BadAnswerError(SkipMeterError):
    """The answer is short, too long, or not from the unit that was asked."""


class RetryLaterError(AgentError):
    """Something outside is away; what was taken is kept, try again later."""


class LinkDownError(RetryLaterError):
    """The link itself is away: no meter on it can be read this round."""
