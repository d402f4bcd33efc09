"""One paho client for one connection: built from the settings, with its will, TLS and properties.

Nothing of it is ever used for a second connection.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge_agent.config import MqttSettings
from edge_agent.contract import topics
from edge_agent.contract.wire import CONTENT_TYPE, State, encode_state
from edge_agent.process.secret_file import secret_in
from edge_agent.process.tls import client_context
from edge_agent.uplink.link import WINDOW

KEEPALIVE_S = 20
SESSION_EXPIRY_S = 3600
LARGEST_PACKET = 1024 * 1024
"""The broker keeps what is larger to itself (MQTT 5): a board's memory is small."""
DIAL_WAIT_S = 5.0
MOST_HEARD_BYTES = 1_000_000
"""A broker shall not send larger packets (MQTT 5): pushed settings have a quarter of it."""


class Client(mqtt.Client):
    """A client that tells what paho would keep to itself: why its thread or its TLS ended.

    ``_sock_recv`` is not of paho's public face: without it a refused certificate would look like
    any other lost connection.
    """

    died: Callable[[Exception], None]
    alert = ""
    """TLS' own word for why the broker ended the connection, as OpenSSL names it."""

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """Paho's loop, in paho's thread; whatever ends it goes to ``died``."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception as error:  # noqa: BLE001 - whatever ends a thread ends its connection
            self.died(error)
            return MQTTErrorCode.MQTT_ERR_UNKNOWN

    def _sock_recv(self, bufsize: int) -> bytes:
        try:
            return super()._sock_recv(bufsize)
        except ssl.SSLError as error:
            self.alert = error.reason or ""
            raise


class _TlsSocket(ssl.SSLSocket):
    """paho forgets a socket whose handshake failed; this one is closed all the same."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def new_client(settings: MqttSettings, agent: str, number: int) -> Client:
    """A client for connection ``number`` of ``agent``, without callbacks, not connected.

    Raises ``OSError`` or ``ValueError`` for a password, CA or certificate file of no use.
    """
    v5 = settings.version == "5"
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=agent,
        clean_session=None if v5 else False,
        protocol=mqtt.MQTTv5 if v5 else mqtt.MQTTv311,
        reconnect_on_failure=False,
    )
    client.connect_timeout = DIAL_WAIT_S
    client.max_inflight_messages_set(WINDOW)
    if settings.username is not None:
        client.username_pw_set(settings.username, _password(settings))
    if urlsplit(settings.url).scheme == "mqtts":
        client.tls_set_context(_tls(settings))
    will = encode_state(State(agent, number, online=False))
    client.will_set(topics.up(agent, "state"), will, qos=1, retain=True)
    return client


def connect(client: mqtt.Client, settings: MqttSettings) -> None:
    """Open the connection, for at most ``DIAL_WAIT_S``. Raises ``OSError`` or ``ValueError``."""
    host, port = host_port(settings.url)
    if settings.version != "5":
        client.connect(host, port, KEEPALIVE_S)
        return
    # paho's default, a clean start at the first connect, would wipe the session of the
    # process before this one.
    properties = _properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = SESSION_EXPIRY_S
    properties.MaximumPacketSize = MOST_HEARD_BYTES
    properties.MaximumPacketSize = LARGEST_PACKET
    client.connect(host, port, KEEPALIVE_S, clean_start=False, properties=properties)


def publish(
    client: mqtt.Client, version: str, topic: str, payload: bytes, *, retain: bool, qos: int = 1
) -> int | None:
    """Give paho one message; its packet id, or None when paho does not take it."""
    properties = None
    if version == "5":
        properties = _properties(PacketTypes.PUBLISH)
        properties.ContentType = CONTENT_TYPE
    info = client.publish(topic, payload, qos=qos, retain=retain, properties=properties)
    return info.mid if info.rc == mqtt.MQTT_ERR_SUCCESS else None


def host_port(url: str) -> tuple[str, int]:
    """Where the broker of a url is; 1883 or, with TLS, 8883 when it names no port."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (8883 if parts.scheme == "mqtts" else 1883)


def _password(settings: MqttSettings) -> str | None:
    if settings.password_file is None:
        return None
    return secret_in(settings.password_file)


def _tls(settings: MqttSettings) -> ssl.SSLContext:
    """A context that wants a certificate from a known CA, for the name in the url."""
    context = client_context(settings.ca_file, settings.cert_file, settings.key_file)
    context.sslsocket_class = _TlsSocket
    return context


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]
