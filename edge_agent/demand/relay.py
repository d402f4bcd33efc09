"""A relay on a GPIO pin; the only file with gpiozero, which comes with the extra ``relay``."""

from __future__ import annotations

from typing import Protocol

from edge_agent.config import DemandActionSettings
from edge_agent.errors import StopError
from edge_agent.words import said


class Relay(Protocol):
    """One output, off until it is switched on."""

    def on(self) -> object:
        """Pull the relay."""
        ...

    def off(self) -> object:
        """Let it go."""
        ...

    def close(self) -> object:
        """Let it go and give the pin back."""
        ...


def open_relay(settings: DemandActionSettings) -> Relay:
    """The relay of an action, off. Raises ``StopError`` when there is no such thing here."""
    try:
        import gpiozero
    except ModuleNotFoundError:
        raise StopError(
            said("[[demand.actions]] wants a relay, and gpiozero is not installed"),
            said("install the extra: pip install 'mieruka[edge,relay]', or remove the action"),
        ) from None
    try:
        relay: Relay = gpiozero.OutputDevice(
            settings.pin, active_high=settings.active_high, initial_value=False
        )
    except (gpiozero.GPIOZeroError, OSError, ImportError) as error:
        raise StopError(
            said("GPIO {pin} cannot be used: {why}", pin=settings.pin, why=str(error)),
            said("check the pin (BCM number), the group gpio, and that nothing else uses it"),
        ) from error
    return relay
