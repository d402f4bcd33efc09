"""The page walked end to end: real meters' maps, a real line, broker, service and browser.

With ``MIERUKA_PICTURES`` set to a folder, each screen is left there as a picture to look at.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent import config, settings_file
from simulators.switchboard import Switchboard
from tests.edge_agent.delivery import wait_until
from tests.edge_agent.page.browser import Browser
from tests.edge_agent.page.stage import PIN, Service, Visitor, panel, whole_plant
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services


@pytest.fixture
def board() -> Iterator[Switchboard]:
    """The practice panel: eight meters of eight vendors, some of them miswired."""
    with panel() as served:
        yield served


@pytest.fixture
def service(tmp_path: Path, mosquitto: MosquittoServer) -> Iterator[Service]:
    """The agent without any meter, its page on."""
    with whole_plant(tmp_path, mosquitto.url) as made:
        made.start()
        yield made


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A phone."""
    (tmp_path / "chromium").mkdir()
    with Browser(tmp_path / "chromium") as opened:
        yield opened


class Walker:
    """Goes the way with a browser, takes a picture at each step, and sees that it fits."""

    def __init__(self, browser: Browser, service: Service, language: str, folder: Path) -> None:
        self.browser, self.service, self.language = browser, service, language
        self.folder = Path(os.environ.get("MIERUKA_PICTURES", folder))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.number = 0

    def enter(self) -> None:
        """Open the door in the walker's language."""
        url, browser = self.service.url, self.browser
        browser.open(f"{url}/language/{self.language}?back=/enter")
        self.look("door")
        browser.fill("input[name=pin]", PIN)
        browser.press("main .button.main")
        self.look("front, no meter yet")

    def look(self, name: str) -> None:
        """A picture; nothing may stick out of a phone's screen."""
        self.number += 1
        self.browser.shoot(self.folder / f"{self.language}-{self.number:02d}-{name}.png")
        wide, window = self.browser.width_px()
        assert wide <= window, f"{name} is {wide} px wide"

    def submit(self, action: str, **fields: str) -> None:
        """Fill in a form and send it."""
        form = f'form[action="{action}"]'
        for name, text in fields.items():
            self.browser.fill(f"{form} [name={name}]", text)
        self.browser.press(f"{form} button")

    def go(self, path: str) -> None:
        """Press the way on that leads to ``path``."""
        self.browser.press(f'a[href="{path}"]')

    def print(self, name: str) -> None:
        """The page as A4 paper: one sheet."""
        pdf = self.folder / f"{self.language}-{name}.pdf"
        self.browser.print_to(pdf)
        counts = re.findall(rb"/Count (\d+)", pdf.read_bytes())
        assert max(map(int, counts)) == 1, f"{pdf} has more than one page"

    def until_at(self, part: str) -> None:
        """Wait until the page has gone on by itself."""
        self.browser.wait_until(f"location.pathname.includes('{part}')")

    def until_done(self) -> None:
        """Wait for the end of work in the background."""
        self.browser.wait_until("document.querySelector('main [data-part]') === null")


def test_a_meter_with_ethernet_from_terminals_to_record(
    board: Switchboard, service: Service, browser: Browser, tmp_path: Path
) -> None:
    """All eight steps in English: typed in, identified by name, written, received, printed."""
    walker = Walker(browser, service, "en", tmp_path / "pictures")
    walker.enter()
    _find_the_intake(walker, board.addresses["lan"].port)
    _look_at_the_intake(walker)
    _write_the_intake(walker)
    _record_the_intake(walker)
    browser.open(f"{service.url}/")
    browser.wait_for("ago")
    walker.look("front")
    _settings_are_a_persons(service)


def _find_the_intake(walker: Walker, port: int) -> None:
    browser = walker.browser
    walker.go("/find")
    walker.look("1 find")
    walker.go("/typed")
    walker.submit("/typed/network", host="127.0.0.1", tcp_port=str(port), unit="1")
    walker.until_done()
    assert "PM5560" in browser.text()
    assert "Serial number 3300417" in browser.text()
    walker.look("2 identify")
    walker.submit("/identify/choose")


def _look_at_the_intake(walker: Walker) -> None:
    browser = walker.browser
    assert "kW" in browser.wait_for("All values")
    assert browser.value("document.querySelectorAll('svg .current').length") >= 2
    walker.look("3 live")
    walker.go("/wiring")
    walker.submit("/wiring/check", rated_current_a="400")
    walker.look("4 wiring, reading")
    walker.until_done()
    assert "CT of" not in browser.text(), "a sound meter is not accused"
    walker.look("4 wiring")


def _write_the_intake(walker: Walker) -> None:
    browser = walker.browser
    walker.go("/name")
    walker.look("5 name")
    fields = {"id": "intake", "name": "Main intake", "circuit": "MCCB 400 A"}
    walker.submit("/name", **fields, serial="3300417")
    assert 'id = "intake"' in browser.text()
    walker.look("6 write")
    walker.submit("/write")
    walker.look("6 start")
    walker.until_at("/meters/intake/send")
    browser.wait_for("A reading of this meter has arrived.")
    walker.look("7 send")


def _record_the_intake(walker: Walker) -> None:
    walker.go("/meters/intake/record")
    walker.look("8 record")
    walker.submit("/meters/intake/record", person="Taro Yamada", place="Panel 1")
    said = walker.browser.text()
    assert all(word in said for word in ("3300417", "MCCB 400 A", "Taro Yamada", "three wires"))
    walker.look("8 paper")
    walker.print("record")


def test_a_reversed_ct_on_a_serial_line_is_found_on_a_phone(
    board: Switchboard, service: Service, browser: Browser, tmp_path: Path
) -> None:
    """In Japanese: scanned at 9600 baud, identified by its values, and the wrong CT is named."""
    walker = Walker(browser, service, "ja", tmp_path / "pictures")
    walker.enter()
    _scan_for_the_press(walker, board.addresses["panel"].device)
    _see_its_reversed_ct(walker)
    walker.go("/name")
    walker.submit("/name", id="press", name="プレス")
    walker.submit("/write")
    walker.until_at("/meters/press/send")
    browser.wait_for("この計測器のデータが届きました。")
    walker.go("/meters/press/record")
    walker.submit("/meters/press/record", person="山田 太郎")
    walker.look("8 paper")
    walker.print("record")
    _scan_while_it_runs(walker)
    browser.open(f"{service.url}/")
    assert "L2" in browser.wait_for("誤り")
    walker.look("front")
    browser.open(f"{service.url}/meters/press")
    walker.look("meter")


def _scan_for_the_press(walker: Walker, device: str) -> None:
    walker.go("/find")
    walker.submit("/find/serial", port=device, speeds="9600", units="10-15")
    walker.look("1 scan")
    walker.until_done()
    assert walker.browser.value("document.querySelectorAll('.found').length") == 4
    walker.look("1 found")
    walker.submit("/find/choose")
    walker.until_done()
    assert "SDM630" in walker.browser.text()
    walker.look("2 identify")


def _see_its_reversed_ct(walker: Walker) -> None:
    walker.submit("/identify/choose")
    walker.look("3 live")
    walker.go("/wiring")
    walker.submit("/wiring/check", rated_current_a="100")
    walker.until_done()
    verdict = walker.browser.value("document.querySelector('.verdict.fault').innerText")
    assert "L2" in verdict
    walker.look("4 wiring")


def _scan_while_it_runs(walker: Walker) -> None:
    walker.browser.open(f"{walker.service.url}/find")
    walker.submit("/find/serial", speeds="9600", units="16-40")
    walker.browser.wait_for("計測を約")
    walker.look("1 scan of a line that runs")
    walker.submit("/find/stop")


def test_every_step_works_without_javascript(board: Switchboard, service: Service) -> None:
    """Forms and links alone bring a meter behind a gateway in, change it and take it back."""
    visitor = Visitor(service.url)
    visitor.enter()
    before = service.path.read_text("utf-8")
    port = str(board.addresses["gateway"].port)
    fields = {"host": "127.0.0.1", "tcp_port": port, "unit": "21", "kind": "rtu-over-tcp"}
    visitor.get("/typed")
    visitor.post("/typed/network", fields)
    wait_until(lambda: 'name="profile" value="abb_b23"' in visitor.get("/identify"), 60)
    visitor.post("/identify/choose", {"profile": "abb_b23"})
    assert "svg" in visitor.get("/live")
    visitor.get("/wiring")
    visitor.post("/wiring/check", {"wiring": "3P4W", "rated_current_a": "63"})
    wait_until(lambda: "judged at" in visitor.get("/wiring"), 60)
    visitor.get("/name")
    name = {"id": "compressor", "name": "Compressor", "wiring": "3P4W", "serial": "60110925"}
    assert "compressor" in visitor.post("/name", name)
    visitor.post("/write")
    wait_until(lambda: "The agent runs with the new settings." in visitor.get("/start"), 60)
    wait_until(lambda: "has arrived" in visitor.get("/meters/compressor/send"), 60)
    _make_a_record_with_a_photo(visitor)
    _change_its_circuit(service, visitor)
    _go_all_the_way_back(service, visitor, before)
    assert service.stop() == 0


def _make_a_record_with_a_photo(visitor: Visitor) -> None:
    """The photo is shown by number; what is none is told, and the record stands without it."""
    path, fields = "/meters/compressor/record", {"person": "<b>Taro</b>"}
    visitor.get(path)
    page = visitor.upload(path, fields, "photos", b"\xff\xd8\xff photo")
    assert "&lt;b&gt;Taro&lt;/b&gt;" in page
    (image,) = re.findall(r'<img src="([^"]+)"', page)
    assert "photo" in visitor.get(image)
    assert visitor.headers["Content-Type"] == "image/jpeg"
    visitor.get(path)
    assert "no JPEG or PNG" in visitor.upload(path, fields, "photos", b"<svg/>")
    assert visitor.page.count('class="row"') == 2


def _change_its_circuit(service: Service, visitor: Visitor) -> None:
    """A meter that runs is taken up again, and changed where it stands."""
    visitor.get("/meters/compressor")
    visitor.post("/meters/compressor/bench")
    visitor.get("/name")
    fields = {"name": "Compressor", "circuit": "MCCB 7", "wiring": "3P4W", "ct_ratio": "1"}
    visitor.post("/name", fields)
    visitor.post("/write")
    wait_until(lambda: "The agent runs with the new settings." in visitor.get("/start"), 60)
    (meter,) = config.load(service.path).meters
    assert (meter.circuit, meter.serial) == ("MCCB 7", "")


def _go_all_the_way_back(service: Service, visitor: Visitor, before: str) -> None:
    """By the button: the first copy is the file as a person wrote it."""
    page = visitor.get("/settings")
    copies = re.findall(r'name="name" value="([^"]+)"', page)
    assert len(copies) == 2
    visitor.post("/settings/back", {"name": copies[-1]})
    wait_until(lambda: "The agent runs." in visitor.get("/start"), 60)
    assert service.path.read_text("utf-8") == before
    assert len(settings_file.backups(service.path)) == 3
    assert "No meter is set up yet." in visitor.get("/")


def test_two_scans_do_not_run_at_once(board: Switchboard, service: Service) -> None:
    """The second person is told, and the first one's scan goes on until it is stopped."""
    visitor = Visitor(service.url)
    visitor.enter()
    visitor.get("/find")
    device = board.addresses["panel"].device
    fields = {"port": device, "speeds": "all", "units": "30-90"}
    visitor.post("/find/serial", fields)
    assert "Scanning" in visitor.get("/find")
    assert "still running" in visitor.post("/find/serial", fields)
    began_s = time.monotonic()
    visitor.post("/find/stop")
    assert "stopped before its end" in visitor.get("/find")
    assert time.monotonic() - began_s < 30


def _settings_are_a_persons(service: Service) -> None:
    """Remarks stay, and what was added reads as if written by hand."""
    text = service.path.read_text("utf-8")
    assert "# The agent of the practice panel." in text
    assert "# the plant's own broker" in text
    assert '[[meters]]\nid = "intake"\nname = "Main intake"\nlink = "lan"\nunit_id = 1\n' in text
    (backup,) = settings_file.backups(service.path)
    assert "[[meters]]" not in backup.read_text("utf-8")
