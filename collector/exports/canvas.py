"""An SVG under construction: a frame, shapes and text, everything escaped on the way in."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from collector.exports.calm_text import calm
from collector.exports.paint import AXIS, FAINT_INK, GRID, INK, PAPER
from collector.exports.scale import Scale, text_width, tick_texts

NARROW_BELOW = 500
"""Pictures narrower than this (px) are meant for a phone."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle inside the axes (px)."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Width in px."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in px."""
        return self.bottom - self.top


def n(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def element(tag: str, content: str = "", /, **attributes: str | float) -> str:
    """One element; ``content`` is markup, attribute values are escaped (``_`` becomes ``-``)."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def _attribute(value: str | float) -> str:
    return escape(value, quote=True) if isinstance(value, str) else n(value)


@dataclass(slots=True)
class Canvas:
    """Collects the parts of one picture; ``key`` makes its ids unique on a page."""

    width: int
    height: float
    key: str
    parts: list[str] = field(default_factory=list)

    @property
    def narrow(self) -> bool:
        """Whether the picture is meant for a phone."""
        return self.width < NARROW_BELOW

    @property
    def size(self) -> float:
        """The text's size in px."""
        return 11.0 if self.narrow else 13.0

    def add(self, tag: str, content: str = "", /, **attributes: str | float) -> None:
        """Add one element."""
        self.parts.append(element(tag, content, **attributes))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str = "middle",
        fill: str = FAINT_INK,
        strong: bool = False,
        halo: bool = False,
    ) -> None:
        """Write text with its baseline at ``y``; a halo keeps it legible across lines."""
        attributes: dict[str, str | float] = {"x": x, "y": y, "text_anchor": anchor, "fill": fill}
        if strong:
            attributes["font_weight"] = "600"
        if halo:
            attributes |= {"paint_order": "stroke", "stroke": PAPER, "stroke_width": 4.0}
            attributes["stroke_linejoin"] = "round"
        self.add("text", escape(calm(text)), **attributes)

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str = GRID) -> None:
        """Draw a hairline."""
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=1.0)

    def value_axis(self, frame: Frame, place: Scale, ticks: tuple[float, ...], unit: str) -> None:
        """Draw the grid with its values on the left and the unit above them."""
        for tick, text in zip(ticks, tick_texts(ticks), strict=True):
            y = place(tick)
            stroke = AXIS if tick == 0 else GRID
            self.line(frame.left, y, frame.right, y, stroke)
            self.text(frame.left - 6, y + self.size * 0.36, text, "end")
        self.text(0, self.size, unit, "start", INK)

    def hatch(self, name: str, ground: str, stripe: str, opacity: float = 1.0) -> str:
        """Define diagonal stripes, over ``ground`` or ("") over what is there; answers the paint.

        Stripes without a ground get a thin dark edge, to be seen on light colours too.
        """
        tile, identity = 6.0, f"{self.key}-{name}"
        attributes: dict[str, str | float] = {"width": tile, "height": tile}
        stripes = element("rect", fill=stripe, fill_opacity=str(opacity), width=2.2, height=tile)
        edge = element("rect", x=2.2, fill=INK, fill_opacity="0.3", width=0.8, height=tile)
        base = element("rect", fill=ground, **attributes) if ground else edge
        units = {"patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
        self.add("pattern", base + stripes, id=identity, **attributes, **units)
        return f"url(#{identity})"

    def svg(self, title: str, description: str) -> str:
        """The finished picture with its title and description for those who listen."""
        names = f"{self.key}-t {self.key}-d"
        words = element("title", escape(calm(title)), id=f"{self.key}-t")
        words += element("desc", escape(calm(description)), id=f"{self.key}-d")
        return element(
            "svg",
            words + "".join(self.parts),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {self.width} {n(self.height)}",
            role="img",
            aria_labelledby=names,
            font_size=self.size,
        )


def axis_width(ticks: tuple[float, ...], size: float) -> float:
    """How much room the values of an axis need (px)."""
    return max(text_width(text, size) for text in tick_texts(ticks)) + 10
