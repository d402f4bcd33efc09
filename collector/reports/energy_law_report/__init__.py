"""Yearly figures for 省エネ法 (periodic report) and 温対法 (SHK)."""
