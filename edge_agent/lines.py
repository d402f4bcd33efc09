"""The lines of an agent as its other parts see them: to ask, to take, to know how they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager

from edge_agent.bus import Fault, LineStatus, PolledMeter, Station, UnitStatistics
from edge_agent.config import LinkSettings
from edge_agent.contract.wire import MeterCard
from edge_agent.errors import StopError
from edge_agent.meter_link import MeterLink
from edge_agent.words import said


class Lines:
    """The stations of one agent, by the ids of their links. Any thread may call it."""

    def __init__(self, stations: Sequence[Station]) -> None:
        self._stations = {station.settings.id: station for station in stations}

    def __iter__(self) -> Iterator[Station]:
        """Every station."""
        return iter(self._stations.values())

    def parts(self) -> dict[str, Station]:
        """The stations by the names under which their workers are known."""
        return {f"link {link}": station for link, station in self._stations.items()}

    def meters(self) -> list[PolledMeter]:
        """Every meter of every line."""
        return [meter for station in self for meter in station.meters]

    def serials(self) -> tuple[str, ...]:
        """The serial number of every meter, as far as it is known."""
        return tuple(meter.serial for meter in self.meters())

    def unsound(self) -> list[Fault]:
        """Every meter that cannot be read at all, and why."""
        return [fault for station in self for fault in station.unsound]

    def ask(self, link: str) -> MeterLink:
        """A line for requests of others, which take turns with polling.

        Raises ``StopError`` when there is no such link.
        """
        return self._station(link).ask()

    def take(self, link: str) -> AbstractContextManager[LinkSettings]:
        """Have a port for oneself: polling on that link pauses until the ``with`` is left.

        Raises ``StopError`` when there is no such link, ``LineLentError`` when another part has it.
        """
        return self._station(link).lend()

    def statistics(self) -> Mapping[str, UnitStatistics]:
        """How each meter's unit answers, by the meter's id."""
        return {
            meter.settings.id: station.statistics(meter.settings.unit_id)
            for station in self
            for meter in station.meters
        }

    def statuses(self) -> Mapping[str, LineStatus]:
        """How each line is used, by its link's id."""
        return {link: station.status() for link, station in self._stations.items()}

    def _station(self, link: str) -> Station:
        if link not in self._stations:
            known = ", ".join(self._stations) or "-"
            raise StopError(
                said("there is no link {link}", link=link), said("known: {known}", known=known)
            )
        return self._stations[link]


def card_of(meter: PolledMeter) -> MeterCard:
    """The meter's card; the counter's step and end are of the primary side, as its readings."""
    settings, model = meter.settings, meter.profile
    energy_ratio = meter.ratios.of("Wh")
    modulus_wh = model.counter_modulus_wh
    return MeterCard(
        site=meter.site,
        meter=settings.id,
        name=settings.name or settings.id,
        profile=model.name,
        interval_s=meter.interval_s,
        step_wh=model.counter_step_wh * energy_ratio,
        modulus_wh=None if modulus_wh is None else modulus_wh * energy_ratio,
        serial=meter.serial,
        ratio=energy_ratio,
    )
