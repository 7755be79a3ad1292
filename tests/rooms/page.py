"""A browser's side of one document: a Doc of its own, over a real session."""

from collections.abc import Callable
from typing import Any

from pycrdt import Doc, Map, Text

from rooms.board_schema import Card, put_card
from rooms.card_words import KINDS
from rooms.outgoing import Ack, Step2, Update
from rooms.session import Session
from tests.rooms.house import House


class Page:
    """Opens `name` on the session; `edit` sends what it changes, `pull` takes what came."""

    def __init__(self, house: House, session: Session, full: str, client: int) -> None:
        self.house, self.session, self.full = house, session, full
        self.doc: Doc[Any] = Doc(client_id=client)
        self._taken = 0

    @classmethod
    async def open(cls, house: House, session: Session, name: str, client: int) -> "Page":
        full = await house.open_document(session, name)
        page = cls(house, session, full, client)
        await session.step1(full, page.doc.get_state())
        await page.pull()
        return page

    async def pull(self) -> None:
        """Apply what the session was sent since the last time."""
        await self.house.listen()
        heard = self.house.heard[self.session]
        for item in heard[self._taken :]:
            if isinstance(item, Update | Step2) and item.document == self.full:
                self.doc.apply_update(item.update)
        self._taken = len(heard)

    def forget(self) -> None:
        """Start listening afresh."""
        self.house.heard[self.session].clear()
        self._taken = 0

    def change(self, work: Callable[[Doc[Any]], object]) -> bytes:
        """Change the local document; returns the update."""
        made: list[bytes] = []
        watch = self.doc.observe(lambda event: made.append(event.update))
        with self.doc.transaction():
            work(self.doc)
        self.doc.unobserve(watch)
        return made[0]

    async def edit(self, work: Callable[[Doc[Any]], object]) -> bool:
        """Change and send; returns whether it was acknowledged."""
        await self.session.update(self.full, self.change(work))
        await self.house.listen()
        acks = [i for i in self.house.heard[self.session] if isinstance(i, Ack)]
        return acks[-1].ok

    async def card(self, id: str, text: str, kind: str = "insight", root: str = "cards") -> bool:
        """Put a card of the seat its id names."""
        author = id.rpartition("-")[0]
        card = Card(id, KINDS[kind], text, author=author)
        return await self.edit(lambda doc: put_card(doc, card, root))

    async def draft(self, key: str, text: str) -> bool:
        """Type into a box of `mine`."""

        def work(doc: Doc[Any]) -> None:
            doc.get("drafts", type=Map)[key] = Text(text)

        return await self.edit(work)
