"""Settings of scheduled reports and of mail: every fault is one line that says what to write."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from collector import config
from collector.errors import ConfigError
from collector.report_config import When, when_of

HEAD = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1"
[store]
kind = "sqlite"
path = "store.sqlite"
[[sites]]
id = "sendai"
time_zone = "Asia/Tokyo"
"""
MAIL = """
[mail]
host = "smtp.example.jp"
from = "mieruka@example.jp"
"""
REPORT = """
[[reports]]
name = "daily"
when = "daily 06:30"
"""


def loaded(folder: Path, text: str) -> config.CollectorSettings:
    """The settings of the text."""
    path = folder / "collector.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return config.load(path)


def faults(folder: Path, text: str) -> str:
    """The faults of the text, one a line."""
    with pytest.raises(ConfigError) as told:
        loaded(folder, text)
    return "\n".join(told.value.faults)


def test_a_short_entry_has_sensible_defaults(tmp_path: Path) -> None:
    """Name and time are enough: for each site, in Japanese, into a folder beside the file."""
    (entry,) = loaded(tmp_path, REPORT).reports
    assert (entry.site, entry.languages, entry.formats) == ("*", ("ja",), ())
    assert entry.folder == tmp_path / "reports"
    assert entry.due == When("daily", time(6, 30))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("weekly Mon 07:00", When("weekly", time(7), weekday=0)),
        ("monthly 2 07:00", When("monthly", time(7), day=2)),
        ("yearly 4-10 07:05", When("yearly", time(7, 5), day=10, month=4)),
        ("daily  6:30", When("daily", time(6, 30))),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, when: When) -> None:
    """Capitals, spaces and a leading zero do not matter."""
    assert when_of(text) == when


@pytest.mark.parametrize(
    "text",
    ["daily", "daily 25:00", "06:30", "weekly xyz 07:00", "monthly 29 07:00", "monthly 0 07:00",
     "yearly 2-29 07:00", "yearly 13-1 07:00", "hourly 10", "daily 06:60"],
)  # fmt: skip
def test_what_is_no_time_is_a_fault_with_the_ways_to_write_one(tmp_path: Path, text: str) -> None:
    """A time that not every day, month or year has is refused as well."""
    told = faults(tmp_path, f'[[reports]]\nname = "daily"\nwhen = "{text}"\n')
    assert "reports[0].when" in told
    assert "monthly 2 07:00" in told


def test_an_unknown_site_names_those_there_are(tmp_path: Path) -> None:
    """A report of a site that is not there is a fault."""
    assert 'reports[0].site = "tokyo": no such site' in faults(
        tmp_path, REPORT + 'site = "tokyo"\n'
    )


def test_mail_to_somebody_needs_a_server(tmp_path: Path) -> None:
    """Addresses without the section [mail] are a fault."""
    assert "add the section [mail]" in faults(tmp_path, REPORT + 'to = ["a@example.jp"]\n')
    (entry,) = loaded(tmp_path, REPORT + 'to = ["a@example.jp"]\n' + MAIL).reports
    assert entry.to == ("a@example.jp",)


def test_what_is_no_address_is_a_fault(tmp_path: Path) -> None:
    """An address without an at sign is told with its place."""
    assert "reports[0].to[0]" in faults(tmp_path, REPORT + 'to = ["somebody"]\n' + MAIL)


def test_the_same_report_twice_is_a_fault(tmp_path: Path) -> None:
    """Two entries that would make the same files are told; another language is another report."""
    assert "made by reports[0] already" in faults(tmp_path, REPORT + REPORT)
    other = REPORT + 'languages = ["en"]\n'
    assert len(loaded(tmp_path, REPORT + other).reports) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('username = "u"\n', "mail.password_file: missing"),
        ('password = "p"\n', "mail.username: missing"),
        ('username = "u"\npassword = "p"\ntls = "none"\n', "in the clear"),
        ('tls = "ssl"\n', "mail.tls"),
        ("port = 0\n", "mail.port"),
    ],
)
def test_mail_settings_that_do_not_fit_are_told(tmp_path: Path, text: str, told: str) -> None:
    """A name without its password, or a password in the clear, is a fault; it is never shown."""
    said = faults(tmp_path, MAIL + text)
    assert told in said
    assert '"p"' not in said


def test_the_password_comes_from_its_file(tmp_path: Path) -> None:
    """``password_file`` beside the settings is read."""
    (tmp_path / "secret").write_text("hush\n", encoding="utf-8")
    text = MAIL + 'username = "u"\npassword_file = "secret"\n'
    mail = loaded(tmp_path, text).mail
    assert mail is not None
    assert mail.password == "hush"
    assert "hush" not in repr(mail)
