"""Latency, CPU and memory, measured from outside (`./dev bench`); milliseconds live here, not in
tests."""
