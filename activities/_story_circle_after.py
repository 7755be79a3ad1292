"""A person's own screen after the stories: quiet, talk, the teller's card, everybody together."""

from typing import Final

from msgspec.structs import replace

from activities import timing
from activities._story_circle_commands import (
    NotesShare,
    ReleaseAnswer,
    VoiceTake,
)
from activities._story_circle_harvest import giving, received, step_line, teller_of
from activities._story_circle_offers import Offers
from activities._story_circle_state import (
    Circle,
    State,
    circle_of,
    one_tells,
    speaker,
    voices,
)
from activities._story_circle_telling import drafts, offer_host, ready
from activities._story_circle_words import (
    notices,
    stories,
    voice_line,
)
from activities.blocks import (
    AnyBlock,
    Cards,
    Choices,
    Countdown,
    Line,
    Need,
    Note,
    Now,
    Option,
    Place,
    Prompt,
    Release,
    say,
)
from activities.kernel import Viewer
from activities.turns import Done

NOTE_KINDS: Final = ("insight", "question", "practice")
CHOICES: Final = (
    Option("keep", say("Keep it in the circle"), "lock"),
    Option("lesson", say("Use the lesson without me"), "leaf"),
    Option("unnamed", say("Use my words without my name"), "marks"),
    Option("first_name", say("Use my words with my first name"), "person"),
    Option("name_org", say("Use my words with my name and organisation"), "house"),
)
"""The release card (`methods.md` 1.8)."""

Blocks = list[AnyBlock]


def quiet_view(state: State, one: Circle | None, viewer: Viewer, _offers: Offers) -> Blocks:
    if one is None:
        return [Now(text=say("A quiet minute"))]
    return [
        Now(text=say("A quiet minute")),
        Note(text=say("Write or draw for yourself. Nobody else receives it.")),
        Countdown(clock=timing.clock(state.timer)),
        _cards("mine", say("Your own notes"), "self"),
        *_instead(state, one, viewer.seat),
    ]


def _instead(state: State, one: Circle, seat: str) -> Blocks:
    """Who did not tell may leave a note instead; nobody else sees who is asked."""
    if seat in state.tellers or one_tells(state):
        return []
    return [
        Note(
            title=say("You can leave a note instead of a story."),
            text=say("Written, spoken or drawn, in your own time, until we close."),
            tone="private",
        )
    ]


_SECTIONS = {"mine": "quiet", "board": ""}
"""Where notes stand in a document: what circles shared lies on the board in no section."""


def _cards(document: str, title: Line, sees: str, hint: Line | None = None) -> Cards:
    return Cards(
        document=document,
        section=_SECTIONS.get(document, "reflect"),
        title=title,
        kinds=NOTE_KINDS,
        sees="self" if sees == "self" else "circle" if sees == "circle" else "room",
        hint=hint,
    )


def reflect_view(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None:
        return [Now(text=say("The circles talk about their stories"))]
    offer_host(state, one, offers)
    teller = one_tells(state) and teller_of(state, one)
    return [
        Now(text=say("Give back what you heard") if teller else say("Talk freely now")),
        Prompt(text=step_line(state, one)),
        *notices(state, one),
        *giving(state, one, viewer.seat, offers),
        _group_cards(one),
        _own_notes(),
        *_instead(state, one, viewer.seat),
        *_share(state, viewer, offers),
        *ready(state, one, viewer, offers),
    ]


def _group_cards(one: Circle) -> Cards:
    return _cards(
        f"group/{one.id}",
        say("What this circle understood"),
        "circle",
        say("Insights, questions and practices. Not the stories themselves."),
    )


def _own_notes() -> Cards:
    """What somebody wrote in the quiet minute, to be shown to others or kept."""
    notes = _cards(
        "mine", say("Your own notes"), "self", say("Only you have them until you show them.")
    )
    return replace(notes, add=False)


def _share(state: State, viewer: Viewer, offers: Offers) -> Blocks:
    """The author shares all, some or none of the cards of this circle."""
    if circle_of(state, viewer.seat) is None:
        return []
    options = (
        Option("all", say("Share all my notes")),
        Option("some", say("Share some of them")),
        Option("none", say("Keep them in the circle")),
    )
    needs = {"share": Need("choice", options=options)}  # the screen adds the ids of the cards
    label = say("Share like this")
    if not offers.add(NotesShare(share="none"), label, "foot", needs=needs):
        return []
    mine = state.shares.get(viewer.seat)
    return [
        Choices(
            offer="notes.share",
            field="share",
            label=say("What may go from your notes to the board?"),
            options=options,
            chosen=mine.share if mine is not None else None,
        )
    ]


def release_view(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if viewer.seat not in state.tellers:
        blocks: Blocks = [
            Now(text=say("The tellers decide about their words")),
            Note(text=say("Each alone, for their own story. This takes a few minutes.")),
        ]
    else:
        answered = viewer.seat in state.releases
        blocks = [
            Now(text=say("Your story, your choice")),
            Note(text=say("Not answering means no. You can change this later from the same link.")),
            _release_card(state, viewer, offers, answered),
            *received(state, viewer.seat, offers),
        ]
    if one is not None:
        blocks += [_group_cards(one), _own_notes(), *_instead(state, one, viewer.seat)]
    return [*blocks, *_share(state, viewer, offers)]


def _release_card(state: State, viewer: Viewer, offers: Offers, answered: bool) -> Release:
    needs = {
        "title": Need("text", say("A title for your story"), limit=80, optional=True),
        "moments": Need("texts", say("Up to three key moments"), limit=3, optional=True),
        "quote": Need("text", say("One sentence in your own words"), limit=280, optional=True),
        "choice": Need("choice", options=CHOICES),
        "outside": Need("flag", say("Also outside this group?"), optional=True),
    }
    label = say("Change my answer") if answered else say("This is my answer")
    place: Place = "foot"
    if state.phase == "release":
        place = "beside" if answered else "main"
    offers.add(ReleaseAnswer(choice="keep"), label, place, needs=needs)
    drafts(state, viewer.seat, offers)
    mine = state.releases.get(viewer.seat)
    return Release(
        offer="release.answer",
        drafted=state.drafts.get(viewer.seat, ()),
        answered=mine.choice if mine is not None else None,
        title=mine.title if mine is not None else None,
        given=mine.moments if mine is not None else (),
        quote=mine.quote if mine is not None else None,
    )


def plenary_view(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    order = voices(state)
    blocks: Blocks = []
    if 1 <= state.voice <= len(order):
        now = order[state.voice - 1]
        mine = speaker(now) == viewer.seat
        if mine:
            offers.add(Done(turn=state.voice), say("We have finished"))
        blocks += [
            Now(text=say("You speak for your circle") if mine else voice_line(now)),
            Countdown(clock=timing.clock(state.voice_timer)),
        ]
    else:
        blocks.append(Now(text=say("All circles have spoken")))
    if one is not None and not one.voice and speaker(one) != viewer.seat:
        offers.add(VoiceTake(group=one.id), say("I speak for our circle"), "beside")
    blocks += [*stories(state), _cards("board", say("What the circles bring"), "room")]
    if viewer.seat in state.tellers:
        blocks.append(_release_card(state, viewer, offers, viewer.seat in state.releases))
        blocks += received(state, viewer.seat, offers)
    return [*blocks, *_share(state, viewer, offers)]


def closed_view(state: State, _one: Circle | None, _viewer: Viewer, _offers: Offers) -> Blocks:
    return [
        Now(text=say("The circles are closed. Thank you for listening")),
        *stories(state),
        _cards("board", say("What the circles bring"), "room"),
    ]
