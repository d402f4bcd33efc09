"""Every parser of foreign bytes, one line each; a new one is fuzzed by standing here."""

from __future__ import annotations

from tests.fuzz.file_parsers import FILES
from tests.fuzz.fleet_parsers import FLEET
from tests.fuzz.message_parsers import MESSAGES
from tests.fuzz.meter_parsers import METERS
from tests.fuzz.parser import Parser

PARSERS: tuple[Parser, ...] = (*MESSAGES, *FLEET, *FILES, *METERS)


def named(name: str) -> Parser:
    """The parser of that name. Raises ``KeyError``."""
    return {parser.name: parser for parser in PARSERS}[name]
