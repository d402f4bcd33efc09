"""Mail through a real SMTP server: TLS, passwords, refusals, sizes."""

from __future__ import annotations

import logging
import ssl
import subprocess
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.message import Message as AnyMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from collector.errors import RetryLaterError, StopError
from collector.report_config import MailSettings
from collector.reporting.mail import Letter, message_of, send, trial_letter
from tests.services.mosquitto import free_port

NAME, PASSWORD = "mieruka", "hush"
# The server would log to handlers that an earlier test has closed.
logging.getLogger("mail.log").disabled = True


class Box(Message):
    """Keeps what it is given; refuses mail to anybody called nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[EmailMessage] = []
        self.secret: list[bool] = []
        self.logins: list[bytes] = []

    async def handle_RCPT(
        self, server: Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take every address but one; note whether it came over TLS."""
        transport = server.transport
        assert transport is not None
        self.secret.append(transport.get_extra_info("ssl_object") is not None)
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def prepare_message(self, session: Session, envelope: Envelope) -> EmailMessage:
        """Read the mail."""
        content = envelope.content
        assert isinstance(content, bytes)
        return message_from_bytes(content, policy=policy.default)

    def handle_message(self, message: AnyMessage) -> None:
        """Keep it."""
        assert isinstance(message, EmailMessage)
        self.mails.append(message)


@pytest.fixture
def box() -> Box:
    """An empty mailbox."""
    return Box()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody knows, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


Serve = Callable[..., MailSettings]


@pytest.fixture
def serve(box: Box, certificate: tuple[Path, Path]) -> Iterator[Serve]:
    """Start a server; answers the settings that reach it."""
    started: list[Controller] = []

    def authenticate(
        server: Server, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        box.logins.append(login.login)
        right = login.login == NAME.encode() and login.password == PASSWORD.encode()
        return AuthResult(success=right, handled=False)

    def start(tls: str = "none", known: bool = True, **more: object) -> MailSettings:
        context = None
        if tls != "none":
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*certificate)
        port = free_port()
        controller = Controller(
            box,
            hostname="127.0.0.1",
            port=port,
            ssl_context=context if tls == "tls" else None,
            tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            authenticator=authenticate,
            auth_required="username" in more and tls == "starttls",
            auth_require_tls=tls == "starttls",
        )
        controller.start()
        started.append(controller)
        ca_file = certificate[0] if known and tls != "none" else None
        return settings(port=port, tls=tls, ca_file=ca_file, **more)

    yield start
    for controller in started:
        controller.stop(no_assert=True)


def settings(**values: object) -> MailSettings:
    """Mail settings for a server on this machine."""
    return MailSettings.model_validate(
        {"host": "127.0.0.1", "from": "mieruka@example.jp", **values}
    )


@pytest.fixture
def letter(tmp_path: Path) -> Letter:
    """A report with a page and a PDF."""
    page, pdf = tmp_path / "daily-sendai.html", tmp_path / "daily-sendai-ja.pdf"
    page.write_text("<p>日報</p>", encoding="utf-8")
    pdf.write_bytes(b"%PDF-1.7 1234")
    return Letter({"ja": "仙台工場 日報", "en": "Sendai: daily report"}, (page, pdf))


def test_a_report_arrives_with_its_files(serve: Serve, box: Box, letter: Letter) -> None:
    """Subject and text are in the report's languages, every file is attached as it is."""
    send(serve(), ["a@example.jp", "b@example.jp"], letter)
    (mail,) = box.mails
    assert mail["Subject"] == "仙台工場 日報 / Sendai: daily report"
    assert mail["From"] == "mieruka@example.jp"
    assert mail["To"] == "a@example.jp, b@example.jp"
    body = mail.get_body()
    assert body is not None
    assert "仙台工場 日報をお送りします。" in body.get_content()
    assert "Please find attached: Sendai: daily report." in body.get_content()
    files = {part.get_filename(): part for part in mail.iter_attachments()}
    assert files["daily-sendai-ja.pdf"].get_content() == b"%PDF-1.7 1234"
    assert files["daily-sendai-ja.pdf"].get_content_type() == "application/pdf"
    assert "日報" in files["daily-sendai.html"].get_content()


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_goes_out_by_tls_with_a_password(
    serve: Serve, box: Box, letter: Letter, tls: str
) -> None:
    """With starttls and with tls, to a server whose own certificate the settings name."""
    send(serve(tls, username=NAME, password=PASSWORD), ["a@example.jp"], letter)
    assert len(box.mails) == 1
    assert box.secret == [True]
    assert box.logins == [NAME.encode()]


def test_a_wrong_password_is_a_person_s_to_mend(serve: Serve, letter: Letter) -> None:
    """The server's refusal is one line that names the settings, and not the password."""
    mail = serve("starttls", username=NAME, password="wrong")
    with pytest.raises(StopError, match="refuses the password") as told:
        send(mail, ["a@example.jp"], letter)
    assert "password_file" in told.value.hint
    assert "wrong" not in str(told.value)


def test_an_unknown_certificate_is_not_trusted(serve: Serve, box: Box, letter: Letter) -> None:
    """A certificate that nobody vouches for stops the mail and names the setting."""
    with pytest.raises(StopError, match="self-signed certificate") as told:
        send(serve("starttls", known=False), ["a@example.jp"], letter)
    assert "ca_file" in told.value.hint
    assert box.mails == []


def test_a_server_without_tls_is_told(serve: Serve, letter: Letter) -> None:
    """STARTTLS that the server does not know is told with what to write."""
    mail = serve("none").model_copy(update={"tls": "starttls"})
    with pytest.raises(StopError, match="STARTTLS") as told:
        send(mail, ["a@example.jp"], letter)
    assert "tls" in told.value.hint


def test_an_address_nobody_has_is_named(serve: Serve, box: Box, letter: Letter) -> None:
    """The refused address is told; others have got the mail."""
    with pytest.raises(StopError, match=r"nobody@example\.jp \(550 no such mailbox\)"):
        send(serve(), ["a@example.jp", "nobody@example.jp"], letter)
    assert len(box.mails) == 1
    with pytest.raises(StopError, match="no such mailbox"):
        send(serve(), ["nobody@example.jp"], letter)


def test_a_server_that_is_away_is_tried_again(letter: Letter) -> None:
    """No answer is a fault that passes by itself."""
    with pytest.raises(RetryLaterError, match="Connection refused"):
        send(settings(port=free_port()), ["a@example.jp"], letter)


def test_what_is_too_large_stays_in_its_folder(letter: Letter) -> None:
    """The text names the file and the folder; smaller files are attached."""
    large = letter.files[0].with_name("large.zip")
    large.write_bytes(b"0" * 900_000)
    heavy = Letter(letter.titles, (*letter.files, large))
    mail = message_of(settings(largest_mb=1.0), ["a@example.jp"], heavy)
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert sorted(map(str, names)) == ["daily-sendai-ja.pdf", "daily-sendai.html"]
    body = mail.get_body()
    assert body is not None
    assert "大きいため添付していないファイル: large.zip" in body.get_content()
    assert f"Kept in: {large.parent}" in body.get_content()


def test_a_title_cannot_add_lines_to_the_head(letter: Letter) -> None:
    """A line break in a name does not become a header of its own."""
    mean = Letter({"en": "daily\nBcc: all@example.jp"}, letter.files)
    mail = message_of(settings(), ["a@example.jp"], mean)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "daily Bcc: all@example.jp"


def test_a_test_mail_says_that_mail_arrives(serve: Serve, box: Box) -> None:
    """The test letter has no files and says what it is."""
    send(serve(), ["a@example.jp"], trial_letter("ja"))
    (mail,) = box.mails
    assert mail["Subject"] == "メール送信のテスト"
    assert list(mail.iter_attachments()) == []
