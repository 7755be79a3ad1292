"""The activities: pure deciders over frozen values; see kernel.py."""
