"""Grafana provisioned: folders, data sources, boards, alerts, access, as often as you like.

The last room of the walk; it runs on request (``collector boards``) and reads no data. One pass
computes a list of steps from the settings, from what Grafana holds and from the record of what
we wrote; ``plan`` tells it, ``apply`` carries it out. A second run changes nothing. What a user
has changed by hand stays: a board is only ever written over the version this collector wrote
last, unless ``replace`` says otherwise, and it stays in the folder it was moved to. One folder a
site, one board a site, kind and language: a board's zone, fiscal year, contract power and meters
are then fixed facts of it, and a folder is what Grafana gives permissions on. The JSON of boards
and alerts comes out of the package ``grafana`` as data.
"""

from __future__ import annotations

from collector.boards.passes import apply, plan, remove
from collector.boards.report import BoardsReport

__all__ = ["BoardsReport", "apply", "plan", "remove"]
