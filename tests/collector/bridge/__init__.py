"""Tests of the bridge from MQTT to Kafka."""
