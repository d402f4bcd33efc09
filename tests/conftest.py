"""Fixtures for the real services, shared by all tests."""

pytest_plugins = [
    "tests.services.mosquitto",
    "tests.services.mochi",
    "tests.services.kafka",
    "tests.services.influx",
    "tests.services.chromium",
    "tests.services.toxiproxy",
]
