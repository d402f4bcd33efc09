"""The outbox: readings wait here, on disk, until the collector's receipt.

Between ``poll`` (which puts) and ``forward`` (which claims and settles), who see ``outbox`` alone.
``memory`` holds what is not on disk yet, ``packed`` makes values small, ``rows`` is the SQL,
``lanes`` says what goes next, ``receipts`` what is closed, ``gaps`` tells what will never go,
``file`` opens, checks and bounds the SQLite file, ``room`` says how large it may be now,
``eviction`` says what goes first at the bound, ``salvage`` reads a damaged file out, ``resend``
answers requests, ``timing`` gives instants to readings of a wrong clock, ``told`` is the log's
share, ``machine`` tells which machine this is, its boot and clock state.
"""

from edge_agent.outbox.machine import clock_state
from edge_agent.outbox.outbox import Outbox
from edge_agent.outbox.receipts import Settled
from edge_agent.outbox.rows import Claim, GapRow, Row

__all__ = ["Claim", "GapRow", "Outbox", "Row", "Settled", "clock_state"]
