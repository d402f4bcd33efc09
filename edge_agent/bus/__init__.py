"""A line with its meters: who is asked when, what is counted, and who else may use it."""

from edge_agent.bus.circuit import Circuit
from edge_agent.bus.gathering import Bus, Opener, assemble, gather
from edge_agent.bus.line import Line, LineLentError
from edge_agent.bus.meter import PolledMeter
from edge_agent.bus.portions import Portion
from edge_agent.bus.station import LineStatus, Station
from edge_agent.bus.statistics import UnitStatistics
from edge_agent.bus.told import Fault, LinkReport, Told
from edge_agent.bus.turns import Turn

__all__ = [
    "Bus",
    "Circuit",
    "Fault",
    "Line",
    "LineLentError",
    "LineStatus",
    "LinkReport",
    "Opener",
    "PolledMeter",
    "Portion",
    "Station",
    "Told",
    "Turn",
    "UnitStatistics",
    "assemble",
    "gather",
]
