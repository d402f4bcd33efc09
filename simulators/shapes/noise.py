"""Noise that depends on nothing but its seed and its slot: asked twice, it answers the same.

PURE. The scrambling is splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
generators, 2014), which passes statistical tests and needs no state.
"""

from __future__ import annotations

from zlib import crc32

_MASK = (1 << 64) - 1
_HALF = float(1 << 63)


def noise(seed: int, slot: int) -> float:
    """A number from -1 to 1, evenly spread, that belongs to this seed and slot."""
    mixed = (seed * 0x9E3779B97F4A7C15 + slot * 0xD1342543DE82EF95 + 1) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return (mixed ^ (mixed >> 31)) / _HALF - 1.0


def seed_of(plant_seed: int, meter: str) -> int:
    """A seed of its own for each meter of a plant."""
    return crc32(f"{plant_seed}/{meter}".encode())
