"""What is printed, and how uvicorn is told to keep the door."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from starlette.applications import Starlette

from server.serving import FRAME_LIMIT, announcement, terminal_qr, uvicorn_config
from server.settings import Settings
from server.site import Site


def test_the_announcement_names_every_link(site: Site) -> None:
    plain = announcement(site.settings, [("The wall screen", "http://x/r/1/screen#s")], site)
    assert "Talanoa is here:  http://127.0.0.1:8000/" in plain
    assert "http://x/r/1/screen#s" in plain
    lan = Settings(data=Path("d"), host="0.0.0.0", lan=("192.168.1.9",))
    said = announcement(lan, [], dataclasses.replace(site, settings=lan))
    assert "http://192.168.1.9:8000/" in said
    assert terminal_qr("http://192.168.1.9:8000/").splitlines()[5] in said
    assert "plain http" in said
    open_door = Settings(data=Path("d"), host="0.0.0.0")
    assert "TALANOA_PUBLIC_URL" in announcement(open_door, [], site)


def test_the_doors_defaults_of_uvicorn_are_closed(app: Starlette, settings: Settings) -> None:
    config = uvicorn_config(app, settings)
    assert config.ws_max_size == FRAME_LIMIT
    assert config.ws_per_message_deflate is False
    assert config.forwarded_allow_ips == "127.0.0.1"
