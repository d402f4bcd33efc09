"""The settings file as a person keeps it: tables are added and changed, comments and order stay.

Every change is checked by ``config.load`` before it takes the file's place, and the file as it was
stays beside it, dated.
"""

from edge_agent.settings_file.edit import (
    add_meter,
    change_meter,
    change_tables,
    new_file,
    put,
    put_back,
    restore,
    tables_of,
    taken_over,
)
from edge_agent.settings_file.place import backups, why_read_only

__all__ = [
    "add_meter",
    "backups",
    "change_meter",
    "change_tables",
    "new_file",
    "put",
    "put_back",
    "restore",
    "tables_of",
    "taken_over",
    "why_read_only",
]
