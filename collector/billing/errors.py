"""The one error of this room."""

from collector.errors import CollectorError


class BillError(CollectorError):
    """A bill cannot be made from what there is: what is missing, and what to do."""
