"""The paho client as the inlet wants it: it reads ahead, and tells when its thread has ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from collector.config import MqttSettings
from collector.errors import StopError
from edge_agent.contract.wire import CONTENT_TYPE, MOST_BYTES
from edge_agent.process.tls import client_context, freshen

SESSION_EXPIRY_S = 7 * 24 * 3600
KEEP_ALIVE_S = 30
WINDOW = 2_000
"""Messages the broker may send before the first is acknowledged (MQTT 5). Memory is bounded by
the queue and by the size of a batch; this one only has to be wide enough for three batches."""
RECEIPTS_ON_THE_WAY = 10_000
"""Several batches' worth: at a full minute each message of a batch is another agent's."""
LARGEST_PACKET = 2 * MOST_BYTES
"""The broker keeps larger ones to itself (MQTT 5); up to here a message is refused by name."""
READ_AHEAD_BYTES = 64 * 1024
WRITE_EVERY = 16
"""Packets that are read before what is to be written gets its turn."""


class Client(mqtt.Client):
    """A client that reads many packets with one call of the system, and messages at a third.

    paho asks the system three times for each packet, and each time other threads may take a while
    to give the interpreter back; of each message it decodes all properties, of which we need none.
    ``_sock_recv`` and ``_handle_publish`` are not of its public face: a paho without them would
    do as it does by itself, and hand over to ``on_message``. Neither is ``_packet_queue``, which
    takes all acknowledgements of a batch at once.
    """

    on_packet: Callable[[str, bytes, int, int], None] | None = None
    """Called with topic, payload, packet id and QoS of each message of QoS 0 and 1."""

    ended = False
    """Whether the network thread has ended."""
    turned_s = 0.0
    """When the network thread last went round (monotonic)."""
    before_dial: Callable[[], None] = staticmethod(lambda: None)
    """Called before each connection is made."""
    _ahead = b""
    _place = 0

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """Run the network thread."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        finally:
            self.ended = True

    def loop_misc(self) -> MQTTErrorCode:
        """Keep the connection alive: once a second at least, while there is one."""
        self.turned_s = time.monotonic()
        return super().loop_misc()

    def reconnect(self) -> MQTTErrorCode:
        """Connect anew; what was read ahead belongs to the connection before.

        So may certificates: they are renewed while the collector runs.
        """
        with suppress(OSError):  # in the midst of being replaced: the one of before holds still
            self.before_dial()
        self._ahead, self._place = b"", 0
        self.turned_s = time.monotonic()
        return super().reconnect()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Handle the next packets, and all that was read ahead with them.

        A broker that sends without a pause keeps this going: what is to be written, and the
        keep-alive, get their turn in between.
        """
        code = super().loop_read(max_packets)
        handled = 1
        while code == MQTTErrorCode.MQTT_ERR_SUCCESS and self._place < len(self._ahead):
            if handled % WRITE_EVERY == 0:
                code = self.loop_write() if self.want_write() else code
                code = code or self.loop_misc()
            code = code or super().loop_read(max_packets)
            handled += 1
        return code

    def _sock_recv(self, bufsize: int) -> bytes:
        if self._place >= len(self._ahead):
            if bufsize >= READ_AHEAD_BYTES:
                return super()._sock_recv(bufsize)
            self._ahead, self._place = super()._sock_recv(READ_AHEAD_BYTES), 0
        end = self._place + bufsize
        part, self._place = self._ahead[self._place : end], min(end, len(self._ahead))
        return part

    def ack_all(self, packet_ids: Sequence[int]) -> None:
        """Acknowledge messages of QoS 1: one write, where paho makes one for each of them."""
        acks = b"".join([b"\x40\x02" + number.to_bytes(2, "big") for number in packet_ids])
        self._packet_queue(mqtt.PUBACK, acks, packet_ids[-1], 1)

    def _handle_publish(self) -> MQTTErrorCode:
        packet, qos = self._in_packet["packet"], self._in_packet["command"] >> 1 & 3
        if self.on_packet is None or qos > 1:
            return super()._handle_publish()
        try:
            topic, packet_id, payload = parse_publish(packet, qos, self._protocol == mqtt.MQTTv5)
        except (IndexError, UnicodeDecodeError):
            return super()._handle_publish()  # it knows what to do with a packet that is none
        self.on_packet(topic, payload, packet_id, qos)
        return MQTTErrorCode.MQTT_ERR_SUCCESS


def parse_publish(packet: bytes | bytearray, qos: int, mqtt5: bool) -> tuple[str, int, bytes]:
    """Topic, packet id (0 at QoS 0) and payload of a PUBLISH packet without its fixed header.

    Properties are skipped. Raises ``IndexError`` or ``UnicodeDecodeError`` for a packet that is
    none. Source: MQTT 5.0, 3.3.2; MQTT 3.1.1, 3.3.2.
    """
    place = 2 + (packet[0] << 8 | packet[1])
    topic = packet[2:place].decode()
    packet_id = 0
    if qos:
        packet_id = packet[place] << 8 | packet[place + 1]
        place += 2
    if mqtt5:
        length, place = _length(packet, place)
        place += length
    if place > len(packet):
        raise IndexError("the packet ends within its properties")
    return topic, packet_id, bytes(packet[place:])


def _length(packet: bytes | bytearray, place: int) -> tuple[int, int]:
    """A variable byte integer and the place behind it."""
    length = 0
    for shift in (0, 7, 14, 21):
        byte = packet[place]
        place += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            return length, place
    raise IndexError("a length has more than four bytes")


def new_client(settings: MqttSettings, client_id: str, *, lasting: bool) -> Client:
    """A client for the broker of the settings, not connected yet; its session outlives it.

    Raises ``StopError`` when the certificate file cannot be used.
    """
    mqtt5 = settings.version == "5"
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=mqtt.MQTTv5 if mqtt5 else mqtt.MQTTv311,
        clean_session=None if mqtt5 else not lasting,
        manual_ack=True,
    )
    client.max_queued_messages_set(RECEIPTS_ON_THE_WAY)
    # Twenty, paho's own choice, would let receipts out only as fast as the broker's answers come,
    # and those stand behind every message that it sends us meanwhile.
    client.max_inflight_messages_set(WINDOW)
    client.reconnect_delay_set(min_delay=1, max_delay=60)
    _secure(client, settings)
    return client


def connect(client: Client, settings: MqttSettings, *, lasting: bool) -> None:
    """Name the broker to the client; its network thread connects, again and again."""
    host, port = settings.host, settings.port
    if settings.version != "5":
        client.connect_async(host, port, KEEP_ALIVE_S)
        return
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_EXPIRY_S if lasting else 0
    properties.ReceiveMaximum = WINDOW
    properties.MaximumPacketSize = LARGEST_PACKET
    client.connect_async(host, port, KEEP_ALIVE_S, clean_start=not lasting, properties=properties)


def content_type(settings: MqttSettings, expires_s: int | None = None) -> Properties | None:
    """What a message to an agent says of its payload, where the protocol can say it.

    After ``expires_s`` the broker forgets a message that its agent has not fetched.
    """
    if settings.version != "5":
        return None
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.ContentType = CONTENT_TYPE
    if expires_s is not None:
        properties.MessageExpiryInterval = expires_s
    return properties


def _secure(client: Client, settings: MqttSettings) -> None:
    if settings.username:
        client.username_pw_set(settings.username, settings.password or None)
    if not settings.tls:
        return
    ca_file, cert_file, key_file = settings.ca_file, settings.cert_file, settings.key_file
    try:
        context = client_context(ca_file, cert_file, key_file)
    except (OSError, ValueError) as error:
        hint = "let [mqtt] ca_file name the broker's authority, cert_file our own certificate"
        if isinstance(error, FileNotFoundError):
            hint = f"make these files with: collector fleet init; with another CA: {hint}"
        place = getattr(error, "filename", None) or ca_file
        reason = getattr(error, "strerror", None) or error
        raise StopError(f"{place}: certificates cannot be used: {reason}", hint) from error
    client.tls_set_context(context)
    client.before_dial = partial(freshen, context, ca_file, cert_file, key_file)
