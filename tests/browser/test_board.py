"""The board in real browsers: moved by hand and from the keyboard, by two people at once, searched,
taken back; and one changed card touches one card."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import expect

from server.hocuspocus import AwarenessUpdate, Packed, Pointers, decode_from_server
from tests.browser.house import LAPTOP, PHONE, Guest, House, Room

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, WebSocket

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTES: Final = (
    ("insight", "Walk the river before you draw it."),
    ("question", "Who pays the people who keep the drains clean?"),
    ("practice", "A repair day each new moon."),
    ("insight", "The old women knew where the spring had been."),
)
WATCH: Final = """() => {
    window.touched = [];
    new MutationObserver((records) => {
        for (const { target } of records) {
            const element = target instanceof Element ? target : target.parentElement;
            if (!element?.isConnected || element.closest(".carets")) continue;
            const card = element.closest("tl-card")?.card;
            window.touched.push(card ?? element.outerHTML.slice(0, 80));
        }
    }).observe(document.querySelector("tl-board"),
        { subtree: true, childList: true, characterData: true, attributes: true });
}"""


@pytest.fixture
def room(house: House) -> Room:
    """A room with four notes of the lead on the board, and two themes."""
    room = house.open_room("Living with the river", "Amina Diallo")
    for kind, text in NOTES:
        note(room, kind, text)
    for theme in ("Listening first", "What keeps water moving"):
        note(room, "theme", theme)
    return room


def note(room: Room, kind: str, text: str) -> None:
    answer = room.lead.send(
        {"type": "note.add", "document": "board", "section": "", "kind": kind, "text": text}
    )
    assert answer.is_success, answer.text


def test_a_large_board_comes_deflated_and_is_whole(
    house: House, browser: Browser, room: Room
) -> None:
    for n in range(24):
        note(room, "insight", f"Note {n}: " + "the river rose again. " * 80)
    guest = house.browse(browser, "Wanjiru", LAPTOP)
    frames: list[bytes | str] = []
    guest.page.on("websocket", partial(hear, frames))
    guest.sit(room.join("Wanjiru"), "/board")
    for n in (0, 23):
        expect(card(guest.page, f"Note {n}:")).to_have_count(1)
    expect(guest.page.locator(".state")).to_contain_text("notes saved")
    heard = [decode_from_server(frame) for frame in frames if isinstance(frame, bytes)]
    assert [one for one in heard if isinstance(one, Packed)]


def at_board(
    house: House, browser: Browser, room: Room, seat: Any, size: tuple[int, int], **more: Any
) -> Guest:
    guest = house.browse(browser, seat.name, size, **more)
    guest.sit(seat, "/board")
    expect(card(guest.page, NOTES[0][1])).to_be_visible()
    # "Saved" it says before it has a line; of notes only then.
    expect(guest.page.locator(".state")).to_contain_text("notes saved")
    return guest


def card(page: Page, text: str) -> Locator:
    return page.locator("tl-board [data-card]").filter(has_text=text)


def column(page: Page, title: str) -> Locator:
    return page.locator("tl-board [data-column]").filter(
        has=page.get_by_role("heading", name=title, exact=True)
    )


def hear(frames: list[bytes | str], line: WebSocket) -> None:
    """Keep what a page's websocket is sent."""
    line.on("framereceived", lambda frame: frames.append(frame))


def test_one_remote_change_touches_one_card(house: House, browser: Browser, room: Room) -> None:
    """What somebody types, moves or ticks touches their card alone on everybody's screen."""
    lead = at_board(house, browser, room, room.lead, LAPTOP)
    kofi = at_board(house, browser, room, room.join("Kofi Owusu"), LAPTOP)
    river = card(kofi.page, NOTES[0][1])
    id = river.get_attribute("data-card")
    frames: list[bytes | str] = []
    kofi.page.on("websocket", partial(hear, frames))
    kofi.page.reload()
    expect(kofi.page.locator("tl-board")).to_contain_text("Amina Diallo")
    kofi.page.evaluate(WATCH)
    card(lead.page, NOTES[0][1]).get_by_role("button", name="Edit").click()
    box = lead.page.get_by_label("Your note")
    box.press("End")
    lead.page.keyboard.insert_text(" Twice 🌊")  # at once: a hand that rests makes two steps of it
    expect(river.locator("p.text")).to_have_text("Walk the river before you draw it. Twice 🌊")
    caret = kofi.page.locator(".caret.writes")
    expect(caret).to_have_attribute("data-name", "Amina")
    assert set(kofi.page.evaluate("touched")) == {id}
    box.press("Escape")
    expect(caret).to_have_count(0)
    # Introduced once; then a caret is a few bytes.
    heard = [decode_from_server(frame) for frame in frames if isinstance(frame, bytes)]
    pointers = [one.data for one in heard if isinstance(one, Pointers)]
    assert max(map(len, pointers)) > 100
    assert min(map(len, pointers)) < 12
    assert not [one for one in heard if isinstance(one, AwarenessUpdate)]
    # Ctrl+Z takes what was typed back, and nothing else.
    lead.page.keyboard.press("Control+z")
    expect(river.locator("p.text")).to_have_text(NOTES[0][1])
    assert not lead.troubles
    assert not kofi.troubles


def test_a_note_is_moved_from_the_keyboard_and_taken_back(
    house: House, browser: Browser, room: Room
) -> None:
    """To a theme by its menu, up by a key; the focus stays on the card, the place is told."""
    lead = at_board(house, browser, room, room.lead, PHONE)
    page = lead.page
    move = card(page, "drains").get_by_role("button", name="Move to…")
    move.focus()
    page.keyboard.press("Enter")
    menu = card(page, "drains").get_by_role("menu")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    menu.get_by_role("menuitem", name="Listening first").focus()
    page.keyboard.press("Enter")
    under = column(page, "Listening first")
    expect(under.get_by_role("button", name="Move to…")).to_be_focused()
    said = page.locator("tl-board > [role=status]")
    expect(said).to_have_text("Listening first, place 1 of 1")
    expect(page.locator(".state")).to_have_text("All 4 notes saved")

    move = card(page, "old women").get_by_role("button", name="Move to…")
    move.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(said).to_have_text("Not placed, place 2 of 3")
    expect(move).to_be_focused()
    expect(page.locator(".state")).to_have_text("All 4 notes saved")
    loose = column(page, "Not placed")
    expect(loose.locator("p.text")).to_have_text([NOTES[n][1] for n in (0, 3, 2)])

    page.keyboard.press("Control+z")
    expect(said).to_contain_text("Taken back: Moved a note")
    expect(loose.locator("p.text").last).to_have_text(NOTES[3][1])
    page.keyboard.press("Control+z")
    expect(under.locator("[data-card]")).to_have_count(0)
    expect(loose.locator("p.text")).to_have_text([text for _, text in NOTES])
    assert not lead.troubles


def test_a_note_is_dragged_with_a_mouse(house: House, browser: Browser, room: Room) -> None:
    """The place where it lands is shown; it lands there; Escape lays it back."""
    lead = at_board(house, browser, room, room.lead, LAPTOP)
    page = lead.page
    repair, theme = card(page, "repair day"), column(page, "What keeps water moving")

    def lift() -> None:
        box, to = repair.bounding_box(), theme.bounding_box()
        assert box
        assert to
        page.mouse.move(box["x"] + 60, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 80, box["y"] + 40, steps=3)
        page.mouse.move(to["x"] + 60, to["y"] + to["height"] - 10, steps=5)
        expect(theme.locator(".gap")).to_have_text("“A repair day each…” lands here")

    lift()
    page.keyboard.press("Escape")
    expect(theme.locator(".gap")).to_have_count(0)
    page.mouse.up()
    expect(column(page, "Not placed").locator("p.text")).to_have_count(4)
    lift()
    page.mouse.up()
    expect(theme.locator("p.text")).to_have_text([NOTES[2][1]])
    expect(page.locator(".state")).to_have_text("All 4 notes saved")
    page.reload()
    expect(theme.locator("p.text")).to_have_text([NOTES[2][1]])
    assert not lead.troubles


def test_a_finger_lifts_a_note_after_a_moment(house: House, browser: Browser, room: Room) -> None:
    """A page of cards still scrolls; only a finger that rests lifts one."""
    lead = at_board(house, browser, room, room.lead, PHONE, has_touch=True, is_mobile=True)
    page = lead.page
    old = card(page, "old women").locator("p.text")
    old.scroll_into_view_if_needed()
    box, to = old.bounding_box(), card(page, "repair day").bounding_box()
    assert box
    assert to
    finger = page.context.new_cdp_session(page)

    def touch(type: str, y: float) -> None:
        points = [] if type == "touchEnd" else [{"x": 100, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": type, "touchPoints": points})

    touch("touchStart", box["y"] + 5)
    expect(page.locator(".lifted")).to_have_count(1)
    touch("touchMove", box["y"] - 20)
    touch("touchMove", to["y"] + 4)
    expect(page.locator(".gap")).to_be_visible()
    touch("touchEnd", 0)
    loose = column(page, "Not placed")
    expect(loose.locator("p.text").nth(2)).to_have_text(NOTES[3][1])
    expect(page.locator(".state")).to_have_text("All 4 notes saved")
    assert not lead.troubles


def test_two_people_cluster_at_once_and_lose_nothing(
    house: House, browser: Browser, room: Room
) -> None:
    """Both choose notes and make a theme of them at the same time."""
    other = room.join("Kofi Owusu")
    room.lead.tap("seat.role", seat=other.seat, role="facilitator")
    people = [
        at_board(house, browser, room, room.lead, LAPTOP),
        at_board(house, browser, room, other, LAPTOP),
    ]
    for guest, mine, name in zip(
        people, (("Walk the", "drains"), ("repair", "old women")), ("Ears", "Hands"), strict=True
    ):
        guest.press("More")
        guest.press("Choose notes")
        for text in mine:
            card(guest.page, text).get_by_role("checkbox").check()
        guest.press("Make a theme")
        guest.page.get_by_label("What shall it be called?").fill(name)
    for guest in people:
        guest.press("Make this theme")
    for guest in people:
        for name, found in (("Ears", NOTES[:2]), ("Hands", NOTES[2:])):
            expect(column(guest.page, name).locator("p.text")).to_have_text([t for _, t in found])

    # The step that begins now is kept: one theme goes back to it, and forth again.
    room.lead.tap("activity.start")
    first, second = people
    for guest in people:  # what comes now moves the columns: nobody presses in mid-air
        guest.page.wait_for_function("() => document.querySelector('tl-board').stage.view.activity")
    ears = column(first.page, "Ears")
    move = card(second.page, "drains").get_by_role("button", name="Move to…")
    move.click()
    card(second.page, "drains").get_by_role("menuitem", name="Hands").click()
    expect(ears.locator("[data-card]")).to_have_count(1)
    first.press("More")
    first.press("Back to an earlier step")
    first.page.get_by_label("Which part of the board?").select_option("Ears")
    expect(first.page.get_by_role("dialog")).to_contain_text("Nothing is deleted")
    first.press("Put them back")
    expect(ears.locator("p.text")).to_have_text([t for _, t in NOTES[:2]])
    # The board shows it a moment before its answer comes; the undo waits for that by itself.
    first.page.keyboard.press("Control+z")
    expect(ears.locator("[data-card]")).to_have_count(1)
    for guest in people:
        assert not guest.troubles


def test_what_one_sorted_together_is_taken_back_together(
    house: House, browser: Browser, room: Room
) -> None:
    """Several notes are moved, and a theme is put into another, in one step each; not where
    somebody has gone on from there."""
    lead = at_board(house, browser, room, room.lead, LAPTOP)
    page = lead.page
    listening, water = column(page, "Listening first"), column(page, "What keeps water moving")
    lead.press("More")
    lead.press("Choose notes")
    for text in ("Walk the", "drains", "repair"):
        card(page, text).get_by_role("checkbox").check()
    chosen = page.get_by_role("region", name="Chosen notes")
    chosen.get_by_role("button", name="Move to…").click()
    chosen.get_by_role("button", name="What keeps water moving").click()
    expect(water.locator("p.text")).to_have_text([text for _, text in NOTES[:3]])
    bar = page.locator(".boardbar.undo")
    expect(bar).to_contain_text("3 notes moved to What keeps water moving")
    bar.get_by_role("button", name="Undo").click()
    expect(water.locator("[data-card]")).to_have_count(0)
    expect(column(page, "Not placed").locator("p.text")).to_have_text([text for _, text in NOTES])

    (_, second), cards = themes(room), [card(page, text) for _, text in NOTES[:2]]
    moved = [each.get_attribute("data-card") for each in cards]
    assert room.lead.send({"type": "note.move", "cards": moved, "theme": second}).is_success
    expect(water.locator("[data-card]")).to_have_count(2)
    for again in (False, True):
        lead.press("What to do with What keeps water moving")
        page.get_by_role("menuitem", name="Put it into Listening first").click()
        lead.press("Yes, make them one")
        expect(water).to_have_count(0)
        expect(listening.locator("[data-card]")).to_have_count(2)
        expect(bar).to_contain_text("Put What keeps water moving into Listening first")
        if again:
            away = {"type": "note.move", "card": moved[0], "theme": ""}
            assert room.lead.send(away).is_success
            expect(listening.locator("[data-card]")).to_have_count(1)
        bar.get_by_role("button", name="Undo").click()
        if again:
            expect(page.get_by_text("Somebody has gone on from there.")).to_be_visible()
        else:
            expect(water.locator("[data-card]")).to_have_count(2)
            expect(listening.locator("[data-card]")).to_have_count(0)
    assert not lead.troubles


def test_notes_are_found_marked_and_brought_back(
    house: House, browser: Browser, room: Room
) -> None:
    kofi = room.join("Kofi Owusu")
    guest = at_board(house, browser, room, kofi, PHONE)
    page = guest.page
    guest.press("Search")
    page.get_by_label("Search in notes").fill("RIVER")
    expect(page.get_by_text("1 note found")).to_be_visible()
    expect(page.locator("tl-board [data-card]")).to_have_count(1)
    page.get_by_label("Search in notes").fill("glacier")
    expect(page.get_by_text("No note fits.")).to_be_visible()
    guest.press("Show all 4")
    page.get_by_label("Kind of note").select_option("A question")
    expect(page.locator("tl-board [data-card]")).to_have_count(1)
    guest.press("Close the search")
    expect(page.locator("tl-board [data-card]")).to_have_count(4)

    tick = card(page, "drains").get_by_role("button", name="Also ours")
    tick.click()
    expect(tick).to_have_attribute("aria-pressed", "true")
    lead = at_board(house, browser, room, room.lead, LAPTOP)
    expect(card(lead.page, "drains").locator(".ticked")).to_have_text("1 also")

    card(lead.page, "repair").get_by_role("button", name="Take this note away").click()
    expect(card(page, "repair")).to_have_count(0)
    lead.press("Undo")
    expect(card(page, "repair")).to_be_visible()
    assert not guest.troubles
    assert not lead.troubles


def test_an_author_types_on_while_a_facilitator_moves_the_card(
    house: House, browser: Browser, room: Room
) -> None:
    """The caret goes along, and no letter is lost, on a slow device either."""
    other = room.join("Kofi Owusu")
    room.lead.tap("seat.role", seat=other.seat, role="facilitator")
    lead = at_board(house, browser, room, room.lead, LAPTOP)
    slow = lead.context.new_cdp_session(lead.page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    id = card(lead.page, "old women").get_attribute("data-card")
    card(lead.page, "old women").get_by_role("button", name="Edit").click()
    box = lead.page.get_by_label("Your note")
    box.press("End")
    box.press_sequentially(" We")
    for place in ({"after": ""}, {"theme": themes(room)[0]}):
        moved = other.send({"type": "note.move", "card": id, **place})
        assert moved.is_success, moved.text
        where = column(lead.page, "Listening first" if "theme" in place else "Not placed")
        expect(where.locator("[data-card]").first.get_by_label("Your note")).to_be_focused()
        lead.page.keyboard.type(" ask")
        for _ in "ask":
            lead.page.keyboard.press("ArrowLeft")
    expect(box).to_have_value("The old women knew where the spring had been. We  askask")
    kofi = at_board(house, browser, room, other, PHONE)
    expect(card(kofi.page, "old women")).to_contain_text("been. We  askask")
    assert not lead.troubles


def themes(room: Room) -> list[str]:
    return [theme["id"] for theme in room.lead.get("board").json()["themes"]]
