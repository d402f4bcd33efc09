"""How a meter is wired, judged by its own values: verdicts with evidence and what to do. PURE."""

from edge_agent.wiring.balance import Load, balance, families, load_of
from edge_agent.wiring.facts import MeterFacts, facts_of
from edge_agent.wiring.judge import judge, judge_tally
from edge_agent.wiring.phasors import Phasor, phasors
from edge_agent.wiring.tally import Tally
from edge_agent.wiring.verdict import Judgement, Look, Verdict
from edge_agent.wiring.watch import Change, Watch

__all__ = [
    "Change",
    "Judgement",
    "Load",
    "Look",
    "MeterFacts",
    "Phasor",
    "Tally",
    "Verdict",
    "Watch",
    "balance",
    "facts_of",
    "families",
    "judge",
    "judge_tally",
    "load_of",
    "phasors",
]
