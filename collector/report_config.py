"""Settings of reports made by themselves ([[reports]]) and of the mail they go out by ([mail])."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from collector.site_config import LocalPath, Positive, Section, Text

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHEN_HINT = '"daily 06:30", "weekly mon 07:00", "monthly 2 07:00" or "yearly 4-10 07:00"'
EVERY_SITE = "*"
_WHEN = re.compile(
    r"(?:(?P<daily>daily)|weekly (?P<weekday>[a-z]{3})|monthly (?P<day>\d{1,2})"
    r"|yearly (?P<month>\d{1,2})-(?P<month_day>\d{1,2})) (?P<clock>\d{1,2}:\d{2})"
)
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")


@dataclass(frozen=True, slots=True)
class When:
    """How often, and the time of day by the site's clock.

    Set beside it is the weekday (0 Monday) of a weekly report, the day (1-28) of a monthly one,
    month and day of a yearly one.
    """

    every: Literal["daily", "weekly", "monthly", "yearly"]
    clock: time
    weekday: int | None = None
    day: int | None = None
    month: int | None = None


def when_of(text: str) -> When:
    """The instants that ``text`` names. Raises ``ValueError`` for any other text."""
    found = _WHEN.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise ValueError("not a time a report can be made at")
    clock = _clock(found["clock"])
    if found["daily"]:
        return When("daily", clock)
    if found["weekday"]:
        if found["weekday"] not in WEEKDAYS:
            raise ValueError(f"{found['weekday']} is not one of {', '.join(WEEKDAYS)}")
        return When("weekly", clock, weekday=WEEKDAYS.index(found["weekday"]))
    if found["day"]:
        day = int(found["day"])
        if not 1 <= day <= 28:
            raise ValueError("a day from 1 to 28, which every month has")
        return When("monthly", clock, day=day)
    month, month_day = int(found["month"]), int(found["month_day"])
    date(2025, month, month_day)  # raises ValueError for a day that not every year has
    return When("yearly", clock, day=month_day, month=month)


def _clock(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    return time(hour, minute)


def _when(text: str) -> str:
    when_of(text)
    return text


def is_mail_address(text: str) -> bool:
    """Whether the text looks like one mail address."""
    return _ADDRESS.fullmatch(text) is not None


def _address(text: str) -> str:
    if not is_mail_address(text):
        raise ValueError("not a mail address")
    return text


Address = Annotated[str, AfterValidator(_address)]


class ScheduledReportSettings(Section):
    """A report that the running collector makes by itself, for one site or each of them."""

    name: Text = Field(description="a report: collector report --list")
    site: Text = Field(default=EVERY_SITE, description='a site\'s id, or "*" for each site')
    when: Annotated[str, AfterValidator(_when)] = Field(description=WHEN_HINT)
    period: str = Field(
        default="",
        description="yesterday, last-week, last-month, ...; left out: what has just ended",
    )
    languages: tuple[Literal["ja", "en"], ...] = Field(
        default=("ja",), min_length=1, description='["ja"], ["en"] or both'
    )
    formats: tuple[Literal["html", "pdf", "xlsx", "csv", "parquet"], ...] = Field(
        default=(), description='for example ["html", "pdf"]; left out: the report\'s own'
    )
    folder: LocalPath = Field(
        default=Path("reports"), validate_default=True, description="where the files are put"
    )
    to: tuple[Address, ...] = Field(default=(), description='mail addresses: ["a@example.jp"]')
    options: dict[str, str] = Field(default_factory=dict, description="the report's own options")

    @property
    def due(self) -> When:
        """The instants it is made at."""
        return when_of(self.when)


class MailSettings(Section):
    """The server that sends mail. ``password`` is what its file or the environment holds."""

    host: Text = Field(description="the mail server, for example smtp.example.jp")
    port: Annotated[int, Field(ge=1, le=65535, strict=True)] = Field(
        default=587, description="587 with starttls, 465 with tls, 25 with none"
    )
    tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description='"starttls", "tls" or "none"'
    )
    ca_file: LocalPath | None = Field(
        default=None, description="a PEM file, where the server's certificate is the plant's own"
    )
    username: str = Field(default="", description='"" where the server asks for none')
    password: str = Field(default="", repr=False, description="better: password_file")
    password_file: LocalPath | None = Field(default=None, description="a file with one line")
    sender: Address = Field(validation_alias="from", description='from = "mieruka@example.jp"')
    largest_mb: Positive = Field(
        default=10.0, description="attachments above this stay in the folder, which is named"
    )


def report_faults(doc: Mapping[str, Any]) -> Iterator[str]:
    """Yield one line for each report or mail setting that does not fit the others."""
    mail, items = doc.get("mail"), doc.get("reports")
    if isinstance(mail, dict):
        yield from _mail_faults(mail)
    known = [site.get("id") for site in _tables(doc.get("sites"))]
    seen: dict[tuple[str, ...], int] = {}
    for number, item in enumerate(_tables(items)):
        path, site = f"reports[{number}]", item.get("site", EVERY_SITE)
        if isinstance(site, str) and site not in (EVERY_SITE, *known):
            ids = ", ".join(str(name) for name in known)
            yield f'{path}.site = "{site}": no such site (write one of: {ids}, or "*")'
        if item.get("to") and not isinstance(mail, dict):
            yield f"{path}.to: there is no mail server (add the section [mail])"
        same = seen.setdefault(_identity(item), number)
        if same != number:
            yield f"{path}: made by reports[{same}] already (join their to and formats)"


def _identity(item: Mapping[str, Any]) -> tuple[str, ...]:
    keys = ("name", "site", "when", "period", "languages", "folder", "options")
    return tuple(repr(item.get(key)) for key in keys)


def _mail_faults(mail: Mapping[str, Any]) -> Iterator[str]:
    secret = mail.get("password") or mail.get("password_file")
    if secret and not mail.get("username"):
        yield "mail.username: missing (a password needs the name it belongs to)"
    if mail.get("username") and not secret:
        yield "mail.password_file: missing (a file with one line, or set MIERUKA_MAIL_PASSWORD)"
    if mail.get("username") and mail.get("tls") == "none":
        yield 'mail.tls = "none": would send the password in the clear (write "starttls" or "tls")'


def _tables(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
