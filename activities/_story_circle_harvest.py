"""The collective harvest: one teller, listeners with a lens each, and what they give back
(`methods.md` A1, *Variant*)."""

from typing import Final

from activities._story_circle_commands import GiftGive, GiftShare, LensTake
from activities._story_circle_events import GiftGiven, GiftShared, LensTaken
from activities._story_circle_flow import Unfolding
from activities._story_circle_offers import Offers
from activities._story_circle_state import (
    LENSES,
    QUESTIONS,
    Circle,
    State,
    circle_of,
    one_tells,
)
from activities._story_circle_words import QUESTION_LINES
from activities.blocks import (
    Answer,
    Answers,
    AnyBlock,
    Choices,
    Entry,
    Line,
    Need,
    Note,
    Option,
    Who,
    Words,
    say,
)
from activities.board import NoteGiven
from activities.kernel import Moment, Refused

GIFT_LIMIT: Final = 280
GIFTS_EACH: Final = 3
"""What one lens heard fits into three notes; more would be a report."""

LENS_LINES: Final = (
    say("Turning points"),
    say("What made it possible"),
    say("What could travel to another place"),
    say("Questions it raises"),
)
"""The house's lenses; the agenda may bring its own, from the learning goals."""

Blocks = list[AnyBlock]


# --- reading ------------------------------------------------------------------------------------


def lens_line(state: State, lens: int) -> Line:
    """What one listens for."""
    settings = state.settings
    own = (settings.lens1, settings.lens2, settings.lens3, settings.lens4)[lens]
    return LENS_LINES[lens] if own is None else say("{lens}", lens=own)


def open_lenses(one: Circle, seat: str) -> tuple[int, ...]:
    """The lenses `seat` may take: none gets a second listener while another has none (SC10)."""
    counts = [0] * LENSES
    for other, lens in one.lenses.items():
        counts[lens] += other != seat
    return tuple(lens for lens in range(LENSES) if not counts[lens] or min(counts))


def teller_of(state: State, one: Circle) -> str:
    """Who told in this circle, "" if nobody did."""
    return next((seat for seat in one.seats if seat in state.tellers), "")


def steps(state: State, one: Circle) -> tuple[Line, ...]:
    """What the circle does one after the other while it talks: the reflect prompts, or, where one
    told for all, each listener gives back, the teller answers, all look at it together."""
    teller = teller_of(state, one)
    if not one_tells(state) or not teller:
        return QUESTION_LINES
    listeners = [seat for seat in one.seats if seat != teller]
    return (
        *(
            say(
                "{name} gives back: {lens}", name=Who(seat), lens=lens_line(state, one.lenses[seat])
            )
            if seat in one.lenses
            else say("{name} gives back what was heard", name=Who(seat))
            for seat in listeners
        ),
        say("{name} answers: what do you take from this?", name=Who(teller)),
        say("All together: what did we witness?"),
    )


def step_line(state: State, one: Circle) -> Line:
    """The present one."""
    lines = steps(state, one)
    return lines[min(one.question, len(lines) - 1)]


def step_count(state: State, one: Circle) -> int:
    """How many steps there are."""
    return len(steps(state, one)) if one_tells(state) else QUESTIONS


# --- deciding -----------------------------------------------------------------------------------


def take_lens(story: Unfolding, command: LensTake, moment: Moment) -> None:
    """A listener chooses a lens (SC10)."""
    one = circle_of(story.state, moment.seat)
    if one is None or not one_tells(story.state) or one.first == moment.seat:
        raise Refused("closed", say("Lenses are for those who listen to the story."))
    if not 0 <= command.lens < LENSES:
        raise Refused("unknown")
    if one.lenses.get(moment.seat) == command.lens:
        raise Refused("duplicate")
    if command.lens not in open_lenses(one, moment.seat):
        raise Refused("full", say("Somebody listens with this one; another lens waits for you."))
    story.add(LensTaken(at=story.now, group=one.id, seat=moment.seat, lens=command.lens))


def give(story: Unfolding, command: GiftGive, moment: Moment) -> None:
    """What a listener heard goes to the teller, and to nobody else yet."""
    state = story.state
    one = circle_of(state, moment.seat)
    teller = teller_of(state, one) if one is not None and one_tells(state) else ""
    if one is None or teller in ("", moment.seat):
        raise Refused("closed", say("There is no story here to give back to."))
    if sum(gift.seat == moment.seat for gift in state.gifts) >= GIFTS_EACH:
        raise Refused("full")
    lens = one.lenses.get(moment.seat, 0)
    story.add(
        GiftGiven(
            at=story.now,
            group=one.id,
            seat=moment.seat,
            teller=teller,
            lens=lens,
            words=command.words,
        )
    )


def share(story: Unfolding, command: GiftShare, moment: Moment) -> None:
    """The teller agrees: it stands on everyone's board, as its author's own card."""
    gifts = story.state.gifts
    if not 0 <= command.gift < len(gifts) or gifts[command.gift].teller != moment.seat:
        raise Refused("unknown")
    gift = gifts[command.gift]
    if gift.shared:
        raise Refused("duplicate")
    story.add(
        GiftShared(at=story.now, gift=command.gift),
        NoteGiven(
            card=f"gift{command.gift}",
            words=gift.words,
            seat=gift.seat,
            kind="insight",
            at=story.now,
        ),
    )


# --- what screens show --------------------------------------------------------------------------


def lens_choice(state: State, one: Circle, seat: str, offers: Offers) -> Blocks:
    """While the circle settles: which lens, for everybody who will listen."""
    if not one_tells(state):
        return []
    if one.first == seat:
        text = say("You tell the story; the others listen for all of us, each with a lens.")
        return [Note(text=text, tone="quiet")]
    free = open_lenses(one, seat)
    mine = one.lenses.get(seat)
    needs = {"lens": Need(kind="number", low=0, high=LENSES - 1)}
    offers.add(LensTake(lens=free[0]), say("Listen with this lens"), "beside", needs=needs)
    shown = [lens for lens in range(LENSES) if lens in free or lens == mine]
    return [
        Choices(
            offer="lens.take",
            field="lens",
            label=say("What do you listen for?"),
            options=tuple(Option(str(lens), lens_line(state, lens)) for lens in shown),
            chosen=None if mine is None else str(mine),
        )
    ]


def lens_note(state: State, one: Circle, seat: str) -> Blocks:
    """A listener's own lens, in sight while the story goes."""
    lens = one.lenses.get(seat)
    if lens is None or not one_tells(state):
        return []
    text = say("You listen for: {lens}", lens=lens_line(state, lens))
    return [Note(text=text, tone="look")]


def giving(state: State, one: Circle, seat: str, offers: Offers) -> Blocks:
    """While listeners give back: a box for each of them, and what came for the teller."""
    teller = teller_of(state, one)
    if not one_tells(state) or not teller:
        return []
    if seat == teller:
        return received(state, seat, offers)
    mine = [gift.words for gift in state.gifts if gift.seat == seat]
    blocks: Blocks = [
        Note(text=say("You gave back: {words}", words=words), tone="private") for words in mine
    ]
    need = {"words": Need("text", limit=GIFT_LIMIT)}
    may = len(mine) < GIFTS_EACH
    if may and offers.add(GiftGive(words=Words("")), say("Give it back"), "beside", needs=need):
        hint = say(
            "First {name} alone sees it. If {name} agrees, everybody does, without your name.",
            name=Who(teller),
        )
        blocks.append(
            Entry(
                box="gift",
                offer="gift.give",
                field="words",
                label=say("What you heard"),
                hint=hint,
                sees="memo",
                lines=2,
                limit=GIFT_LIMIT,
            )
        )
    return blocks


def received(state: State, seat: str, offers: Offers) -> Blocks:
    """What came back to a teller, who alone decides whether everybody has it."""
    mine = [(number, gift) for number, gift in enumerate(state.gifts) if gift.teller == seat]
    if not mine:
        return []
    for number, gift in mine:
        if not gift.shared:
            label = say("Let everybody have “{words}”", words=gift.words)
            confirm = say("It stands on the board then, without a name.")
            offers.add(GiftShare(gift=number), label, "foot", confirm=confirm)
    answers = tuple(Answer(gift.words, Who(gift.seat)) for _, gift in mine)
    return [Answers(title=say("Given back to you"), answers=answers)]
