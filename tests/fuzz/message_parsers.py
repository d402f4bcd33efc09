"""What comes over MQTT and HTTP: messages of agents and collectors, topics, questions."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import orjson

from collector.api import cursor, span_text
from collector.api.problems import Problem
from collector.delivery import counted
from collector.ingest.batch import Batch
from collector.ingest.sorting import sort_into
from collector.inlet import Delivery
from collector.inlet.client import parse_publish
from collector.storage import influx_answer
from edge_agent.contract import credit, demand, topics, wire
from edge_agent.contract.wire import Birth, Gap, MeterCard, Receipt, Rejected, Resend, State
from edge_agent.outbox import packed
from tests.fuzz.parser import Parser

TOKYO = ZoneInfo("Asia/Tokyo")
_NOW_MS = 1_760_000_000_000
_CARD = MeterCard("sendai", "main", "受電", "schneider_iem3155", 10.0, 1.0, 1e10, "A1", 2.0)
_READINGS = wire.encode_readings(
    wire.ReadingsMessage(
        *("sendai-1", "e1", "sendai", "main", "b1", "synchronised", (1, 2), (_NOW_MS, _NOW_MS + 1)),
        {"active_power_w": (1.0, None), "active_energy_import_wh": (5.0, 6.0)},
    )
)
_RECEIPT = wire.encode_receipt(Receipt("sendai-1", "e1", ((1, 9),), (Rejected(10, 10, "old"),)))
_BIRTH = wire.encode_birth(Birth("sendai-1", "e1", 3, "0.1.0", _NOW_MS, (_CARD,)))
_STATE = wire.encode_state(State("sendai-1", 3, True))
_GAP = wire.encode_gap(Gap("sendai-1", "e1", 3, 9, "evicted"))
_RESEND = wire.encode_resend(Resend("sendai-1", "e1", 3, 9))
_CREDIT = credit.encode_credit(credit.Credit("sendai-1", 500.0))
_NOTICE = demand.encode_demand(
    demand.DemandNotice("a", "s", "m", _NOW_MS, "alarm", _NOW_MS, 30, 285.0, True, 4.0, 3.0)
)
_JSON = (
    *(b"null", b"true", b"-1", b"1e400", b"NaN", b"[]", b"{}", b'""', b'"\\ud800"', b"9" * 30),
    *(b"[[", b'{"v":', b'"v":1,', b'"seq":[0]', b'"q":{}', b"2e308", b'"\\u0000"', b"0.1"),
)


def _topic(data: bytes) -> object:
    return topics.parse_up(data.decode("utf-8", "surrogateescape"))


def _sorted(channel: topics.UpChannel) -> Callable[[bytes], object]:
    """The collector's whole first step: no payload at all may make it raise."""

    def sort(data: bytes) -> object:
        batch = Batch(_NOW_MS, None)
        sort_into(batch, [Delivery(topics.up("sendai-1", channel), data)])
        return batch

    return sort


def _packet(mqtt5: bool) -> Callable[[bytes], object]:
    return lambda data: parse_publish(data, 1, mqtt5)


def _row(data: bytes) -> object:
    text = data[1:].decode("utf-8", "surrogateescape")
    return packed.unpack(text if data[:1] == b"t" else data[1:])


def _instant(data: bytes) -> object:
    return span_text.instant_ms(data.decode("utf-8", "surrogateescape"), "from", TOKYO)


def _place(data: bytes) -> object:
    return cursor.place_of(data.decode("utf-8", "surrogateescape"), "question")


def _influx(data: bytes) -> object:
    error = influx_answer.told_by_status("http://127.0.0.1:8086", data[0] * 2 if data else 0, data)
    return str(error)


def _message(name: str, decode: Callable[[bytes], object], *seeds: bytes) -> Parser:
    return Parser(name, decode, (wire.WireError,), seeds, _JSON)


MESSAGES = (
    _message("wire-readings", wire.decode_readings, _READINGS),
    _message("wire-readings-orjson", lambda d: wire.decode_readings(d, orjson.loads), _READINGS),
    _message("wire-receipt", wire.decode_receipt, _RECEIPT),
    _message("wire-gap", wire.decode_gap, _GAP),
    _message("wire-resend", wire.decode_resend, _RESEND),
    _message("wire-birth", wire.decode_birth, _BIRTH),
    _message("wire-birth-orjson", lambda data: wire.decode_birth(data, orjson.loads), _BIRTH),
    _message("wire-state", wire.decode_state, _STATE),
    _message("wire-credit", credit.decode_credit, _CREDIT),
    _message("wire-demand", demand.decode_demand, _NOTICE),
    Parser("inlet-live", _sorted("live"), (), (_READINGS,), _JSON),
    Parser("inlet-birth", _sorted("birth"), (), (_BIRTH,), _JSON),
    Parser("inlet-gap", _sorted("gap"), (), (_GAP,), _JSON),
    Parser("inlet-state", _sorted("state"), (), (_STATE,), _JSON),
    Parser(
        *("mqtt-topic", _topic, ()),
        (b"mieruka/1/sendai-1/up/live", b"mieruka/1/a/down/cmd"),
        (b"+", b"#", b"/", b"$share/x/", b"mieruka/1/", b"\0", b"up"),
    ),
    Parser(
        *("mqtt-packet-5", _packet(True), (IndexError, UnicodeDecodeError)),
        (b"\0\x04a/b/\0\x07\x00{}", b"\0\x01a\0\x07\x05\x03\0\x02ab{}"),
        (b"\xff\xff\xff\xff", b"\x80\x80", b"\0"),
    ),
    Parser(
        *("mqtt-packet-311", _packet(False), (IndexError, UnicodeDecodeError)),
        (b"\0\x04a/b/\0\x07{}",),
    ),
    Parser(
        *("outbox-row", _row, (ValueError,)),
        (
            b"b" + bytes(packed.pack({"active_power_w": 1.5, "voltage_l1_v": 230.1})),  # type: ignore[arg-type]
            b't{"odd_name":1.5}',
        ),
        (b"t", b"NaN", b"1e999", b"\xff\xff", b'{"a":', b"[" * 50),
    ),
    Parser(
        *("api-instant", _instant, (Problem,)),
        (b"2025-04-01", b"2025-04-01T00:00:00+09:00", b"1743433200000", b"2025-04-01T00:00:00 09"),
        (b"T", b"Z", b"+", b"99:99", b"0001-01-01", b"9999-12-31", b"W", b"24:00"),
    ),
    Parser(
        *("api-cursor", _place, (Problem,)),
        (cursor.cursor_of(cursor.Place(1, "a"), "question").encode(),),
        (b"=", b"-", b"_", b"W10", b"bnVsbA"),
    ),
    Parser(
        *("influx-answer", _influx, ()),
        (b'\xc8{"code":"invalid","message":"partial write: dropped=5"}', b"\xc9[1]", b"\xca"),
        (b"unable to parse", b"dropped=" + b"9" * 30, b'{"message":', b"null"),
    ),
    Parser(
        *("counted", lambda data: counted.decode(data.decode("utf-8", "replace")), ()),
        (counted.encode([counted.Counted("hq", "", (1, 2, 3), 0)]).encode(),),
        (b"Infinity", b"NaN", b'"on_time":', b"[]", b"null", b"1e400"),
    ),
)
"""Every entrance of messages. Taken with ``wire.WireError`` as the one declared error."""
