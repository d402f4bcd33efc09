"""How far a plant's use could be matched with certificates hour by hour, and its weighted mean.

The GHG Protocol's proposed Scope 2 revision asks for hourly matching on the same grid
(``shared/reference/co2-factors.md`` section 4). This tells what the data at hand would allow; it
changes no reported figure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from collector.intensity.point import SIGNAL
from collector.intensity.series import IntensitySeries

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class SlotEnergy:
    """Energy used or generated (whole milli-Wh) from ``start_ms`` to ``end_ms`` (UTC ms)."""

    start_ms: int
    end_ms: int
    milli_wh: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A certificate as hourly matching sees it: milli-Wh generated in a vintage (UTC ms)."""

    milli_wh: int
    from_ms: int
    to_ms: int
    tracking_no: str = ""

    @property
    def is_hourly(self) -> bool:
        """Whether the vintage is one hour or less, so that no profile is needed."""
        return self.to_ms - self.from_ms <= HOUR_MS


@dataclass(frozen=True, slots=True)
class Matching:
    """How much of the use certificates cover, by volume and slot by slot. Energies in milli-Wh.

    ``in_vintage_milli_wh`` is the use inside the vintage of some certificate,
    ``by_volume_milli_wh`` what today's yearly rule could match at most, ``by_slot_milli_wh`` what
    is matched when generation and use must fall in the same slot. The last is None when no
    certificate's generation is known by the slot; ``obstacles`` say what is missing.
    """

    used_milli_wh: int
    in_vintage_milli_wh: int
    by_volume_milli_wh: int
    by_slot_milli_wh: int | None
    obstacles: tuple[str, ...]
    label: str = SIGNAL

    @property
    def volume_share(self) -> Decimal | None:
        """The share (0 to 1) matched by volume; None without use."""
        return _share(self.by_volume_milli_wh, self.used_milli_wh)

    @property
    def slot_share(self) -> Decimal | None:
        """The share (0 to 1) matched slot by slot; None when it cannot be told."""
        known = self.by_slot_milli_wh
        return None if known is None else _share(known, self.used_milli_wh)


@dataclass(frozen=True, slots=True)
class WeightedMean:
    """The intensity (g/kWh) the use met: weighted by energy over the slots both are known for.

    ``flat_g_per_kwh`` is the plain mean of the same slots: the difference is what the hours of
    use make. Both are None when no slot is known.
    """

    weighted_g_per_kwh: Decimal | None
    flat_g_per_kwh: Decimal | None
    used_milli_wh: int
    known_milli_wh: int
    label: str = SIGNAL


def matching(
    used: Sequence[SlotEnergy], claims: Sequence[Claim], generated: Sequence[SlotEnergy] = ()
) -> Matching:
    """How much of the use the claims could match.

    ``generated`` is the metered generation behind the claims, by the slot or hour; each claim
    takes from it within its vintage, no more than its own energy, and no energy is taken twice.
    """
    return Matching(
        used_milli_wh=sum(slot.milli_wh for slot in used),
        in_vintage_milli_wh=sum(
            slot.milli_wh for slot in used if any(_within(slot, claim) for claim in claims)
        ),
        by_volume_milli_wh=_by_volume(used, claims),
        by_slot_milli_wh=_by_slot(used, claims, generated),
        obstacles=tuple(_obstacles(claims, generated)),
    )


def weighted_mean(used: Iterable[SlotEnergy], series: IntensitySeries) -> WeightedMean:
    """The mean intensity of the use, beside the plain mean of the same slots."""
    total = known = known_ms = 0
    weighted = flat = Decimal(0)
    for slot in used:
        total += slot.milli_wh
        grams = series.mean_g_per_kwh(slot.start_ms, slot.end_ms)
        if grams is not None:
            length_ms = slot.end_ms - slot.start_ms
            known += slot.milli_wh
            known_ms += length_ms
            weighted += grams * slot.milli_wh
            flat += grams * length_ms
    return WeightedMean(
        weighted_g_per_kwh=weighted / known if known else None,
        flat_g_per_kwh=flat / known_ms if known_ms else None,
        used_milli_wh=total,
        known_milli_wh=known,
    )


def _by_volume(used: Sequence[SlotEnergy], claims: Sequence[Claim]) -> int:
    """What could be matched if only vintage and volume count."""
    free = [max(slot.milli_wh, 0) for slot in used]
    matched = 0
    # A claim that ends later could take any slot that an earlier one leaves: this is the most.
    for claim in sorted(claims, key=lambda held: (held.to_ms, held.from_ms)):
        left = claim.milli_wh
        for index in _inside(used, claim):
            taken = min(free[index], left)
            free[index] -= taken
            left -= taken
            matched += taken
    return matched


def _by_slot(
    used: Sequence[SlotEnergy], claims: Sequence[Claim], generated: Sequence[SlotEnergy]
) -> int | None:
    if not generated and not any(claim.is_hourly for claim in claims):
        return None
    supply = _supply(used, claims, generated)
    return sum(min(max(slot.milli_wh, 0), got) for slot, got in zip(used, supply, strict=True))


def _supply(
    used: Sequence[SlotEnergy], claims: Sequence[Claim], generated: Sequence[SlotEnergy]
) -> list[int]:
    """What the claims bring to each slot of the use."""
    free = _spread(generated, used)
    supply = [0] * len(used)
    for claim in claims:
        inside = _inside(used, claim)
        total = sum(free[index] for index in inside)
        share = min(Fraction(1), Fraction(claim.milli_wh, total)) if total else Fraction(0)
        for index in inside:
            if claim.is_hourly:
                length_ms = used[index].end_ms - used[index].start_ms
                supply[index] += claim.milli_wh * length_ms // (claim.to_ms - claim.from_ms)
            else:
                taken = int(free[index] * share)
                free[index] -= taken
                supply[index] += taken
    return supply


def _spread(generated: Sequence[SlotEnergy], used: Sequence[SlotEnergy]) -> list[int]:
    """The generation in the slots of the use: an hour's is spread evenly over its half hours."""
    ordered = sorted(generated, key=lambda slot: slot.start_ms)
    starts = [slot.start_ms for slot in ordered]
    found: list[int] = []
    for slot in used:
        index = max(bisect_right(starts, slot.start_ms) - 1, 0)
        milli_wh = 0
        while index < len(ordered) and starts[index] < slot.end_ms:
            made = ordered[index]
            part_ms = min(made.end_ms, slot.end_ms) - max(made.start_ms, slot.start_ms)
            milli_wh += max(made.milli_wh * max(part_ms, 0) // (made.end_ms - made.start_ms), 0)
            index += 1
        found.append(milli_wh)
    return found


def _inside(used: Sequence[SlotEnergy], claim: Claim) -> list[int]:
    return [index for index, slot in enumerate(used) if _within(slot, claim)]


def _within(slot: SlotEnergy, claim: Claim) -> bool:
    return claim.from_ms <= slot.start_ms and slot.end_ms <= claim.to_ms


def _obstacles(claims: Sequence[Claim], generated: Sequence[SlotEnergy]) -> Iterable[str]:
    if not claims:
        yield "no certificate applies to this time"
    coarse = [claim for claim in claims if not claim.is_hourly]
    if coarse and not generated:
        yield (
            f"{len(coarse)} of {len(claims)} certificates have no hourly time stamp and no "
            "generation profile is given"
        )


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole > 0 else None
