"""An exchange round one fishbowl, from the first chair to the memo on paper: a lead at a laptop,
two people with phones, four over the API.

Who speaks is not in the memo; what people noted together, the sentences they released and a
question for each theme are (`methods.md` A2, G10).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from tests.browser.house import LAPTOP, WAIT, Guest, House, Seat
from tests.browser.memo_files import Closing, Pages, Word
from tests.browser.test_evening import add_note

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

MEERA, JORGE = "Meera Devi", "Jorge Mamani"
FAR: Final = ("Rosa Quispe", "Kofi Owusu", "Baraka Otieno", "Leilani Kahale")
INSIDE, OUTSIDE = "We had a committee before we had a pump.", "Ask who is not in the room."
SENTENCE: Final = "The pump broke on the day we agreed who owns it."
KEPT: Final = "canary-kept-in-the-bowl"
THEME: Final = "Who owns the water"


class Bowl:
    """Everybody of the exchange."""

    def __init__(self, house: House, browser: Browser) -> None:
        self.house = house
        self.room = house.open_room("What keeps the water moving", "Amina Diallo", template="empty")
        settings = {"frame_min": 2, "min_stay_s": 30, "prompt": "What kept your pump running?"}
        added = {"type": "agenda.add", "kind": "fishbowl", "settings": settings}
        assert self.room.lead.send(added).is_success
        self.lead = house.browse(browser, "Amina Diallo", LAPTOP)
        self.lead.sit(self.room.lead, "/panel")
        self.meera, self.jorge = (house.browse(browser, name) for name in (MEERA, JORGE))
        for phone in (self.meera, self.jorge):
            phone.come_in(self.room)
        self.far = [self.room.join(name) for name in FAR]

    def onward(self, phase: str) -> None:
        """The lead presses the one right button, and the room is there."""
        before, end = self.room.lead.phase, time.monotonic() + WAIT / 1000
        view = self.room.lead.view("panel")
        start = "phase.next" if view["activity"] else "activity.start"
        offer = self.room.lead.offer(start, view)
        assert offer, f"nothing leads on from {before}"
        self.lead.press(offer["label"])
        while (now := self.room.lead.phase) == before:
            assert time.monotonic() < end, f"{offer['label']!r} in {before} changed nothing"
        assert now == phase

    def last_sentences(self) -> None:
        """Each of those inside has the floor once, some over the API and one by phone; then it is
        the turn of those who listened, who have nothing to add."""
        spoke = 0
        for _ in range(30):
            if self.room.lead.phase != "a1.last_call":
                break
            for seat in self.far:
                if seat.offer("turn.begin"):
                    seat.tap("turn.begin")
                    seat.tap("turn.done")
            if self.jorge.seat(self.room).offer("turn.begin"):
                self.jorge.press("I begin")
                self.jorge.press("I have finished")
                self.jorge.button("I have finished").wait_for(state="hidden")
                spoke += 1
            self.house.advance(5)
        assert (spoke, self.room.lead.phase) == (1, "a1.outer_speaks")


def note(phone: Guest, text: str) -> None:
    """Something for everybody, in the box that opens on the screen."""
    phone.press("Add a note")
    add_note(phone, text)


def answer(phone: Guest, sentence: str, choice: str) -> None:
    """What may become of a sentence of one's own."""
    page = phone.page
    page.get_by_label("One sentence of yours").fill(sentence)
    page.get_by_role("radio", name=choice).check()
    if choice != "Keep it here":
        page.get_by_role("checkbox", name="Also outside this group?").check()
    phone.press("This is my answer")
    expect(page.get_by_label("One sentence of yours")).to_have_value("")


def test_a_fishbowl_from_the_first_chair_to_the_memo(house: House, browser: Browser) -> None:
    bowl = Bowl(house, browser)
    meera, jorge, room = bowl.meera, bowl.jorge, bowl.room
    bowl.onward("a1.frame")
    meera.press("Take a chair and begin inside")
    meera.heading("You begin inside")
    for seat in bowl.far[:3]:
        seat.tap("seat.take")
    bowl.onward("a1.starters")
    meera.heading("You are inside")
    jorge.heading("Listen to those inside")
    house.advance(130)
    bowl.onward("a1.open")
    jorge.press("Take the chair")
    jorge.heading("You are inside")
    house.advance(60)
    meera.press("I make room")
    meera.heading("One chair is free")
    bowl.onward("a1.last_call")
    bowl.last_sentences()
    bowl.onward("a1.debrief")
    for phone, text in ((meera, INSIDE), (jorge, OUTSIDE)):
        note(phone, text)
    answer(meera, SENTENCE, "Use my words with my first name")
    answer(jorge, KEPT, "Keep it here")
    themed(room.lead, INSIDE, OUTSIDE)
    bowl.onward("")

    memo = Closing(house).draft(room, bowl.lead)
    assert [each["heading"] for each in memo["sections"] if each["id"].startswith("theme:")] == [
        THEME
    ]
    assert not [each for each in (bowl.lead, meera, jorge) if each.troubles]
    for edition in ("participants", "public"):
        word = Word(room.lead.get("memo.docx", edition=edition).content)
        pages = Pages(room.lead.get("memo.pdf", edition=edition).content)
        inside = edition == "participants"
        assert (THEME in word.headings(1)) is inside
        for made in (word, pages):
            made.check()
            assert SENTENCE in made.text
            assert MEERA.split()[0] in made.text
            for words in (THEME, INSIDE, OUTSIDE):
                assert (words in made.text) is inside, f"{words}: {edition}"
            for kept in (KEPT, *FAR, JORGE, MEERA):  # who sat inside, and who was silent
                assert kept not in made.text, f"{kept}: {edition}"


def themed(lead: Seat, *texts: str) -> None:
    """A theme of these notes; its question stays as it is suggested."""
    note = {"type": "note.add", "document": "board", "section": "", "kind": "theme", "text": THEME}
    assert lead.send(note).is_success
    cards = lead.get("board", seat=lead.seat).json()["cards"]
    ids = {card["text"]: card["id"] for card in cards}
    for text in texts:
        moved = {"type": "note.move", "card": ids[text], "theme": ids[THEME]}
        assert lead.send(moved).is_success
