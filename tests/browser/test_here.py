"""What is told to somebody who does not look: at the time marks, when they ask where we are, and
when they have it read aloud; and nothing besides."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser import block_samples, gallery, hall_screens, samples
from tests.browser.hall_screens import Wall
from tests.browser.house import PHONE
from tests.browser.shown import Shown
from tests.browser.test_moment_9 import LISTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PEOPLE: Final = 7
WRONG: Final = "{ const now = Date.now; Date.now = () => now() - 600_000; }"
"""A device whose own clock is ten minutes slow."""

SAID: Final = "window.spoken"
SPEECH: Final = """(() => {
  const voice = (lang, localService) => ({ lang, localService, default: false, name: lang });
  const stub = Object.assign(new EventTarget(), {
    said: [], stopped: 0,
    voices: [voice("en-GB", true), voice("hi-IN", false)],
    getVoices() { return this.voices; },
    speak(each) { this.said.push(each); },
    cancel() { this.stopped += 1; this.said = []; },
  });
  Object.defineProperty(window, "speechSynthesis", { value: stub });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
})();"""
"""The browser's own voices: one of this device, one that sends the words away."""

READ: Final = "speechSynthesis.said.map(({ text, lang }) => [text, lang])"


def sampled() -> dict[str, Wall]:
    """The screens of the gallery, by name."""
    rooms = {n: view for n, (page, view, _) in block_samples.screens().items() if page == "room"}
    views = {**samples.screens(), **rooms}
    return {name: Wall(name, "en", view, "seat") for name, view in views.items()}


def opened(browser: Browser, first: Wall) -> Shown:
    """A phone whose clock is wrong, and that notes what it would say."""
    if not (gallery.WEB / "dist" / ".vite" / "manifest.json").exists():
        pytest.skip("the web is not built: ./dev build")
    return Shown(browser, first, PHONE, script=WRONG + LISTEN + SPEECH)


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Shown]:
    shown = opened(browser, sampled()["circle-listening"])
    yield shown
    shown.close()
    assert shown.trouble == []


def clock_of(view: dict[str, Any]) -> dict[str, Any] | None:
    """The running clock on a screen."""
    clocks = [block.get("clock") for block in view["blocks"]]
    running = [each for each in clocks if each and each["state"] == "running" and each["ends_at"]]
    return running[0] if running else None


def spoken(page: Page) -> list[str]:
    """What was announced since it was last asked; politely, all of it."""
    heard: list[dict[str, Any]] = page.evaluate(f"{SAID}.splice(0)")
    assert not [each for each in heard if each["loud"]]
    return [each["text"] for each in heard]


def busier(view: dict[str, Any]) -> dict[str, Any]:
    """The same screen after others have done something that is no turn, chair or place in line."""
    other = copy.deepcopy(view)
    for block in other["blocks"]:
        if block["type"] == "progress":
            block["done"] += 1
            block["label"] = f"{block['label']} "
    other["room"]["here"] += 1
    return other


def over(view: dict[str, Any]) -> dict[str, Any]:
    """The same screen as the room sends it when the time is over."""
    other = copy.deepcopy(view)
    clock = clock_of(other)
    assert clock
    clock["state"] = "over"
    return other


def listened(phone: Shown, walls: Iterable[Wall]) -> set[str]:
    """Shows each screen's clock from its beginning to long after its end; returns what had one."""
    looked = set()
    for wall in walls:
        view = wall.view
        if not (clock := clock_of(view)):
            continue
        ends, long = clock["ends_at"], clock["duration"]
        marks = [mark * 1000 for mark in clock["marks"] if mark * 1000 < long]
        phone.at(view, ends - long + 100)
        spoken(phone.page)  # a new step is told by its head
        for mark in sorted(marks, reverse=True):
            phone.at(busier(view), ends - mark - 1_500)
            assert spoken(phone.page) == [], f"{wall.name}: before the mark"
            phone.at(view, ends - mark + 300)
            (told,) = spoken(phone.page)
            assert not re.search(r"\d+ ?s\b|second", told), told
        phone.at(view, ends - 1_500)
        assert spoken(phone.page) == []
        phone.at(over(view), ends + 300)
        assert len(spoken(phone.page)) == 1, f"{wall.name}: the time is over"
        for later in (2_000, 9_000, 60_000):
            phone.at(busier(over(view)), ends + later)
            assert spoken(phone.page) == [], wall.name
        looked.add(wall.name)
    return looked


def test_only_the_marks_of_a_clock_are_told_each_once_and_no_seconds(phone: Shown) -> None:
    some = ("circle-listening", "circle-telling", "bowl-queued", "voice-speak", "ballot")
    screens = sampled()
    assert listened(phone, [screens[name] for name in some]) == set(some)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_only_the_marks_are_told_in_every_activity(browser: Browser) -> None:
    found = hall_screens.collected("en", people=PEOPLE, lenses=("seat",))
    shown = opened(browser, found[0])
    kinds = {name.split("-")[0] for name in listened(shown, found)}
    shown.close()
    assert kinds >= {"story_circle", "fishbowl", "dyads", "voting", "break"}


def shown_as(phone: Shown, name: str) -> dict[str, Any]:
    """Shows a screen two minutes before its clock's end; returns its view as the page has it."""
    view = sampled()[name].view
    clock = clock_of(view)
    assert clock
    phone.at(view, clock["ends_at"] - 120_000)
    return phone.own(view)


def asked(phone: Shown) -> list[str]:
    """The key is pressed: what is said aloud, which is what stands there."""
    page = phone.page
    spoken(page)
    page.keyboard.press("t")
    answer = page.get_by_role("region", name="Where are we?")
    expect(answer).to_be_visible()
    lines = answer.get_by_role("paragraph").all_inner_texts()
    page.wait_for_function(f"() => {SAID}.length > 0")
    assert spoken(page) == [" ".join(lines)]
    return [re.sub("[\u2066-\u2069]", "", line) for line in lines]


def test_one_key_says_how_long_who_speaks_and_who_is_next(phone: Shown) -> None:
    page = phone.page
    ring = shown_as(phone, "circle-listening")
    block = next(each for each in ring["blocks"] if each["type"] == "ring")
    names = {each["seat"]: each["name"] for each in block["seats"]}
    lines = asked(phone)
    assert lines[0] == "About 2 min left."  # by the room's clock: this device's is ten minutes slow
    own = block["floor"] == ring["seat"]
    assert lines[1] == ("You have the floor." if own else f"{names[block['floor']]} has the floor.")
    if ring["seat"] in block["next"]:
        assert lines[-1].startswith("You are n")
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Where are we?")).to_have_count(0)
    # The button does the same for a thumb, and a screen reader finds it by its name.
    button = page.get_by_role("button", name="Where are we?")
    box = button.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    button.press("Enter")
    expect(page.get_by_role("region", name="Where are we?")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Close
    expect(button).to_be_focused()

    shown_as(phone, "bowl-queued")
    assert asked(phone)[1].startswith("Inside now: ")
    shown_as(phone, "voice-speak")
    assert asked(phone)[0] == "About 2 min left."
    page.keyboard.press("Escape")

    # It never takes a letter from somebody who writes, and can be turned off.
    page.get_by_role("button", name="Help and more").press("Enter")
    page.get_by_role("checkbox", name="The key T says where we are").press("Space")
    page.keyboard.press("t")
    page.keyboard.press("t")
    expect(page.get_by_role("region", name="Where are we?")).to_have_count(0)
    page.get_by_role("checkbox", name="The key T says where we are").press("Space")
    assert asked(phone)


def test_a_prompt_is_read_aloud_by_a_voice_of_this_device_and_stops(phone: Shown) -> None:
    page = phone.page
    private = copy.deepcopy(sampled()["check-in"].view)
    private["blocks"][0]["type"] = "prompt"  # as the activity sends it
    private["blocks"].append({"type": "note", "text": "canary heron", "tone": "private"})
    private["blocks"].append({
        "type": "answers", "title": "What was given", "answers": [{"words": "canary ibis"}],
    })  # fmt: skip
    phone.send(private)
    button = page.get_by_role("button", name="Read aloud")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(READ) == [], "nothing speaks by itself"
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    read = page.evaluate(READ)
    texts = [text for text, _ in read]
    prompt = next(each["text"] for each in private["blocks"] if each["type"] == "prompt")
    choices = next(each for each in private["blocks"] if each["type"] == "choices")
    assert texts[0] == prompt
    for n, option in enumerate(choices["options"], 1):
        assert f"{n}. {option['label']}." in texts
    assert {lang for _, lang in read} == {"en-GB"}
    assert "canary" not in str(read), "what people wrote is theirs"

    phone.send(busier(private))
    expect(button).to_have_attribute("aria-pressed", "true")
    button.press("Enter")
    assert page.evaluate("speechSynthesis.said") == []
    expect(button).to_have_attribute("aria-pressed", "false")
    button.press("Enter")
    shown_as(phone, "bowl-queued")
    page.wait_for_function("() => speechSynthesis.said.length === 0")

    # A voice of another language, or one that would send the words away, is none.
    other = copy.deepcopy(private)
    next(each for each in other["blocks"] if each["type"] == "prompt")["text"] = "नदी के साथ रहना"
    phone.send(other)
    expect(button).to_have_count(0)
    page.evaluate("""() => {
      speechSynthesis.voices[1].localService = true;
      speechSynthesis.dispatchEvent(new Event("voiceschanged"));
    }""")
    button.press("Enter")
    assert page.evaluate(READ)[0] == ["नदी के साथ रहना", "hi-IN"]
