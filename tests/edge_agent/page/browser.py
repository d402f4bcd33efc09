"""Chromium driven as a person would: open, fill, press, look. Over the DevTools pipe."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.services.missing import missing_service

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
WITHIN_S = 60.0


class _GoneOn(Exception):
    """The page that was asked is no longer there."""


class Browser:
    """One tab of a real Chromium, of the size of a phone, with or without JavaScript."""

    def __init__(self, folder: Path, width: int = 390, height: int = 844) -> None:
        self._folder, self._size = folder, (width, height)
        self._number = 0
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Browser:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        if found is None:
            missing_service("Chromium", "apt install chromium")
        theirs_in, self._in = os.pipe()
        self._out, theirs_out = os.pipe()
        # The browser reads orders from its file 3 and writes answers to its file 4.
        orders = f"exec {found} {' '.join(_FLAGS)} --user-data-dir={self._folder / 'profile'}"
        self._process = subprocess.Popen(
            ["bash", "-c", f"{orders} about:blank 3<&{theirs_in} 4>&{theirs_out}"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._heard, self._session = b"", ""
        self._attach()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        os.close(self._in)
        os.close(self._out)

    def open(self, url: str) -> None:
        """Go there, and wait until it is loaded."""
        self._events.clear()
        self.order("Page.navigate", url=url)
        self._loaded()

    def press(self, selector: str) -> None:
        """Press what ``selector`` finds; wait for the page that comes of it."""
        self._events.clear()
        self._on(selector, "found.scrollIntoView(); found.click()")
        self._loaded()

    def fill(self, selector: str, text: str) -> None:
        """Write into a field, or choose a row."""
        self._on(selector, f"found.value = {json.dumps(text)}")

    def value(self, script: str) -> Any:
        """What a line of JavaScript gives; asked again when the page goes on meanwhile."""
        try:
            result = self.order("Runtime.evaluate", expression=script, returnByValue=True)
        except _GoneOn:
            time.sleep(0.2)
            return self.value(script)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def text(self) -> str:
        """What can be read on the page."""
        return str(self.value("document.body.innerText"))

    def wait_until(self, script: str, within_s: float = WITHIN_S) -> None:
        """Wait until a line of JavaScript is true."""
        give_up_at = time.monotonic() + within_s
        while not self.value(script):
            assert time.monotonic() < give_up_at, f"not within {within_s} s: {script}"
            time.sleep(0.2)

    def wait_for(self, text: str, within_s: float = WITHIN_S) -> str:
        """Wait until the page says ``text``; returns all it says."""
        give_up_at = time.monotonic() + within_s
        while text not in (seen := self.text()):
            assert time.monotonic() < give_up_at, f"no “{text}” within {within_s} s in: {seen}"
            time.sleep(0.2)
        return seen

    def shoot(self, png: Path) -> None:
        """A picture of the whole page; taken again when the page went on meanwhile."""
        for _ in range(3):
            with suppress(TimeoutError, _GoneOn):
                order = {"format": "png", "captureBeyondViewport": True}
                shot = self.order("Page.captureScreenshot", within_s=10.0, **order)
                png.write_bytes(base64.b64decode(shot["data"]))
                return
            time.sleep(0.5)
        raise AssertionError(f"no picture of {self.text()}")

    def print_to(self, pdf: Path) -> None:
        """The page as it prints on A4, by its own style."""
        done = self.order("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        pdf.write_bytes(base64.b64decode(done["data"]))

    def width_px(self) -> tuple[int, int]:
        """How wide the content is, and the window."""
        script = "[document.documentElement.scrollWidth, window.innerWidth]"
        wide, window = self.value(script)
        return int(wide), int(window)

    def order(self, method: str, within_s: float = WITHIN_S, **parameters: Any) -> dict[str, Any]:
        """One order of the DevTools protocol, and its answer. Raises ``TimeoutError``."""
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._in, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(within_s)
            if answer.get("id") == number:
                if any(word in str(answer.get("error")) for word in ("navigated", "0 width")):
                    raise _GoneOn
                assert "error" not in answer, answer
                return dict(answer["result"])
            self._events.append(answer)

    def _attach(self) -> None:
        targets = self.order("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        attached = self.order("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]
        width, height = self._size
        self.order("Page.enable")
        self.order(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2,
            mobile=True,
        )

    def _on(self, selector: str, action: str) -> None:
        found = f"const found = document.querySelector({json.dumps(selector)})"
        done = self.value(
            f"(() => {{ {found}; if (!found) return false; {action}; return true }})()"
        )
        assert done, f"no {selector} on: {self.text()}"

    def _loaded(self) -> None:
        give_up_at = time.monotonic() + WITHIN_S
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            assert time.monotonic() < give_up_at, "the page was not loaded"
            self._events.append(self._next())

    def _next(self, within_s: float = WITHIN_S) -> dict[str, Any]:
        while b"\0" not in self._heard:
            ready, _, _ = select.select([self._out], [], [], within_s)
            if not ready:
                raise TimeoutError("the browser says nothing")
            heard = os.read(self._out, 1 << 20)
            assert heard, "the browser has ended"
            self._heard += heard
        message, _, self._heard = self._heard.partition(b"\0")
        return dict(json.loads(message))
