"""Why the fleet server grants nothing, in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping

from edge_agent.contract import enrolment as wire
from edge_agent.errors import RetryLaterError
from edge_agent.words import Said, said

_ASK = said("ask for a new line: `collector fleet enrol` on the collector's side")
_VERSIONS = said("do both run a version of the same year?")
_LATER = (said("the fleet server cannot answer now"), said("it is tried again by itself"))
_STRANGER = said("this agent's certificate is not known to the collector")
_PUZZLED = said("the fleet server does not understand this agent")
_TOLD: Mapping[str, tuple[Said, Said]] = {
    "token_unknown": (
        said("the token is not known there"),
        said("copy the whole line that the collector printed"),
    ),
    "token_used": (said("the token has been used already"), _ASK),
    "token_expired": (said("the token is over: it is good for ten minutes"), _ASK),
    "other_agent": (
        said("the token is for an agent of another name"),
        said("compare [agent] id with the name given to `collector fleet enrol`"),
    ),
    "revoked": (said("this agent's certificate is revoked"), _ASK),
    "not_known": (_STRANGER, _ASK),
    "no_certificate": (_STRANGER, _ASK),
    "too_late": (said("the certificate ended more than a year ago"), _ASK),
    "renewed_already": (
        said("this certificate has been renewed already, by another card"),
        said("was the memory card copied, or put back from a backup? {ask}", ask=_ASK),
    ),
    "too_often": (said("the fleet server is asked too often"), said("wait a few minutes")),
    "nonce_unknown": _LATER,
    "not_now": _LATER,
    "bad_request": (_PUZZLED, _VERSIONS),
    "no_such_place": (_PUZZLED, _VERSIONS),
}
"""By the server's reason: what is so, and what to do."""


class Refusal(RetryLaterError):
    """The server has understood and said no; ``fault`` is its reason."""

    def __init__(self, fault: str, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.fault = fault


def refusal_for(fault: str) -> Refusal:
    """The refusal with that reason, which is one of ``FAULTS``."""
    return Refusal(fault, *_TOLD[fault])


def refusal_of(content: bytes, status: int) -> Refusal:
    """What a refusing answer says."""
    try:
        fault = wire.decode(wire.Refusal, content).fault
    except wire.EnrolmentError:
        fault = ""
    if fault in _TOLD:
        return refusal_for(fault)
    what = said("the fleet server answers with HTTP status {status}", status=status)
    return Refusal(fault, what, said("is this the address of the collector's fleet server?"))
