"""Tests of the inlets: MQTT beside Kafka."""
