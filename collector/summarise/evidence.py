"""What the counter engine is told of a meter: its card, its history, and what people ruled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from collector.rollup.counter_facts import CounterFacts, MeterChange, Ruling
from collector.rollup.counters import GAP_LIMIT_MS, CounterEvent, usual_power_w
from collector.rollup.periods import Window
from collector.rollup.sums import SIDE_QUANTITIES
from collector.site_config import MeterSettings
from collector.state.events import EventEntry
from collector.storage.port import Sample
from edge_agent.contract.wire import MeterCard

IMPORT = "active_energy_import_wh"
GAP_POLLS = 3
"""Three polls missed are a gap, when that is longer than the usual limit."""
UNKNOWN_INTERVAL_MS = 300_000
"""Poll interval taken for a meter whose card has not come yet."""


class Cards(Protocol):
    """What is known of the meters; ``collector.state.cards.MeterCards`` is the durable one."""

    def card(self, site: str, meter: str) -> MeterCard | None:
        """What is known of the meter, None when nothing is."""
        ...


class Rulings(Protocol):
    """What people decided; ``collector.state.rulings.Rulings`` is the durable one."""

    def active(self, site: str, meter: str, quantity: str) -> Sequence[Ruling]:
        """The rulings on a counter that nobody has taken back."""
        ...


class Identities(Protocol):
    """A meter's history; ``collector.state.identities.MeterIdentities`` is the durable one."""

    def changes(self, site: str, meter: str) -> Sequence[MeterChange]:
        """When the meter, or its ratio, became another one."""
        ...


class Imports(Protocol):
    """What came from files; ``collector.state.imported.ImportLedger`` is the durable one."""

    def holes(self, site: str, meter: str, quantity: str) -> Sequence[Window]:
        """Stretches between imported values of which no file tells anything."""
        ...


class UsualPowers(Protocol):
    """What counters usually show; ``collector.state.usual_powers.UsualPowers`` keeps it."""

    def learn(self, site: str, meter: str, quantity: str, power_w: float | None) -> float | None:
        """The counter's usual power (W), raised to this one where it is higher."""
        ...


class Events(Protocol):
    """Where decisions are recorded; ``collector.state.events.CounterEvents`` is the durable one."""

    def replace(
        self,
        site: str,
        meter: str,
        quantity: str,
        span: tuple[int, int],
        events: Iterable[CounterEvent],
    ) -> None:
        """Put the events in place of those the stretch held before."""
        ...

    def list(self, site: str, meter: str) -> Sequence[EventEntry]:
        """The events of the meter, in order of time."""
        ...


class _Nothing:
    def active(self, site: str, meter: str, quantity: str) -> Sequence[Ruling]:
        return ()

    def changes(self, site: str, meter: str) -> Sequence[MeterChange]:
        return ()

    def holes(self, site: str, meter: str, quantity: str) -> Sequence[Window]:
        return ()

    def learn(self, site: str, meter: str, quantity: str, power_w: float | None) -> float | None:
        return power_w

    def replace(
        self,
        site: str,
        meter: str,
        quantity: str,
        span: tuple[int, int],
        events: Iterable[CounterEvent],
    ) -> None:
        return None

    def list(self, site: str, meter: str) -> Sequence[EventEntry]:
        return ()


NOTHING = _Nothing()
"""No history, no rulings, and nowhere to record."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All there is to know of counters beside their values."""

    cards: Cards
    rulings: Rulings = NOTHING
    identities: Identities = NOTHING
    events: Events = NOTHING
    imports: Imports = NOTHING
    usual_powers: UsualPowers = NOTHING

    def interval_ms(self, site: str, meter: str) -> int:
        """How often the meter is polled (ms)."""
        card = self.cards.card(site, meter)
        return round(card.interval_s * 1000) if card else UNKNOWN_INTERVAL_MS

    def gap_limit_ms(self, site: str, meter: str) -> int:
        """How far apart samples may be before energy between them counts as estimated (ms)."""
        return max(GAP_LIMIT_MS, GAP_POLLS * self.interval_ms(site, meter))

    def usual(
        self, site: str, meter: str, settings: MeterSettings | None
    ) -> dict[str, float | None]:
        """What the meter's counters are known to show usually (W), by their quantity.

        Empty where the rated power is known: then it decides.
        """
        if settings is not None and settings.rated_power_kw is not None:
            return {}
        own = settings.quantity if settings else IMPORT
        names = dict.fromkeys((own, *SIDE_QUANTITIES.values()))
        return {name: self.usual_powers.learn(site, meter, name, None) for name in names}

    def facts(
        self,
        site: str,
        meter: str,
        settings: MeterSettings | None,
        quantity: str,
        samples: Sequence[Sample] = (),
    ) -> CounterFacts:
        """What the engine may rely on for one of the meter's counters.

        Without a rated power, what the counter usually shows stands in; ``samples`` add to it.
        """
        card = self.cards.card(site, meter)
        rated_kw = settings.rated_power_kw if settings else None
        scale = settings.unit_per_count if settings else 1.0
        modulus_wh = card.modulus_wh if card else None
        usual_w = None
        if rated_kw is None:
            usual_w = self.usual_powers.learn(site, meter, quantity, usual_power_w(samples))
        return CounterFacts(
            step_wh=card.step_wh * scale if card else 0.0,
            modulus_wh=None if modulus_wh is None else modulus_wh * scale,
            rated_power_w=None if rated_kw is None else rated_kw * 1000,
            changes=tuple(self.identities.changes(site, meter)),
            rulings=tuple(self.rulings.active(site, meter, quantity)),
            usual_power_w=usual_w,
            unit=_unit(settings, quantity),
        )


def _unit(settings: MeterSettings | None, quantity: str) -> str:
    if settings is not None and settings.medium != "electricity":
        return f"thousand {settings.unit or 'counts'}"
    return "kvarh" if quantity.endswith("_varh") else "kWh"
