"""Station: inlet -> wire -> validate -> store -> receipt -> acknowledgement.

Nothing is receipted before the store has answered and what follows (windows to recompute, numbers
accounted for) is on the disk, in one transaction; nothing is acknowledged before it is receipted.
Every step may be repeated: writing a reading twice leaves one point, marking a window twice one
window. So a stop between any two steps costs a repeat on the wire, never a reading.

``run_once`` takes the steps one after the other. ``Conveyor`` takes the same steps for a busy
collector: while the store answers for one batch, the next is opened and the one before it kept.
"""

from __future__ import annotations

from collector.ingest.batch import IngestReport, Ratings, Source
from collector.ingest.conveyor import Conveyor
from collector.ingest.station import MAX_MESSAGES, run_once

__all__ = ["MAX_MESSAGES", "Conveyor", "IngestReport", "Ratings", "Source", "run_once"]
