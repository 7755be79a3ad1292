"""Moment 8 over real websockets: a stranger posts abuse, and one control ends it for everyone."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
from pycrdt import Doc

from rooms.board_schema import Card, put_card, read_cards
from server import hocuspocus as wire
from tests.server.conftest import Live, Person, hear, hear_json, open_room

ABUSE = "Zebracanary filth"


class Screen:
    """Somebody's page: its socket, its copy of the board, and everything that arrived."""

    def __init__(self, socket: Any, who: Person, client: int) -> None:
        self.socket, self.who = socket, who
        self.board = f"{who.room}/board"
        self.doc: Doc[Any] = Doc(client_id=client)
        self.frames: list[bytes] = []

    async def open(self) -> None:
        await self.socket.send(wire.authenticate(self.who.room, self.who.token))
        await hear(self.socket, wire.Authenticated)
        await self.socket.send(wire.authenticate(self.board, self.who.token))
        await hear(self.socket, wire.Authenticated)
        await self.socket.send(wire.sync_step1(self.board, self.doc.get_state()))
        await self.until(lambda: self.synced)

    synced = False

    async def until(self, true: Any) -> None:
        """Take frames in until something holds."""
        async with asyncio.timeout(10):
            while not true():
                frame = await self.socket.recv(decode=False)
                self.frames.append(frame)
                message = wire.decode_from_server(frame)
                match message:
                    case wire.Ping():
                        await self.socket.send(wire.PONG)
                    case wire.SyncStep2(update=update) | wire.Update(update=update):
                        if message.document == self.board:
                            self.doc.apply_update(update)
                            self.synced = True
                    case _:
                        pass

    def cards(self) -> dict[str, str]:
        return {card.id: card.text for card in read_cards(self.doc)}

    def arrived(self) -> bytes:
        return b"".join(self.frames)


async def test_moment_8_one_control_ends_it_for_everyone(live: Live) -> None:
    async with httpx.AsyncClient(base_url=live.origin) as http:
        room = await open_room(http)
        stranger, other = await room.join("A Stranger"), await room.join("Wanjiru")
        async with live.dial() as a, live.dial() as b, live.dial() as c:
            lead, bad, good = (
                Screen(a, room.lead, 11),
                Screen(b, stranger, 12),
                Screen(c, other, 13),
            )
            for screen in (lead, bad, good):
                await screen.open()
            card = Card(f"{stranger.seat}-x1", "insight", ABUSE, author=stranger.seat)
            with bad.doc.transaction():
                put_card(bad.doc, card)
            await b.send(wire.update(bad.board, bad.doc.get_update()))
            assert (await hear(b, wire.SyncStatus)).saved
            for screen in (lead, good):
                await screen.until(lambda s=screen: s.cards().get(card.id) == ABUSE)
                screen.frames.clear()

            epoch = (await room.lead.view())["room"]["lead"]["epoch"]
            freeze = {"type": "room.freeze", "seat": stranger.seat, "epoch": epoch}
            sent = {"request": "red", "command": freeze}
            async with asyncio.timeout(2):  # the promise of the moment
                await a.send(wire.stateless(room.room, msgspec.json.encode(sent).decode()))
                for screen in (lead, good):
                    await screen.until(lambda s=screen: s.cards() == {})
            for screen in (lead, good):
                assert b"ebracanary" not in screen.arrived()

            # Who comes to the board now is sent nothing of it either.
            async with live.dial() as d:
                late = Screen(d, other, 14)
                await late.open()
                assert late.cards() == {}
                assert b"ebracanary" not in late.arrived()

            # The stranger goes on: refused, in words, and it reaches nobody.
            again = Card(f"{stranger.seat}-x2", "insight", ABUSE, author=stranger.seat)
            fresh: Doc[Any] = Doc(client_id=12)
            fresh.apply_update(bad.doc.get_update())
            before = fresh.get_state()
            with fresh.transaction():
                put_card(fresh, again)
            await b.send(wire.update(bad.board, fresh.get_update(before)))
            assert not (await hear(b, wire.SyncStatus)).saved
            refused = await hear_json(b, "refused")
            assert (refused["reason"], refused["document"]) == ("closed", bad.board)
            assert "kept on this device" in refused["message"]
            for path in ("board", "view", "words", "memo.md", "memo.json"):
                for who in (room.lead, other):
                    answer = await http.get(f"/api/rooms/{room.room}/{path}", headers=who.bearer)
                    assert b"ebracanary" not in answer.content
            archive = await http.get(f"/api/rooms/{room.room}/export.zip", headers=room.lead.bearer)
            assert archive.status_code == 200
            assert b"ebracanary" not in archive.content

            # The invited people's links still work; the door is shut for new ones.
            assert (await other.view())["room"]["door"] == "closed"
            answer = await http.post(
                f"/api/rooms/{room.room}/seats", json={"code": room.code, "name": "Another"}
            )
            assert answer.status_code == 409

            good.frames.clear()
            restore = {"type": "seat.restore", "seat": stranger.seat, "epoch": epoch}
            assert (await room.lead.send("back", restore)).status_code == 200
            await good.until(lambda: good.cards() == {card.id: ABUSE})


async def test_an_old_invitation_says_that_it_was_replaced(live: Live) -> None:
    async with httpx.AsyncClient(base_url=live.origin) as http:
        room = await open_room(http)
        renewed = await room.lead.send("new", {"type": "link.renew", "epoch": 1})
        assert renewed.status_code == 200
        body = {"code": room.code, "name": "Late"}
        answer = await http.post(f"/api/rooms/{room.room}/seats", json=body)
        assert answer.status_code == 409
        error = answer.json()["error"]
        assert error["reason"] == "closed"
        assert "replaced by a new one" in error["message"]
        code = (await room.lead.view())["room"]["code"]
        fresh = await http.post(
            f"/api/rooms/{room.room}/seats", json={"code": code, "name": "Late"}
        )
        assert fresh.status_code == 201


async def test_a_revoked_recovery_link_says_so_over_http(live: Live) -> None:
    async with httpx.AsyncClient(base_url=live.origin) as http:
        room = await open_room(http)
        secret = room.links["facilitate"].partition("#")[2]
        for _ in range(2):  # reusable, the same seat every time
            back = await http.post(f"/api/rooms/{room.room}/recover", json={"secret": secret})
            assert back.json()["seat"] == room.lead.seat
        http.cookies.clear()
        revoke = {"type": "link.revoke", "seat": room.lead.seat, "epoch": 1}
        assert (await room.lead.send("revoke", revoke)).status_code == 200
        gone = await http.post(f"/api/rooms/{room.room}/recover", json={"secret": secret})
        assert gone.status_code == 403
        assert "replaced by a new one" in gone.json()["error"]["message"]
