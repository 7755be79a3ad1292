"""The story of one evening with fourteen seats, from the front door to the memo on paper.

The lead sits at a laptop, the co-facilitator walks about with a phone, three people hold phones of
their own, three share a laptop at a table, and six more come over the JSON API. One passes, one
drops for 40 s while telling, one arrives late, and the lead's browser is closed in mid-story. What
the memo says is then compared with what was said and released, and with what was not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from server.demo_people import CO_FACILITATOR, ORGANISER, PEOPLE, TABLE, TITLE, Practitioner
from tests.browser.guests import Guests
from tests.browser.house import LAPTOP, Guest, House, Room, Seat, opened
from tests.browser.memo_files import Closing, Pages, Word, flat
from tests.server.pictures import encoded, painted

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

SEFINA, TOMASI, JONAH = PEOPLE[0], PEOPLE[1], PEOPLE[6]
FAR: Final = (*PEOPLE[2:6], PEOPLE[7], PEOPLE[8])
GRACE = TABLE[0]

SEATED: Final = 12  # who facilitates tells nothing; the ring does not show who passed
QUIET = "canary-quiet-heron"  # written for oneself
KEPT = "canary-kept-egret"  # told, and kept in the circle
MOOD = "canary-mood-ibis"  # one word in the check-in
CIRCLE = "canary-circle-stork"  # a note its author does not share
SHARED = "Two names stand on every pump, and both hold a key."
TOLD = "We opened the gate ourselves, at low tide."
KEY, MAP = "Who holds the key", "A map everybody corrects"
ASKED = "Who holds your key today?"
GATE = "The gate at low tide, with two padlocks"
QUOTE = "Nobody told us to leave. They asked us what the water does."
NO_LINE = re.compile(r"line dropped\. Their time waits")


class Evening:
    """Everybody who is there, and what each of them does by themselves while time goes on."""

    def __init__(self, house: House, browser: Browser) -> None:
        self.house = house
        self.browser = browser
        self.guests = Guests(house)
        self.screens: dict[str, tuple[Guest, Seat, Practitioner]] = {}
        self.events: list[str] = []
        self.room: Room
        self.lead: Guest
        self.co: Guest

    # Coming in --------------------------------------------------------------------------------

    def front_door(self) -> None:
        """The lead opens the room at the front door and reads the links from the next page."""
        self.lead = self.house.browse(self.browser, ORGANISER, LAPTOP)
        page = self.lead.page
        page.goto("/")
        page.get_by_label("What is it about?").fill(TITLE)
        page.get_by_label("Your name").fill(ORGANISER)
        self.lead.press("Open the room")
        page.wait_for_url("**/ready")
        code = page.locator(".code").inner_text()
        links = page.locator(".linkline code").all_inner_texts()
        room = page.url.split("/")[-2]
        token = {c["name"]: c["value"] for c in self.lead.context.cookies()}[f"seat_{room}"]
        seat = Seat(self.house, room, "s1", token, ORGANISER)
        named = {"join": links[0], "facilitate": next(x for x in links if "/panel#" in x)}
        self.room = Room(self.house, room, code, named, seat)
        page.get_by_role("link", name="Go to the control panel").click()
        self.lead.sees("Now · you lead")
        self.lead.connected()

    def arrive(self, person: Practitioner, *, network: bool = False) -> Guest:
        """Somebody comes in by the link on a phone."""
        phone = self.house.browse(self.browser, person.name, network=network)
        phone.come_in(self.room)
        seat = phone.seat(self.room)
        self.screens[seat.seat] = (phone, seat, person)
        return phone

    def table(self) -> Guest:
        """Three people round one laptop; the first came in for all."""
        shared = self.house.browse(self.browser, GRACE.name, LAPTOP)
        shared.come_in(self.room, *(person.name for person in TABLE[1:]), where="In the hall")
        for at, person in enumerate(TABLE):
            seat = shared.seat(self.room, at)
            self.screens[seat.seat] = (shared, seat, person)
        return shared

    def hand_over_keys(self) -> None:
        """The lead makes the co-facilitator one, in the panel's menu."""
        panel = self.lead
        panel.page.get_by_role("button", name="More").last.click()
        panel.press("Make someone co-facilitator")
        panel.page.get_by_role("radio", name=CO_FACILITATOR.name).check()
        panel.page.locator("form.ask").get_by_role("button", name="Make someone").click()
        seat = next(s for g, s, _ in self.screens.values() if g is self.co)
        del self.screens[seat.seat]
        self.co.page.get_by_role("link", name="Control panel").click()
        self.co.sees(f"Now · {ORGANISER} leads")
        if not seat.offered("seat.deal")["dealt_in"]:
            seat.tap("seat.deal")
        expect(panel.page.locator(".panelmenu")).to_have_count(0)  # it goes when that is done

    # Tapping ----------------------------------------------------------------------------------

    def turn_to(self, seat: Seat, person: Practitioner, guest: Guest) -> None:
        """On a shared device: its person's chip, and the cover between private turns."""
        chips = guest.page.get_by_role("list", name="Who is on this device")
        if not chips.count():
            return
        chip = chips.get_by_role("button", name=person.name)
        if chip.get_attribute("aria-current") != "true":
            chip.click()
        mine = guest.page.get_by_role("button", name=f"I am \u2068{person.name}\u2069")
        if mine.count():
            mine.click()
        expect(chip).to_have_attribute("aria-current", "true")

    def next(self, label: str) -> None:
        """The lead presses the one right button on the panel."""
        self.lead.press(label)
        expect(self.lead.page.get_by_role("button", name=label, exact=True)).to_have_count(0)

    def pass_time(self, seconds: int) -> None:
        """Time goes on; everybody does what they would do."""
        for _ in range(0, seconds, 10):
            self.house.advance(10)
            self.guests.look_round()
            for seat in list(self.screens):
                self.own_turn(*self.screens[seat])

    def own_turn(self, guest: Guest, seat: Seat, person: Practitioner) -> None:
        """What somebody with a browser does with the floor."""
        shown = seat.view()
        may = {offer["type"] for offer in shown["may"]}
        if "turn.begin" in may:
            self.turn_to(seat, person, guest)
            if person.told is None:
                guest.press(re.compile("^Pass"))
                self.events.append("passed")
            else:
                guest.press("Begin my story")
            guest.button("Begin my story").wait_for(state="hidden")
        elif "turn.done" in may and shown["activity"]["phase"].endswith("turn"):
            key = f"{seat.seat} tells"
            if person is SEFINA and "dropped" not in self.events:
                self.drop(guest, seat)
            elif person is GRACE and "lead closed" not in self.events:
                self.lose_the_lead(guest)
            elif self.guests.waited(seat.seat, key, person.talks_s * 1000):
                self.turn_to(seat, person, guest)
                guest.press("I have finished")
                guest.button("I have finished").wait_for(state="hidden")

    # What goes wrong ----------------------------------------------------------------------------

    def drop(self, phone: Guest, seat: Seat) -> None:
        """The teller's line is gone for 40 s: the clock holds, the same phone goes on."""
        self.events.append("dropped")
        self.house.advance(20)
        before = remaining(seat)
        assert phone.network
        phone.network.cut()
        phone.sees("Finding the line again")
        self.lead.sees(NO_LINE)
        self.house.advance(40)
        self.lead.sees(NO_LINE)
        phone.network.mend()
        phone.connected()
        phone.heading("Everyone is listening")
        # The line is there a moment before the room has noted it, and lets the clock go on.
        expect(self.lead.page.get_by_text(NO_LINE)).to_have_count(0)
        assert abs(remaining(seat) - before) <= 5_000

    def lose_the_lead(self, teller: Guest) -> None:
        """The lead's browser is closed while somebody tells, and comes back by its link."""
        self.events.append("lead closed")
        teller.page.evaluate("window.sameAsBefore = true")
        self.lead.context.close()
        self.house.advance(20)
        self.co.press("People")
        row = self.co.page.get_by_role("listitem").filter(has_text=ORGANISER)
        expect(row).to_contain_text("away")
        self.co.press("Now")
        self.co.sees(f"Now · {ORGANISER} leads")
        again = self.house.browse(self.browser, ORGANISER, LAPTOP)
        again.page.goto(self.room.links["facilitate"])
        again.sees("Now · you lead")
        again.connected()
        assert "#" not in again.page.url
        self.lead = again
        assert teller.page.evaluate("window.sameAsBefore")

    def latecomer(self) -> None:
        """Tomasi comes while stories are told and sits down at a breath."""
        late = self.arrive(TOMASI)
        late.heading(re.compile("You join when this story ends"))
        seat = late.seat(self.room)
        for _ in range(60):
            self.pass_time(10)
            if "door" not in seat.phase:
                break
        self.events.append("placed")
        expect(late.page.locator("svg.ring")).to_be_visible()
        assert seat.phase.startswith("a2.telling")

    def watch(self) -> list[tuple[int, bool]]:
        """Of each circle: how many have told, and whether somebody has the floor."""
        return [
            (sum(s["state"] == "told" for s in ring["seats"]), bool(ring["floor"]))
            for ring in self.room.rings()
        ]


def remaining(seat: Seat) -> int:
    """What is left of the turn in the seat's circle (ms)."""
    shown = seat.view()
    clock = next(block for block in shown["blocks"] if block["type"] == "ring")["clock"]
    assert clock["state"] == "running"
    left: int = clock["ends_at"] - shown["now"]
    return left


def test_moment_10_the_evening_ends_in_a_draft_of_its_memo(house: House, browser: Browser) -> None:
    evening = Evening(house, browser)
    evening.front_door()
    evening.co = evening.arrive(CO_FACILITATOR)
    sefina = evening.arrive(SEFINA, network=True)
    jonah = evening.arrive(JONAH)
    table = evening.table()
    for person in FAR:
        evening.guests.join(evening.room, person)
    evening.hand_over_keys()
    evening.lead.sees("13 here")

    check_in(evening, sefina, jonah)
    circles(evening)
    write(evening, sefina, jonah)
    release(evening, sefina, table)
    together(evening)
    check_out(evening)

    closing = Closing(house)
    assert set(evening.events) == {"passed", "dropped", "lead closed", "placed"}
    for name in ("lead", "co"):
        assert not getattr(evening, name).troubles
    for guest, _, _ in evening.screens.values():
        assert not guest.troubles, guest.name
    draft = closing.draft(evening.room, evening.lead)
    assert draft["counts"]["stories_told"] == SEATED - 1  # one passed
    stories = next(each for each in draft["sections"] if each["id"] == "stories")
    titles = [
        block["line"]["text"]
        for block in stories["blocks"]
        if block["type"] == "heading" and block["id"].startswith("story:")
    ]
    assert "The day we put the pencils away" in titles
    assert 3 < len(titles) <= draft["counts"]["stories_released"]  # some give a sentence alone
    read_the_memo(evening)


def check_in(evening: Evening, sefina: Guest, jonah: Guest) -> None:
    """The weather in us; a word from one, a pass from another, the rest by themselves."""
    evening.next("Start: Check-in")
    evening.next("Ask everybody")
    for phone in (sefina, jonah):
        phone.heading("What is the weather in you today?")
        phone.page.get_by_role("radio").first.check()
        phone.page.get_by_label("One word, if you like").fill(f"{MOOD} {phone.name[:3]}")
        phone.press("Give this")
        phone.sees(re.compile("You gave"))
    evening.pass_time(20)
    evening.next("Show the answers")
    sefina.sees(re.compile(MOOD))
    evening.next("Thank everybody")
    evening.next("End this activity")


def circles(evening: Evening) -> None:
    """Two circles; every story is told; somebody late finds a place."""
    evening.next("Start: Story circles")
    evening.pass_time(10)
    evening.next("Go through the rules")
    for guest, seat, person in evening.screens.values():
        evening.turn_to(seat, person, guest)
        guest.press("I have heard the rules")
        expect(guest.button("I have heard the rules")).to_have_count(0)
    evening.pass_time(10)
    evening.next("Form the circles")
    evening.next("Let the circles settle in")
    assert len(evening.room.rings()) == 2
    evening.pass_time(20)
    evening.lead.press(re.compile("^Start the stories everywhere"))
    evening.pass_time(30)
    evening.latecomer()
    for _ in range(240):
        told = evening.watch()
        if not any(floor for _, floor in told) and sum(count for count, _ in told) >= SEATED:
            break
        evening.pass_time(10)
    assert sum(count for count, _ in evening.watch()) == SEATED, "everybody had the floor"
    evening.pass_time(60)


def write(evening: Evening, sefina: Guest, jonah: Guest) -> None:
    """A quiet note for oneself; then, in the talk, one that is shared and one that is not."""
    evening.next("Start the quiet minute")
    sefina.heading("A quiet minute")
    add_note(sefina, QUIET)
    evening.pass_time(10)
    evening.lead.press("Let the circles talk")
    sefina.heading("Talk freely now")
    add_note(sefina, SHARED)
    add_note(jonah, CIRCLE)
    seats = {guest.name: seat for guest, seat, _ in evening.screens.values()}
    sefina.page.get_by_role("radio", name="Share all my notes").check()
    sefina.press("Share like this")
    evening.pass_time(150)
    assert SHARED in evening.room.lead.get("board", seat="s1").text
    assert CIRCLE not in evening.room.lead.get("board", seat="s1").text
    assert CIRCLE in seats[JONAH.name].get("board", seat=seats[JONAH.name].seat).text


def add_note(guest: Guest, text: str) -> None:
    """A note in the box of the section on the screen."""
    guest.page.get_by_label("Add a note").fill(text)
    guest.press("Add it")
    expect(guest.page.locator(".nt .text").filter(has_text=text)).to_be_visible()


def release(evening: Evening, sefina: Guest, table: Guest) -> None:
    """Each teller decides alone: one gives with a first name, one keeps, both on their screens."""
    evening.next("Give tellers their card")
    tomasi = next(g for g, _, p in evening.screens.values() if p is TOMASI)
    sefina.heading("Your story, your choice")
    sefina.page.get_by_label("A name for your story").fill("The day we put the pencils away")
    sefina.page.get_by_label("The moment it turned").fill(TOLD)
    sefina.page.get_by_label("One sentence of yours, in your exact words").fill(QUOTE)
    sefina.page.get_by_role("radio", name="My words, with my first name").check()
    sefina.page.get_by_role("radio", name="Yes", exact=True).check()
    sefina.press("Yes, with my first name")
    tomasi.page.get_by_label("A name for your story").fill(f"{KEPT} title")
    tomasi.page.get_by_label("The moment it turned").fill(f"{KEPT} moment")
    tomasi.page.get_by_label("One sentence of yours, in your exact words").fill(f"{KEPT} quote")
    tomasi.page.get_by_role("radio", name="Keep it in the circle").check()
    tomasi.press("Keep it in the circle")
    for phone in (sefina, tomasi):
        expect(phone.page.get_by_role("button", name="Change my answer")).to_be_visible()
    # The three at the table answer over the API: each for themselves on the device they share.
    for guest, seat, person in list(evening.screens.values()):
        if guest is table:
            evening.guests.add(seat, person)
    evening.pass_time(20)  # when the last has answered, everybody meets by itself
    evening.lead.sees("Story circles: everybody together")


def together(evening: Evening) -> None:
    """Released stories on every screen; a theme with its question."""
    jonah = next(g for g, _, p in evening.screens.values() if p is JONAH)
    jonah.page.get_by_text("The day we put the pencils away").click()  # unfolds it
    jonah.sees(re.compile(re.escape(QUOTE)))
    expect(jonah.page.get_by_text(KEPT)).to_have_count(0)
    lead = evening.room.lead
    show_the_gate(jonah.seat(evening.room))
    themed = {KEY: [SHARED, GATE], MAP: [], "": []}
    for person in FAR:
        for note in person.written:
            themed[(MAP, KEY, "")[note.theme]].append(note.text)
    for theme in (KEY, MAP):
        made = {"type": "note.add", "document": "board", "section": "", "kind": "theme"}
        assert lead.send({**made, "text": theme}).is_success
    cards = lead.get("board", seat="s1").json()["cards"]
    ids = {card["text"]: card["id"] for card in cards}
    for theme in (KEY, MAP):
        for text in themed[theme]:
            moved = {"type": "note.move", "card": ids[text], "theme": ids[theme]}
            assert lead.send(moved).is_success, text
    question = {"type": "memo.question", "theme": ids[KEY], "text": ASKED}
    assert lead.send(question).is_success
    evening.pass_time(30)
    evening.lead.press("Close the circles")


def show_the_gate(seat: Seat) -> None:
    """A photo of a place, on which nobody is to be recognised."""
    at = f"{seat.house.address}/api/rooms/{seat.room}/photos"
    kind = {**seat.bearer, "Content-Type": "image/jpeg"}
    sent = seat.house.http.post(at, headers=kind, content=encoded(painted(), "JPEG"))
    assert sent.status_code == 201, sent.text
    note = {"type": "note.add", "document": "board", "section": "", "kind": "practice",
            "text": GATE, "photo": sent.json()["photo"], "alt": GATE, "faces": "none"}  # fmt: skip
    assert seat.send(note).is_success


def check_out(evening: Evening) -> None:
    """What each takes home, and the end."""
    for _ in range(12):
        if evening.room.lead.phase.startswith("a3."):
            break
        evening.room.next_phase()
    evening.lead.sees(re.compile("Check-out"))
    while (phase := evening.room.lead.phase).startswith("a3."):
        evening.pass_time(20)
        evening.room.next_phase()
        assert evening.room.lead.phase != phase


# The memo ---------------------------------------------------------------------------------------


def read_the_memo(evening: Evening) -> None:
    """Both files in both editions, against what was said."""
    lead = evening.room.lead
    texts: dict[tuple[str, str], str] = {}
    for edition in ("participants", "public"):
        for format in ("docx", "pdf"):
            answer = lead.get(f"memo.{format}", edition=edition)
            assert answer.is_success, answer.text
            made = Word(answer.content) if format == "docx" else Pages(answer.content)
            made.check()
            texts[edition, format] = made.text
            inside = edition == "participants"
            match made:
                case Word():
                    assert (KEY in made.headings(1)) is (MAP in made.headings(1)) is inside
                    assert "The day we put the pencils away" in " ".join(made.headings(2))
                    assert made.pictures() == [GATE] * inside
                case Pages():
                    assert made.images() == inside

    people = [SEFINA, *FAR, *TABLE]
    for (edition, format), text in texts.items():
        where = f"{edition} {format}"
        assert TITLE in text, where
        assert TOLD in text, where
        assert QUOTE in text, where
        assert "The day we put the pencils away" in text, where
        # Notes were shared with those who were there, not with the world.
        for words in (SHARED, KEY, MAP, ASKED, GATE):
            assert (words in text) is (edition == "participants"), f"{words}: {where}"
        for canary in (QUIET, KEPT, MOOD, CIRCLE, "canary"):
            assert canary not in text, f"{canary} stands in {where}"
        assert JONAH.name not in text, f"who passed is named in {where}"
        for person in people:
            told = person.told
            if told is None or person is SEFINA:
                continue
            quotable = told.choice in ("unnamed", "first_name", "name_org")
            may = quotable and (edition == "participants" or told.outside)
            for words in (told.title, *told.moments, told.quote):
                if not words:
                    continue
                if not may:
                    assert flat(words) not in text, f"{words!r} of {told.choice} stands in {where}"
                elif format == "docx" or words.isascii():
                    assert flat(words) in text, f"{words!r} is missing in {where}"
            if not may or told.choice == "unnamed":
                assert person.name not in text, f"{person.name} is named in {where}"
        assert TOMASI.name not in text, f"who kept their story is named in {where}"


@pytest.mark.long
@pytest.mark.redis
def test_moment_10_the_evening_on_redis(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser, redis_url: str
) -> None:
    with opened(tmp_path_factory.mktemp("redis house"), redis=redis_url) as house:
        test_moment_10_the_evening_ends_in_a_draft_of_its_memo(house, browser)
