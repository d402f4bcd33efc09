"""Tests of the open data: each way out, judged by others' code where there is some."""
