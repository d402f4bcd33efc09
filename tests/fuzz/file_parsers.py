"""What comes as a file: settings, profiles, factors, tariffs, invoices, imports of every kind."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from collector import config as collector_config
from collector.commands import invoice_file
from collector.commands.bill_file import market_prices
from collector.errors import CollectorError
from collector.factors.files import examine
from collector.factors.lookup import FactorLibrary
from collector.factors.ministry_import import ListEdition, import_list
from collector.factors.new_row import values_of
from collector.factors.own_folder import Draft
from collector.findings.threshold_files import Thresholds
from collector.imports.columns_found import FileColumns, read_file
from collector.imports.weather import WeatherColumns, read_weather
from collector.intensity.fuels import read_weights
from collector.intensity.sources import SourceName, Stated, parse_source
from collector.intensity.timed_csv import read_timed_values
from collector.tariffs.library import TariffLibrary
from collector.tariffs.urdb import urdb_tables
from edge_agent import config as edge_config
from edge_agent import profile
from edge_agent.errors import AgentError
from simulators import plant_file
from tests.fuzz.parser import Parser

TOKYO = ZoneInfo("Asia/Tokyo")
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "deploy" / "examples"
_FOLDER = Path(tempfile.gettempdir())
_TOML = (
    *(b"[a.b]\n", b"[[links]]\n", b"[[meters]]\n", b'"\\u0000"', b"nan", b"inf", b"-1", b"1e400"),
    *(b"0xffffffffffffffff", b"1979-05-27", b"{a=1}", b"[[1]]", b"true", b'""', b"'''", b"\xff"),
    *(b"9" * 30, b"[" * 40, b"a" * 300, b"id = ", b"url = ", b"07:32:00", b"_ = 1\n"),
)
_CELLS = (
    *(b",", b";", b"\t", b"\r\n", b"\n", b'"', b'""', b"-", b"1e9", b"1.234,5", b"24:00", b"0:00"),
    *(b"2026/02/29", b"31/12/1969", b"1/1/1 0:00", b"\x83\x89", b"\xff\xfe", b"\0", b"9" * 30),
    *(
        "日時".encode(),
        "令和7年度".encode(),
        "0000年1月".encode(),
        b"E99",
        b"+09:00",
        b"99999999999",
    ),
)
_XML = (
    *(
        b"<espi:value>",
        b"</espi:value>",
        b"<entry>",
        b"&amp;",
        b"&x;",
        b"<!DOCTYPE x>",
        b"<a>" * 30,
    ),
    *(b"-1", b"9" * 30, b"1e9", b"<?xml?>", b"\xff", b"]]>", b"href=", b"<![CDATA["),
)


def in_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """The reader of a path, fed with bytes; the file is gone afterwards."""

    def parse(data: bytes) -> object:
        with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            return read(path)

    return parse


def _factors(data: bytes) -> object:
    return examine([Draft("own.toml", data.decode("utf-8"))])


def _imported(kind: str, counts: str, data: bytes) -> object:
    told = FileColumns(rest_is_zero=kind == "production", slot_minutes=None)
    return read_file(data, "file", kind, told, TOKYO, counts)  # type: ignore[arg-type]


def _ministry(data: bytes) -> object:
    edition = ListEdition("2026-01-09", date(2026, 1, 9), 2025, "")
    return import_list("list.csv", data, edition, FactorLibrary.shipped())


def _source(name: SourceName, stated: Stated, data: bytes) -> object:
    file = "eria_jukyu_202504_03.csv" if name == "area-supply" else "file"
    return parse_source(name, file, data, stated)


_CSV_STATED = Stated(area="de", unit="g/kWh", boundary="direct", time_zone=TOKYO)
_PROFILE = (ROOT / "edge_agent" / "profiles" / "eastron_sdm630.toml").read_bytes()
_SUNSPEC = (ROOT / "edge_agent" / "profiles" / "sunspec_201_204.toml").read_bytes()
_EXAMPLES = (ROOT / "collector" / "tariffs" / "examples.toml").read_bytes()
_TARIFF = _EXAMPLES.replace(b'"example-', b'"own-')
_FACTOR = b"""[[set]]
id = "own"
region = "JP"
kind = "named"
unit = "kg/kWh"
gas = "CO2"
valid_from = 2025-04-01
factors = [{ id = "own-1", supplier = "A0269", menu = "M", method = "jp_shk_basic", value = "0.4" }]
"""
_INVOICE = b"""[invoice]
from = 2025-07-01
to = 2025-08-01
currency = "JPY"
total = 1234567
[[invoice.lines]]
kind = "demand"
quantity = 300
price = 2142.78
amount = 546408
"""
_ROW = b'id = "own-1"\nregion = "JP"\nvalue = "0.4"\nvalid_from = "2025-04-01"\n'
_THRESHOLD = b'[[threshold]]\nid = "standby.share"\nvalue = 0.5\nreason = "own"\n'
_LONG = (
    "日時,使用電力量(kWh)\n"
    + "".join(f"2025/4/1 {n // 2}:{n % 2 * 30:02},{n}.5\n" for n in range(48))
).encode("cp932")
_WIDE = (
    "年月日," + ",".join(f"{n // 2}:{n % 2 * 30:02}" for n in range(48)) + "\n"
    "2025/4/1," + ",".join("12.5" for _ in range(48)) + "\n"
    "2025/4/2," + ",".join("7" for _ in range(48)) + "\n"
).encode()
_READINGS = "検針日,指示数\n2025-04-01,100\n2025-05-01,250\n".encode()
_BILLS = "使用月,使用量(kWh)\n2025年4月,12000\n2025年5月,13000\n".encode()
_MADE = "生産日,時刻,個数\n2025/4/1,8:00,10\n2025/4/1,9:00,12\n2025/4/3,8:00,7\n".encode()
_GREEN_CSV = (
    b"TYPE,DATE,START TIME,END TIME,USAGE,UNITS\n"
    b"Electric usage,2025-04-01,0:00,0:14,0.5,kWh\nElectric usage,2025-04-01,0:15,0:29,0.6,kWh\n"
)
_WARM = b"time,temperature_c\n2025-04-01 00:00,10.5\n2025-04-01 01:00,11\n2025-04-01 02:00,11\n"
_JMA = (
    "ダウンロードした時刻:2025/05/01 09:00:00\n\n,仙台,仙台,仙台\n"
    "年月日時,気温(℃),気温(℃),気温(℃)\n"
    ",,品質情報,均質番号\n2025/4/1 1:00:00,5.5,8,1\n2025/4/1 2:00:00,5.2,8,1\n"
).encode("cp932")
_GREEN = (
    b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:espi="http://naesb.org/'
    b'espi"><entry><link rel="self" href="M/1"/><link rel="related" href="T/1"/><title>Mill</title>'
    b"<content><espi:MeterReading/></content></entry><entry><link rel='self' href='T/1'/><content>"
    b"<espi:ReadingType><espi:uom>72</espi:uom><espi:flowDirection>1</espi:flowDirection>"
    b"<espi:intervalLength>900</espi:intervalLength></espi:ReadingType></content></entry><entry>"
    b"<link rel='self' href='M/1/IntervalBlock/7'/><content><espi:IntervalBlock>"
    b"<espi:IntervalReading><espi:timePeriod><espi:duration>900</espi:duration><espi:start>1743433"
    b"200</espi:start></espi:timePeriod><espi:value>250</espi:value></espi:IntervalReading>"
    b"</espi:IntervalBlock></content></entry></feed>"
)
_MINISTRY = (
    "登録番号,電気事業者名,メニュー,基礎排出係数,調整後排出係数,把握率,理由\n"
    "A0269,東北電力(株),メニューA,0.000402,0.000000,100,\n,,メニューB(残差),0.000402,0.000412,,\n"
).encode()
_AREA = (
    "単位[MW平均],,,供給力\nDATE,TIME,エリア需要,原子力,火力(LNG),火力(石炭),火力(石油),"
    "火力(その他),水力,地熱,バイオマス,太陽光発電実績,太陽光出力制御量,風力発電実績,風力出力制御量,"
    "揚水,蓄電池,連系線,その他,合計\n2025/4/1,0:00,30000,0,15000,5000,0,500,1500,0,500,0,0,100,0,0,"
    "0,7000,0,29600\n2025/4/1,0:30,29000,0,14000,5000,0,500,1500,0,500,0,0,100,0,0,0,7000,0,28600\n"
).encode("cp932")
_UK = (
    b'{"data":[{"from":"2025-04-01T00:00Z","to":"2025-04-01T00:30Z","intensity":'
    b'{"forecast":120,"actual":118,"index":"low"}}]}'
)
_MAPS = (
    b'{"zone":"JP-TK","history":[{"zone":"JP-TK","carbonIntensity":480,"datetime":'
    b'"2025-04-01T00:00:00.000Z","emissionFactorType":"direct","isEstimated":false}]}'
)
_TIMED = b"time,value\n2025-04-01 00:00,400\n2025-04-01 00:30,410\n2025-04-01 01:00,405\n"
_URDB = (
    b'{"items":[{"name":"TOU-8","utility":"X","startdate":1577836800,"energyratestructure":'
    b'[[{"rate":0.1,"unit":"kWh"}]],"energyweekdayschedule":'
    + str([[0] * 24] * 12).encode() + b',"energyweekendschedule":' + str([[0] * 24] * 12).encode()
    + b"}]}"
)  # fmt: skip
_PRICES = b"start,price\n2025-04-01 00:00,10.5\n2025-04-01 00:30,11\n2025-04-01 01:00,11\n"

SETTINGS = (
    Parser(
        *("agent-toml", in_file("agent.toml", edge_config.load), (AgentError,)),
        ((EXAMPLES / "agent.toml").read_bytes(),),
        _TOML,
    ),
    Parser(
        *("collector-toml", in_file("collector.toml", collector_config.load), (CollectorError,)),
        ((EXAMPLES / "collector.toml").read_bytes(),),
        _TOML,
    ),
    Parser(
        *("profile", in_file("own.toml", lambda path: profile.load(str(path))), (AgentError,)),
        (_PROFILE, _SUNSPEC),
        _TOML,
    ),
    Parser("factors", _factors, (UnicodeDecodeError,), (_FACTOR,), _TOML),
    Parser(
        *("factor-row", in_file("row.toml", lambda path: values_of(path, {})), (CollectorError,)),
        (_ROW, _FACTOR),
        _TOML,
    ),
    Parser(
        *(
            "tariffs",
            in_file("own.toml", lambda path: TariffLibrary.shipped().with_files([path])),
            (CollectorError,),
        ),
        (_TARIFF,),
        _TOML,
    ),
    Parser(
        *("invoice", in_file("i.toml", invoice_file.read_invoice), (CollectorError,)),
        (_INVOICE,),
        _TOML,
    ),
    Parser(
        *("thresholds", in_file("t.toml", Thresholds.shipped().with_file), (CollectorError,)),
        (_THRESHOLD,),
        _TOML,
    ),
    Parser(
        *("fuels", in_file("fuels.toml", read_weights), (CollectorError,)),
        ((ROOT / "collector" / "intensity" / "fuels.toml").read_bytes(),),
        _TOML,
    ),
    Parser(
        *("plant", in_file("p.toml", lambda p: plant_file.load(str(p), 0)), (AgentError,)),
        (next((ROOT / "simulators" / "plants").glob("*.toml")).read_bytes(),),
        _TOML,
    ),
)
"""TOML that people write."""

_ODD_JSON = (b"null", b"[]", b"-1", b"1e400", b"NaN", b'"x"')
_GRID_FILES: tuple[tuple[SourceName, Stated, bytes, tuple[bytes, ...]], ...] = (
    ("area-supply", Stated(), _AREA, _CELLS),
    ("carbonintensity-uk", Stated(), _UK, _ODD_JSON),
    ("electricity-maps", Stated(), _MAPS, _ODD_JSON),
    ("csv", _CSV_STATED, _TIMED, _CELLS),
)
_GRIDS = tuple(
    Parser(f"grid-{name}", partial(_source, name, stated), (CollectorError,), (seed,), words)
    for name, stated, seed, words in _GRID_FILES
)

IMPORTS = (
    *(
        Parser(name, partial(_imported, kind, counts), (CollectorError,), seeds, words)
        for name, kind, counts, seeds, words in (
            ("half-hours", "half-hours", "", (_LONG, _WIDE), _CELLS),
            ("readings", "readings", "", (_READINGS,), _CELLS),
            ("consumption", "consumption", "", (_BILLS,), _CELLS),
            ("production", "production", "pieces", (_MADE,), _CELLS),
            ("green-button-csv", "green-button", "", (_GREEN_CSV,), _CELLS),
            ("green-button-xml", "green-button", "", (_GREEN,), _XML),
        )
    ),
    Parser(
        *("weather", lambda data: read_weather(data, "file", WeatherColumns(), TOKYO)),
        (CollectorError,),
        (_WARM, _JMA),
        _CELLS,
    ),
    Parser("ministry-list", _ministry, (CollectorError,), (_MINISTRY,), _CELLS),
    *_GRIDS,
    Parser(
        *("timed-values", lambda data: read_timed_values(data, "time", "value", TOKYO)),
        (CollectorError,),
        (_TIMED,),
        _CELLS,
    ),
    Parser(
        *("urdb", lambda data: urdb_tables(data.decode("utf-8", "replace"), "rates.json")),
        (CollectorError,),
        (_URDB,),
        (b"null", b"[]", b"{}", b"-1", b"1e400", b"[[[]]]", b'"x"', b"NaN", b"9" * 30),
    ),
    Parser(
        *("market-prices", lambda data: market_prices(data, "prices.csv", TOKYO)),
        (CollectorError,),
        (_PRICES,),
        _CELLS,
    ),
)
"""Files of loggers, portals, ministries and grids."""

FILES = (*SETTINGS, *IMPORTS)
