"""The room's own changes of cards, from document to document.

Three words for a card that goes: `take_off` puts it where nobody reads it, `bring_back` puts it
back as it was, `erase` takes it away for good wherever it stands. Whoever asks, its author, a
facilitator who hides somebody or an answer that was taken back, each has this one path. Every
change here may be made again and does no harm (DOC5).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace
from pycrdt import Doc

from rooms import board_schema
from rooms.board_events import Placing
from rooms.board_schema import Card, Rendering
from rooms.card_words import KINDS, SCOPES
from rooms.commits import NoteAdded
from rooms.shelf import Shelf


class ShelfCards:
    """Puts, moves and takes away the cards of one room's documents. Names are without the room's
    prefix."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    # Cards come ---------------------------------------------------------------------------------

    async def put(self, note: NoteAdded, text: str, alt: str = "") -> None:
        """The card of a `note.added`, once: a card that ever was is not made again (DOC5). `alt`:
        what is on its picture."""
        name = note.document
        root = root_of(name)
        card = Card(
            id=note.card,
            kind=KINDS.get(note.kind, "parking"),
            text=text,
            author=board_schema.author_of(note.card),  # "": the log alone knows whose it is
            entered_by=note.entered_by,
            language=note.language,
            activity=note.activity,
            group=note.group,
            section=note.section,
            theme=note.theme,
            created=note.at,
            scope=SCOPES.get(note.scope, "circle"),
            origin=note.origin,
            order=note.order,
            photo=note.photo,
            alt=alt,
        )
        async with self._shelf.opened(name) as (document,):
            if note.card not in document.index.roots[root].keys:
                put = partial(board_schema.put_card, card=card, root=root)
                await self._shelf.change(name, document, put)

    async def share(self, name: str, to: str, note: NoteAdded, default_scope: str = "memo") -> None:
        """Put the card `note` of one document into a wider one as it stands: its value, never its
        history. From a private document it is taken away, and from the disk; a circle keeps its
        own."""
        wide: str = default_scope if to == "board" else "circle"
        async with self._shelf.opened(name, to) as (origin, document):
            found = _found(origin.cards(), note.card)
            if found is None:
                return
            if _found(document.cards(), note.card) is None:
                card = replace(
                    found,
                    scope=SCOPES.get(wide, "circle"),
                    group=note.group,
                    section=note.section,
                    theme=note.theme,
                    order=note.order,
                    created=note.at,
                    ticks=(),
                )
                await self._shelf.change(to, document, partial(board_schema.put_card, card=card))
            if name.startswith("mine/"):
                await self._shelf.change(name, origin, _dropping((note.card,), name))
                await self._shelf.fold(name, origin)

    # Cards change -------------------------------------------------------------------------------

    async def place(self, places: Sequence[Placing]) -> None:
        """Put cards of the board where these places say, in one change."""
        if places:
            await self._shelf.edit("board", lambda doc: board_schema.place_cards(doc, places))

    async def reword(self, card: str, text: str) -> None:
        """Give a card of the board another text, also where it was put aside; the one it had
        leaves the disk too."""
        for name in ("board", hidden_name("board")):
            await self._shelf.edit(name, lambda doc: board_schema.reword_card(doc, card, text))
            await self._shelf.compact(name)

    async def tick(self, card: str, seat: str, on: bool) -> None:
        """Put somebody's tick on a card of the board, or take it off."""
        await self._shelf.edit("board", lambda doc: board_schema.tick_card(doc, card, seat, on))

    async def render(
        self, name: str, cards: Mapping[str, Sequence[Rendering]], *, fold: bool
    ) -> None:
        """Put cards of a document, in one change, into these languages and no others; `fold`: what
        they said in them before leaves the disk too."""
        root = root_of(name)

        def work(doc: Doc[Any]) -> None:
            for card, renderings in cards.items():
                board_schema.render_card(doc, card, renderings, root)

        async with self._shelf.opened(name) as (document,):
            await self._shelf.change(name, document, work)
            if fold and self._shelf.has_rows(name):
                await self._shelf.fold(name, document)

    async def put_section(self, section: board_schema.Section) -> None:
        """Make a section of the board, or change what it is called and where it stands."""
        await self._shelf.edit("board", lambda doc: board_schema.put_section(doc, section))

    async def merge_themes(self, theme: str, into: str) -> None:
        """Put everything under one theme (RO3); the other one is taken off."""
        aside = hidden_name("board")
        async with self._shelf.opened("board", aside) as (board, kept):
            if (found := _found(board.cards(), theme)) is not None:
                await self._shelf.change(aside, kept, partial(_put_all, (found,), "cards"))
            await self._shelf.change(
                "board", board, lambda doc: board_schema.merge_themes(doc, theme, into)
            )

    # Cards go -----------------------------------------------------------------------------------

    async def take_off(self, cards: Iterable[tuple[str, str]]) -> None:
        """Put cards (document, id) where nobody reads them, each document in one change. What
        leaves the screens now leaves the disk with `erase`."""
        for name, ids in _by_document(cards).items():
            aside = hidden_name(name)
            async with self._shelf.opened(name, aside) as (document, kept):
                found = [card for card in document.cards() if card.id in ids]
                if not found:
                    continue
                # First where it is kept, then away: a crash between loses nothing.
                await self._shelf.change(aside, kept, partial(_put_all, found, "cards"))
                gone = tuple(card.id for card in found)
                await self._shelf.change(name, document, _dropping(gone, name))

    async def bring_back(self, cards: Iterable[tuple[str, str]]) -> None:
        """Put cards that were taken off back as they were."""
        for name, ids in _by_document(cards).items():
            aside = hidden_name(name)
            async with self._shelf.opened(name, aside) as (document, kept):
                found = [card for card in kept.cards() if card.id in ids]
                if not found:
                    continue
                there = {card.id for card in document.cards()}
                lacking = [card for card in found if card.id not in there]
                if lacking:
                    put = partial(_put_all, lacking, root_of(name))
                    await self._shelf.change(name, document, put)
                gone = tuple(card.id for card in found)
                await self._shelf.change(aside, kept, _dropping(gone, aside))
                await self._shelf.fold(aside, kept)  # what is changed from now on leaves the disk

    async def erase(self, cards: Iterable[tuple[str, str]]) -> None:
        """Take cards (document, id) away for good wherever they stand: in their document, in the
        copy on the board, and where they were taken off to. Each document is changed and folded
        once, for somebody may have written hundreds."""
        places: dict[str, dict[str, None]] = {}
        for name, card in cards:
            copies = () if name.startswith("mine/") else ("board", hidden_name("board"))
            for place in (name, *copies, hidden_name(name)):
                places.setdefault(place, {})[card] = None
        for place, ids in places.items():
            async with self._shelf.opened(place) as (document,):
                gone = tuple(card.id for card in document.cards() if card.id in ids)
                if gone:
                    await self._shelf.change(place, document, _dropping(gone, place))
                if self._shelf.has_rows(place):
                    await self._shelf.fold(place, document)


def root_of(name: str) -> str:
    """The root type that holds the cards of a document."""
    return "notes" if name.startswith("mine/") else "cards"


def hidden_name(name: str) -> str:
    """The document that keeps what was taken off this one; in nobody's list of documents."""
    return f"hidden/{name}"


def _found(cards: Iterable[Card], id: str) -> Card | None:
    return next((card for card in cards if card.id == id), None)


def _by_document(cards: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, card in cards:
        found.setdefault(name, set()).add(card)
    return found


def _put_all(cards: Sequence[Card], root: str, doc: Doc[Any]) -> None:
    for card in cards:
        board_schema.put_card(doc, card, root)


def _dropping(ids: Sequence[str], name: str) -> partial[None]:
    return partial(_drop_all, ids, root_of(name))


def _drop_all(ids: Sequence[str], root: str, doc: Doc[Any]) -> None:
    for id in ids:
        board_schema.drop_card(doc, id, root)
