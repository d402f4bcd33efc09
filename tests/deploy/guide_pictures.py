"""Makes the guides' pictures of the commissioning page: `python -m tests.deploy.guide_pictures`.

A phone walks the practice panel in English and in Japanese; each screen is left as a picture.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from simulators.switchboard import Switchboard
from tests.edge_agent.page.browser import Browser
from tests.edge_agent.page.stage import PIN, Service, panel, whole_plant
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "press": "Press line",
        "intake": "Main intake",
        "circuit": "MCCB 400 A",
        "person": "Taro Yamada",
        "place": "Panel 1",
        "arrived": "A reading of this meter has arrived.",
    },
    "ja": {
        "press": "プレス",
        "intake": "受電",
        "circuit": "主幹 MCCB 400 A",
        "person": "山田 太郎",
        "place": "第1分電盤",
        "arrived": "この計測器のデータが届きました。",
    },
}


SCREEN_PX = 390, 844
SHARPNESS = 1.35
SHOWN_PX: Mapping[str, tuple[int, int]] = {"record": (230, 1150), "live": (0, 980)}
"""Where a picture begins and how high it is; of all others, the phone's first screen."""


class Phone:
    """A browser at the page of one agent, in one language."""

    def __init__(self, browser: Browser, service: Service, language: str, folder: Path) -> None:
        self.browser, self.url = browser, service.url
        self.language, self.folder = language, folder

    def look(self, name: str) -> None:
        """Leave a picture of the screen."""
        top, height = SHOWN_PX.get(name, (0, SCREEN_PX[1]))
        part = {"x": 0, "y": top, "width": SCREEN_PX[0], "height": height, "scale": 1}
        shot = self.browser.order(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=part
        )
        file = self.folder / f"page-{name}-{self.language}.png"
        file.write_bytes(base64.b64decode(shot["data"]))

    def submit(self, action: str, **fields: str) -> None:
        """Fill in a form and send it."""
        form = f'form[action="{action}"]'
        for name, text in fields.items():
            self.browser.fill(f"{form} [name={name}]", text)
        self.browser.press(f"{form} button")

    def go(self, path: str) -> None:
        """Press the way on that leads to ``path``, once it is there."""
        self.until_there(f'a[href="{path}"]')
        self.browser.press(f'a[href="{path}"]')

    def until_there(self, selector: str) -> None:
        """Wait until the page shows it."""
        self.browser.wait_until(f"document.querySelector({json.dumps(selector)}) !== null")

    def until_done(self) -> None:
        """Wait for the end of work in the background."""
        self.browser.wait_until("document.querySelector('main [data-part]') === null")

    def choose_the_model(self) -> None:
        """The first model of those that fit; the page of live values comes."""
        self.browser.wait_until(
            "document.querySelector('form[action=\"/identify/choose\"]') !== null"
        )
        self.submit("/identify/choose")
        self.browser.wait_until("location.pathname === '/live'")


def _door(phone: Phone) -> None:
    width, height = SCREEN_PX
    size = {"width": width, "height": height, "deviceScaleFactor": SHARPNESS, "mobile": True}
    phone.browser.order("Emulation.setDeviceMetricsOverride", **size)
    phone.browser.open(f"{phone.url}/language/{phone.language}?back=/enter")
    phone.look("door")
    phone.browser.fill("input[name=pin]", PIN)
    phone.browser.press("main .button.main")


def _press_line(phone: Phone, device: str) -> None:
    """Found by a scan; one CT the wrong way round."""
    phone.go("/find")
    phone.submit("/find/serial", port=device, speeds="9600", units="10-15")
    phone.until_done()
    phone.look("found")
    phone.submit("/find/choose")
    phone.until_done()
    phone.look("identify")
    phone.choose_the_model()
    phone.look("live")
    phone.go("/wiring")
    phone.submit("/wiring/check", rated_current_a="100")
    phone.until_done()
    phone.look("wiring-fault")


def _intake(phone: Phone, port: int) -> None:
    """Typed in; sound; written, received, recorded."""
    words = NAMES[phone.language]
    phone.browser.open(f"{phone.url}/find")
    phone.go("/typed")
    phone.submit("/typed/network", host="127.0.0.1", tcp_port=str(port), unit="1")
    phone.until_done()
    phone.choose_the_model()
    phone.go("/wiring")
    phone.submit("/wiring/check", rated_current_a="400")
    phone.until_done()
    phone.look("wiring-right")
    phone.go("/name")
    given = {"id": "intake", "name": words["intake"], "circuit": words["circuit"]}
    phone.submit("/name", **given, serial="3300417")
    phone.look("write")
    phone.submit("/write")
    phone.browser.wait_until("location.pathname.includes('/meters/intake/send')")
    phone.browser.wait_for(words["arrived"])
    phone.look("send")
    phone.go("/meters/intake/record")
    phone.submit("/meters/intake/record", person=words["person"], place=words["place"])
    phone.look("record")
    phone.browser.open(f"{phone.url}/")
    phone.browser.wait_until("document.body.innerText.includes('kW')")
    phone.look("front")


def _walk(language: str, board: Switchboard, mqtt_url: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        profile = Path(place) / "chromium"
        profile.mkdir()
        with whole_plant(Path(place), mqtt_url) as service, Browser(profile) as browser:
            service.start()
            phone = Phone(browser, service, language, folder)
            _door(phone)
            _press_line(phone, board.addresses["panel"].device)
            _intake(phone, board.addresses["lan"].port)


def main(folder: Path, *languages: str) -> None:
    """Walk the panel in these languages, or in both; the broker is a real Mosquitto."""
    for language in languages or NAMES:
        with tempfile.TemporaryDirectory() as place:
            server = MosquittoServer(mosquitto_binary(), Path(place))
            server.start()
            try:
                with panel() as board:
                    _walk(language, board, server.url, folder)
            finally:
                server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
