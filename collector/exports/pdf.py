"""A page as PDF: printed by the Chromium (or Chrome) of this machine, without a network.

The browser runs headless in a profile of its own that is thrown away. The file is tagged, has an
outline of the headings, and carries the page's title and language.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from collector.errors import StopError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER_VARIABLE = "MIERUKA_CHROMIUM"
_INSTALL = (
    "apt install chromium, or set MIERUKA_CHROMIUM to a Chrome, or print the HTML file to PDF "
    "in any browser"
)
_FLAGS = (
    "--headless", "--disable-gpu", "--disable-quic", "--disable-sync", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
    "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check", "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer",
    "--generate-pdf-document-outline", "--export-tagged-pdf",
)  # fmt: skip


def write_pdf(html: str, path: Path, *, chromium: str | None = None, timeout_s: float = 60) -> None:
    """Print the page into ``path`` on the paper its style asks for.

    ``chromium`` is the browser to use, else that of ``MIERUKA_CHROMIUM``, else the first on PATH.
    Raises ``StopError`` where there is none, where it fails or takes longer than ``timeout_s``;
    then there is no file.
    """
    browser = found_browser(chromium)
    try:
        _print(browser, html, path, timeout_s)
    except OSError as error:
        path.unlink(missing_ok=True)
        where = f"{error.filename or path}: {error.strerror or error}"
        raise StopError(where, "make room there, or choose another folder") from error


def found_browser(chromium: str | None = None) -> str:
    """The browser to print with. Raises ``StopError`` with what to install when there is none."""
    asked = chromium or os.environ.get(BROWSER_VARIABLE, "")
    for name in (asked,) if asked else BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    if asked:
        raise StopError(f"there is no browser {asked} to make a PDF with", _INSTALL)
    raise StopError("there is no Chromium or Chrome to make a PDF with", _INSTALL)


def _print(browser: str, html: str, path: Path, timeout_s: float) -> None:
    with tempfile.TemporaryDirectory(prefix="mieruka-pdf-", ignore_cleanup_errors=True) as held:
        folder = Path(held)
        page, made = folder / "report.html", folder / "report.pdf"
        page.write_text(html, encoding="utf-8", errors="replace")
        command = [browser, *_FLAGS, f"--user-data-dir={folder / 'profile'}"]
        command += ["--no-sandbox"] if os.geteuid() == 0 else []
        said = _run([*command, f"--print-to-pdf={made}", page.as_uri()], folder, timeout_s)
        if not _is_whole(made):
            raise StopError(f"{browser} made no PDF{_last(said)}", "is its disk full? " + _INSTALL)
        shutil.copyfile(made, path)


def _run(command: Sequence[str], folder: Path, timeout_s: float) -> str:
    """What the browser said; on time-out it is ended with all that it started."""
    try:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, start_new_session=True, text=True, errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise StopError(f"{command[0]}: {error.strerror}", _INSTALL) from error
    try:
        _, said = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        hint = "try again when the machine is less busy, or print the HTML file in a browser"
        raise StopError(f"{command[0]} made no PDF within {timeout_s:g} s", hint) from error
    return said


def _is_whole(made: Path) -> bool:
    if not made.is_file():
        return False
    with made.open("rb") as held:
        begins = held.read(5)
        held.seek(max(0, made.stat().st_size - 64))
        return begins == b"%PDF-" and b"%%EOF" in held.read()


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip() and "dbus" not in line]
    return f": {lines[-1][:200]}" if lines else ""
