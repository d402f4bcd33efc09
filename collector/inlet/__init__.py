"""The collector's only paho room: messages come in, receipts and acknowledgements go out.

Before: the broker. After: `ingest`, which takes deliveries, stores them, and only then sends the
receipt and acknowledges. The queue between is bounded, so that TCP pushes back on the broker.
"""

from __future__ import annotations

from collector.inlet.client import KEEP_ALIVE_S, SESSION_EXPIRY_S, WINDOW
from collector.inlet.inlet import Inlet
from collector.inlet.waiting import Delivery

__all__ = ["KEEP_ALIVE_S", "SESSION_EXPIRY_S", "WINDOW", "Delivery", "Inlet"]
