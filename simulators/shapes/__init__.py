"""Load curves of a plant's machines. PURE: a day and its hours in, 1,440 shares out.

To add one, write ``<name>.py`` and its line here; the tests enumerate the table.
"""

from __future__ import annotations

from simulators.shapes.climate import climate
from simulators.shapes.compressor import compressor
from simulators.shapes.day import Shape
from simulators.shapes.flat import flat
from simulators.shapes.furnace import furnace
from simulators.shapes.lighting import lighting
from simulators.shapes.machine import machine
from simulators.shapes.office import office

SHAPES: dict[str, Shape] = {
    "flat": flat,
    "lighting": lighting,
    "machine": machine,
    "furnace": furnace,
    "compressor": compressor,
    "climate": climate,
    "office": office,
}
"""Every load shape by the name plant files use."""
