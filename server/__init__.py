"""Thin Starlette I/O around the rooms."""
