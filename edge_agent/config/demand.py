"""[demand]: the target for the mean power of each half hour, and who acts when it is in danger."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, model_validator
from pydantic import field_validator as check_field

from edge_agent.config.text import Number, Settings, Whole
from edge_agent.config_faults import Refused
from edge_agent.words import said

ActionKind = Literal["mqtt", "webhook", "relay"]


class DemandActionSettings(Settings):
    """What happens from a level on. ``owner`` acts, by ``note``; a relay drops at the end of it."""

    on: Literal["caution", "alarm", "certain"]
    kind: ActionKind
    owner: str = Field(min_length=1, max_length=200)
    note: str = Field(default="", max_length=500)
    url: str = Field(default="", validate_default=True)
    pin: Whole | None = Field(default=None, ge=0, le=40, validate_default=True)
    active_high: bool = True

    @check_field("url")
    @classmethod
    def _url_fits(cls, url: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        if kind == "webhook":
            try:
                parts = urlsplit(url)
                good = parts.scheme in ("http", "https") and bool(parts.hostname)
            except ValueError:
                good = False
            if not good:
                raise Refused(said("not a web address"), said("write http://192.168.1.20/hook"))
        elif kind and url:
            raise Refused(
                said("has no meaning for {kind}", kind=kind), said("remove it or correct kind")
            )
        return url

    @check_field("pin")
    @classmethod
    def _pin_fits(cls, pin: int | None, info: ValidationInfo) -> int | None:
        kind = info.data.get("kind")
        if kind == "relay" and pin is None:
            raise Refused(said("missing"), said("write the GPIO number (BCM) the relay hangs on"))
        if kind not in ("relay", None) and pin is not None:
            raise Refused(
                said("has no meaning for {kind}", kind=kind), said("remove it or correct kind")
            )
        return pin


class DemandSettings(Settings):
    """The demand guard. ``meter`` is the plant's intake.

    The target is ``target_kw``, else ``target_percent`` of ``contract_kw``. ``boundary_meter``
    counts the utility's time-boundary pulses (``pulse_count``); without one, windows follow the
    clock.
    """

    meter: str = Field(min_length=1)
    contract_kw: Number | None = Field(default=None, gt=0)
    target_kw: Number | None = Field(default=None, gt=0)
    target_percent: Number = Field(default=95.0, gt=0, le=100)
    window_minutes: Literal[15, 30] = 30
    boundary_meter: str = ""
    recent_minutes: Number = Field(default=2.0, ge=0.5, le=10)
    hold_off_minutes: Number = Field(default=5.0, ge=0, lt=15)
    caution_percent: Number = Field(default=95.0, gt=0, lt=100)
    stale_s: Number = Field(default=90.0, ge=5, le=600)
    actions: tuple[DemandActionSettings, ...] = ()

    @model_validator(mode="after")
    def _has_a_target(self) -> Self:
        if self.target_kw is None and self.contract_kw is None:
            raise Refused(
                said("no target"), said("write target_kw, or contract_kw and target_percent")
            )
        return self

    @property
    def target_w(self) -> float:
        """The demand not to pass, W."""
        if self.target_kw is not None:
            return self.target_kw * 1000
        return (self.contract_kw or 0.0) * 10 * self.target_percent
