"""What `collector report` was given as text: languages, formats, options, site."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.report_config import MailSettings, is_mail_address
from collector.reporting.kind import FORMATS, Format, ReportKind
from collector.reports.report import LANGUAGES, Language
from edge_agent.words import language_of


def languages_of(text: str) -> tuple[Language, ...]:
    """``ja``, ``en`` or ``both``; "" is the language of this machine.

    Raises ``CollectorError`` for anything else.
    """
    if not text:
        return (language_of(),)
    if text == "both":
        return LANGUAGES
    found = tuple(language for language in LANGUAGES if language == text)
    if not found:
        raise CollectorError(f"--language {text} is not known", "write ja, en or both")
    return found


def formats_of(text: str) -> tuple[Format, ...]:
    """The formats named, with commas between them, each once; () for "".

    Raises ``CollectorError`` for one that does not exist.
    """
    asked = [part.strip().lower() for part in text.split(",") if part.strip()]
    for name in asked:
        if name not in FORMATS:
            near = difflib.get_close_matches(name, FORMATS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"write one of: {', '.join(FORMATS)}"
            raise CollectorError(f"there is no format {name}", hint)
    return tuple(name for name in FORMATS if name in asked)


def options_of(given: Sequence[str]) -> dict[str, str]:
    """Options written as KEY=VALUE. Raises ``CollectorError`` for one that is not."""
    found: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise CollectorError(f"--option {text} has no value", "write --option key=value")
        if key.strip() in found:
            raise CollectorError(f"--option {key.strip()} is given twice", "give it once")
        found[key.strip()] = value.strip()
    return found


def site_asked(settings: CollectorSettings, kind: ReportKind, site: str) -> str:
    """The site the report is of: as named, or the only one; "" for a report of all sites.

    Raises ``CollectorError`` when it must be named, or must not.
    """
    known = ", ".join(held.id for held in settings.sites)
    if kind.of_sites == "all":
        if site:
            hint = "leave --site away"
            raise CollectorError(f"the report {kind.name} is of all sites", hint)
        return ""
    if not site and len(settings.sites) > 1:
        raise CollectorError("which site?", f"give --site with one of: {known}")
    return site or settings.sites[0].id


def mail_of(settings: CollectorSettings, to: Sequence[str]) -> MailSettings | None:
    """The server to send by; None where nothing is to be sent.

    Raises ``CollectorError`` for what is no address, and when the settings name no server.
    """
    for address in to:
        if not is_mail_address(address):
            raise CollectorError(f"--to {address} is not a mail address", "write name@example.jp")
    if to and settings.mail is None:
        raise CollectorError("the settings name no mail server", "add the section [mail]")
    return settings.mail if to else None
