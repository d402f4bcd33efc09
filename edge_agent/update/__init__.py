"""Updates from afar: signed packages fetched, looked at, and handed to those who install them."""

from edge_agent.update.keeper import Updates
from edge_agent.update.standing import Wish, wish_in

__all__ = ["Updates", "Wish", "wish_in"]
