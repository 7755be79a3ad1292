"""The JSON API as a bench needs it: open a room, come in, command, look."""

import asyncio
import itertools
import ssl
from typing import Any, Final

import httpx

PATIENCE: Final = 60.0
"""Seconds to wait for an answer, and to go on asking a server that says there is too much at
once."""


KEPT_SECONDS: Final = 2.0
"""For which an idle connection is used again: less than the server's 5, or the two would cross."""


class Refusal(RuntimeError):
    """The server said no; `reason` is its word for why."""

    def __init__(self, path: str, answer: httpx.Response) -> None:
        super().__init__(f"POST {path}: {answer.status_code} {answer.text}")
        try:
            self.reason = str(answer.json()["error"]["reason"])
        except (ValueError, LookupError, TypeError):
            self.reason = ""


class Door:
    """One server, by its address. `halls`: people come from so many addresses, as an https front
    would tell; the server counts how much each of them asks for. `trusts`: what is needed to
    believe a front's certificate."""

    def __init__(self, url: str, halls: int = 0, *, trusts: ssl.SSLContext | None = None) -> None:
        self.url = url.rstrip("/")
        self._halls = halls
        limits = httpx.Limits(keepalive_expiry=KEPT_SECONDS)
        self._http = httpx.AsyncClient(
            base_url=self.url, timeout=PATIENCE, limits=limits, verify=trusts or True
        )
        self._requests = itertools.count(1)

    @property
    def sync(self) -> str:
        """The address of the websocket."""
        return "ws" + self.url.removeprefix("http") + "/sync"

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def open_room(self) -> dict[str, Any]:
        """A new room: `room`, `code`, `seat`, `token`."""
        return await self._post("/api/rooms", {"title": "Bench", "facilitator": "Writer 0"})

    async def take_seat(self, room: str, code: str, name: str) -> dict[str, Any]:
        """A seat by the spoken code: `seat`, `token`."""
        return await self._post(f"/api/rooms/{room}/seats", {"code": code, "name": name})

    async def command(
        self, room: str, token: str, command: dict[str, Any], activity: str | None = None
    ) -> dict[str, Any]:
        """Send a command of the room, or of the activity of this id."""
        body = {"request": f"bench-{next(self._requests)}", "command": command}
        if activity:
            body["activity"] = activity
        return await self._post(f"/api/rooms/{room}/commands", body, token)

    async def forget(self, room: str, token: str) -> None:
        """Forget a room for good."""
        answer = await self._http.delete(f"/api/rooms/{room}", headers=_bearer(token))
        answer.raise_for_status()

    async def metrics(self) -> dict[str, float]:
        """What the server says of itself, on a line of its own that is closed again."""
        async with httpx.AsyncClient(timeout=PATIENCE) as http:
            text = (await http.get(f"{self.url}/metrics")).text
        rows = (line.split(" ") for line in text.splitlines() if line.startswith("talanoa_"))
        return {name.removeprefix("talanoa_"): float(value) for name, value in rows}

    async def view(self, room: str, token: str) -> dict[str, Any]:
        """What the seat of the token sees."""
        return await self._ask("GET", f"/api/rooms/{room}/view", token)

    async def board(self, room: str, token: str) -> dict[str, Any]:
        """The board as the seat of the token reads it."""
        return await self._ask("GET", f"/api/rooms/{room}/board", token)

    async def _post(self, path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
        return await self._ask("POST", path, token, body)

    async def _ask(
        self, method: str, path: str, token: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The answer; whoever is told to slow down waits as long as told."""
        waited = 0.0
        headers = _bearer(token)
        if self._halls:
            headers["X-Forwarded-For"] = f"192.0.2.{next(self._requests) % self._halls}"
        while True:
            answer = await self._http.request(method, path, json=body, headers=headers)
            if answer.status_code != 429 or waited > PATIENCE:
                break
            pause = float(answer.headers.get("Retry-After", "1"))
            waited += pause
            await asyncio.sleep(pause)
        if answer.is_error:
            raise Refusal(path, answer)
        found: dict[str, Any] = answer.json()
        return found


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
