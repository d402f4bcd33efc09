"""The outbox: readings wait here, on disk, until the collector's receipt.

Between ``poll`` (which puts) and ``forward`` (which claims and settles), who see ``outbox`` alone.
``memory`` holds what is not on disk yet, ``rows`` is the SQL, ``file`` opens, checks and bounds the
SQLite file, ``eviction`` says what goes first at the bound, ``salvage`` reads a damaged file out,
``resend`` answers requests, ``timing`` gives instants to readings of a wrong clock, ``told`` is
the log's share, ``machine`` tells boot and clock state.
"""

from edge_agent.outbox.machine import clock_state
from edge_agent.outbox.outbox import Outbox, Settled
from edge_agent.outbox.rows import Claim, GapRow, Row

__all__ = ["Claim", "GapRow", "Outbox", "Row", "Settled", "clock_state"]
