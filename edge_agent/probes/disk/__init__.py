"""What a folder's disk promises: where it is, its room, its sync, its wear, and a file's health."""

from edge_agent.probes.disk.file import file_findings, held
from edge_agent.probes.disk.place import Place, nearest, place_findings, place_of
from edge_agent.probes.disk.room import room_findings, spare_findings
from edge_agent.probes.disk.sync import sync_findings
from edge_agent.probes.disk.wear import Load, wear_findings

__all__ = [
    "Load",
    "Place",
    "file_findings",
    "held",
    "nearest",
    "place_findings",
    "place_of",
    "room_findings",
    "spare_findings",
    "sync_findings",
    "wear_findings",
]
