"""Reports by mail: a text in the report's language, the files attached.

A person who is not at the plant reads it: what is too large to attach stays in the folder, whose
path the text names.
"""

from __future__ import annotations

import mimetypes
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from collector.errors import CollectorError, RetryLaterError, StopError
from collector.report_config import MailSettings
from collector.reports.report import Language
from collector.reports.wording import Words

TIMEOUT_S = 30.0
_MB = 1_000_000
_ENCODED = 1.37
"""An attachment takes so much more in base64, its line ends included."""
_WORDS = Words(
    {
        "hello": ("{title}をお送りします。", "Please find attached: {title}."),
        "attached": ("添付ファイル: {names}", "Attached: {names}"),
        "left": (
            "大きいため添付していないファイル: {names}",
            "Too large to attach: {names}",
        ),
        "folder": ("保存場所: {folder}", "Kept in: {folder}"),
        "by": ("Mieruka(エネルギーとCO₂の見える化)", "Mieruka"),
        "test_title": ("メール送信のテスト", "Test of sending mail"),
        "test": (
            "このメールが届いていれば、レポートもこの設定で送られます。",
            "If you can read this, reports will be sent by these settings, too.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is sent: its title in each language it is written in, and its files."""

    titles: dict[Language, str]
    files: tuple[Path, ...] = ()


def send(mail: MailSettings, to: Sequence[str], letter: Letter) -> None:
    """Send the letter to all of the addresses; returns when the server has taken it.

    Raises ``StopError`` when a person must act (name, password, certificate, address refused),
    ``RetryLaterError`` when the server is away.
    """
    message = message_of(mail, to, letter)
    with _faults(mail), _server(mail) as server:
        refused = server.send_message(message)
    if refused:
        told = ", ".join(f"{address} ({_said(reason)})" for address, reason in refused.items())
        raise StopError(f"mail not taken for {told}", "correct the address")


def message_of(mail: MailSettings, to: Sequence[str], letter: Letter) -> EmailMessage:
    """The letter as it is sent: text and attachments up to the largest size."""
    attached, left = _fitting(letter.files, mail.largest_mb)
    message = EmailMessage()
    message["Subject"] = " ".join(" / ".join(letter.titles.values()).split())
    message["From"], message["To"] = mail.sender, ", ".join(to)
    message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid("mieruka")
    message["Auto-Submitted"] = "auto-generated"
    texts = [_text(lang, title, attached, left) for lang, title in letter.titles.items()]
    message.set_content("\n\n".join(texts) + "\n")
    for path in attached:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        params = {"charset": "utf-8"} if main == "text" else {}
        message.add_attachment(
            path.read_bytes(), maintype=main, subtype=sub, filename=path.name, params=params
        )
    return message


def trial_letter(language: Language) -> Letter:
    """A letter that says no more than that mail arrives."""
    return Letter({language: _WORDS.say("test_title", language)})


def _text(language: Language, title: str, attached: Sequence[Path], left: Sequence[Path]) -> str:
    if not attached and not left:
        return "\n".join(_WORDS.say(key, language) for key in ("test", "by"))
    lines = [_WORDS.say("hello", language, title=title), ""]
    if attached:
        lines.append(_WORDS.say("attached", language, names=_names(attached)))
    if left:
        lines.append(_WORDS.say("left", language, names=_names(left)))
    folder = str((*attached, *left)[0].parent)
    return "\n".join(
        [*lines, _WORDS.say("folder", language, folder=folder), "", _WORDS.say("by", language)]
    )


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)


def _fitting(files: Sequence[Path], largest_mb: float) -> tuple[list[Path], list[Path]]:
    attached: list[Path] = []
    left: list[Path] = []
    room = largest_mb * _MB
    for path in sorted(files, key=lambda path: path.stat().st_size):
        room -= path.stat().st_size * _ENCODED
        (attached if room >= 0 else left).append(path)
    return attached, left


@contextmanager
def _server(mail: MailSettings) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context(cafile=mail.ca_file) if mail.tls != "none" else None
    if mail.tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            mail.host, mail.port, timeout=TIMEOUT_S, context=context
        )
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_S)
    with server:
        if mail.tls == "starttls":
            server.starttls(context=context)
        if mail.username:
            server.login(mail.username, mail.password)
        yield server


@contextmanager
def _faults(mail: MailSettings) -> Iterator[None]:
    where = f"mail server {mail.host}:{mail.port}"
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        hint = "correct [mail] username and password_file"
        raise StopError(f"{where} refuses the password: {_said(error.smtp_error)}", hint) from error
    except ssl.SSLCertVerificationError as error:
        hint = "name its certificate in [mail] ca_file, or correct host"
        raise StopError(f"{where}: {error.verify_message}", hint) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(where, error) from error
    except smtplib.SMTPNotSupportedError as error:
        hint = 'write tls = "tls" or "none", and a username only where the server takes one'
        raise StopError(f"{where}: {error}", hint) from error
    except (OSError, smtplib.SMTPException) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = "correct [mail] host, port and tls, or wait for the server"
        raise RetryLaterError(f"{where}: {reason}", hint) from error


def _refused(where: str, error: smtplib.SMTPRecipientsRefused) -> CollectorError:
    told = ", ".join(f"{address} ({_said(why)})" for address, why in error.recipients.items())
    return StopError(f"{where} takes no mail for {told}", "correct the address")


def _said(reason: object) -> str:
    if isinstance(reason, tuple):
        return f"{reason[0]} {_said(reason[1])}"
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
