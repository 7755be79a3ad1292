"""The phases everybody shares, the clock, and what comes after the stories."""

from activities import grouping, phases, timing, turns
from activities._story_circle_commands import (
    BreakEnd,
    BreakStart,
    NotesShare,
    QuestionNext,
    ReleaseAnswer,
    RulesHear,
    VoiceTake,
)
from activities._story_circle_events import (
    BellRang,
    CirclesFormed,
    DraftsErased,
    PauseCalled,
    PauseEnded,
    QuestionShown,
    RulesHeard,
    StoryReleased,
    TimeAdded,
    VoiceCalled,
    VoiceChosen,
)
from activities._story_circle_flow import Unfolding, end_circle, go_on, offer, open_door, start
from activities._story_circle_harvest import step_count
from activities._story_circle_people import agree_with_presence
from activities._story_circle_state import (
    all_answered,
    circle_of,
    enough,
    entering,
    hosted,
    largest,
    one_tells,
    phase_after,
    placeable,
    running,
    speaker,
    voices,
)
from activities._story_circle_turns import led
from activities.blocks import Words, say
from activities.kernel import (
    MINUTE,
    ConsentGiven,
    Moment,
    NotesChosen,
    Refused,
    TimeUp,
    WordsErased,
)
from activities.phases import PhaseExtend, PhaseRestored, PhaseSettled, PhaseSoftened
from activities.turns import Done, Extend, Next

PHASE_EXTENSIONS = 20
"""How often the lead may add time to a phase: more is a slip of the finger."""


def enter(story: Unfolding, phase: str, dice: int) -> None:
    """Everybody goes to `phase`. Raises `Refused` when there are too few for a circle."""
    if phase == "form":
        _form(story, dice)
        return
    story.add(entering(story.state, phase, story.now))
    if phase == "settle":
        counts = {one.id: len(one.seats) for one in running(story.state)}
        for group, into in grouping.merges(counts):
            end_circle(story, group, into)
    elif phase == "telling":
        for one in running(story.state):
            start(story, one.id)
    elif phase == "plenary":
        story.add(VoiceCalled(at=story.now, turn=1))


def _form(story: Unfolding, dice: int) -> None:
    """The split (1.6). Not with the people of the last group is for the room to know; this
    activity forms circles once."""
    state = story.state
    people = tuple(member for member in state.members.values() if placeable(member))
    if not enough(state):
        raise Refused("bad_request", say("A circle needs at least two people. Wait for others."))
    groups = grouping.split(people, largest(state), dice)
    story.add(
        entering(state, "form", story.now),
        CirclesFormed(at=story.now, circles=groups),
    )


def back(story: Unfolding) -> None:
    """The last change of phase is taken back; people are as they are now."""
    if not phases.may_go_back(story.state.phases, story.now):
        raise Refused("not_allowed", say("This can be taken back for one minute only."))
    story.add(PhaseRestored(at=story.now))
    agree_with_presence(story)


def extend(story: Unfolding, command: PhaseExtend) -> None:
    """More time for everybody."""
    by = timing.ensure_extension(story.state.timer, command.seconds, PHASE_EXTENSIONS)
    story.add(timing.TimerExtended(at=story.now, by=by))


def soften(story: Unfolding) -> None:
    """Circles hear that it ends, and have a last minute."""
    if not phases.may_soften(story.state.phases):
        raise Refused("closed", say("This ends by the clock already."))
    story.add(PhaseSoftened(at=story.now))


def start_break(story: Unfolding, command: BreakStart, moment: Moment) -> None:
    """Everything stands still until a time everybody sees."""
    if story.state.pause is not None:
        raise Refused("duplicate")
    until = story.now + command.minutes * MINUTE
    story.add(
        PauseCalled(
            at=story.now, group="", pause=story.state.pauses + 1, by=moment.seat, until=until
        )
    )


def end_break(story: Unfolding, command: BreakEnd) -> None:
    """Back before the time."""
    pause = story.state.pause
    if pause is None or pause.id != command.pause:
        raise Refused("stale_phase")
    story.add(PauseEnded(at=story.now, group=""))


def hear_rules(story: Unfolding, _command: RulesHear, moment: Moment) -> None:
    """Nobody waits for it; facilitators see how many."""
    if moment.seat in story.state.heard:
        raise Refused("duplicate")
    story.add(RulesHeard(at=story.now, seat=moment.seat))


# --- the clock ----------------------------------------------------------------------------------


def ring(story: Unfolding, command: TimeUp, moment: Moment) -> None:
    """A timer rang."""
    name, _, group = command.timer.partition(":")
    match name:
        case "break":
            story.add(PauseEnded(at=story.now, group=""))
        case "pause":
            story.add(PauseEnded(at=story.now, group=group))
        case "back":
            story.add(PhaseSettled(at=story.now))
        case "voice":
            story.add(BellRang(at=story.now, timer="voice"))
        case "turn":
            _turn_rang(story, group)
        case "circle":
            _circle_rang(story, group)
        case _:
            _phase_rang(story, moment)


def _turn_rang(story: Unfolding, group: str) -> None:
    one = story.circle(group)
    speaking = one.step == "turn"
    auto = not hosted(story.state, one)
    story.add(*turns.timeup(one.round, story.now, group, auto))
    go_on(story, group, told=speaking)


def _circle_rang(story: Unfolding, group: str) -> None:
    """The end of settling, where nobody hosts, or of a breath."""
    settling = story.circle(group).stage == "settle"
    story.add(BellRang(at=story.now, timer=group))
    if not settling:
        open_door(story, group)
        offer(story, group)
    elif not hosted(story.state, story.circle(group)):
        start(story, group)


def _phase_rang(story: Unfolding, moment: Moment) -> None:
    """Hard ends go on by themselves; after the release card everybody goes on too, but not while
    no facilitator is there (A5: nothing released)."""
    phase, last = story.state.phase, _last_bell(story.state.timer)
    story.add(timing.TimerRang(at=story.now))
    released = phase == "release" and not moment.autopilot
    softened = story.state.phases.softened and phase != "release"
    goes_on = phase in ("form", "telling", "quiet") or released or softened
    following = phase_after(story.state, phase)
    # Too few for circles: the lead is asked again, the clock forces nothing.
    if last and goes_on and (following != "form" or enough(story.state)):
        enter(story, following, moment.dice)


def _last_bell(timer: timing.Timer) -> bool:
    """Whether the bell that rings next is the last."""
    return timer.rung >= len(timer.bells) - 1


# --- reflect, release, plenary ------------------------------------------------------------------


def show_question(story: Unfolding, command: QuestionNext, moment: Moment) -> None:
    """The host shows the next reflect prompt, one at a time."""
    one = led(story.state, command.group, moment)
    if one.question != command.question:
        raise Refused("stale_phase")
    if one_tells(story.state) and story.state.phase != "reflect":
        raise Refused("stale_phase")
    if command.question + 1 >= step_count(story.state, one):
        raise Refused("full")
    story.add(QuestionShown(at=story.now, group=one.id, question=command.question + 1))


def share_notes(story: Unfolding, command: NotesShare, moment: Moment) -> None:
    """Only the choice is kept here; the room moves the cards."""
    one = circle_of(story.state, moment.seat)
    if one is None:
        raise Refused("not_allowed")
    cards = command.cards if command.share == "some" else ()
    story.add(NotesChosen(seat=moment.seat, cards=cards, share=command.share))


def release(story: Unfolding, command: ReleaseAnswer, moment: Moment) -> None:
    """The teller's answer, and the consent for each of the words (SC9). Words of an earlier
    answer that are not in this one are kept in the circle; their texts, and what a witness had
    written down, are forgotten."""
    before = story.state.releases.get(moment.seat)
    words = _words(command.title, command.moments, command.quote)
    dropped = (
        ()
        if before is None
        else tuple(
            one for one in _words(before.title, before.moments, before.quote) if one not in words
        )
    )
    story.add(
        StoryReleased(
            at=story.now,
            seat=moment.seat,
            title=command.title,
            moments=command.moments,
            quote=command.quote,
            choice=command.choice,
            outside=command.outside,
        ),
        *(ConsentGiven(words=one, seat=moment.seat, choice="keep") for one in dropped),
        *(
            ConsentGiven(
                words=one, seat=moment.seat, choice=command.choice, outside=command.outside
            )
            for one in words
        ),
    )
    drafts = story.state.drafts.get(moment.seat, ())
    if drafts:  # what a witness wrote has done its service
        story.add(DraftsErased(at=story.now, teller=moment.seat))
    if dropped or drafts:
        story.add(WordsErased(words=(*dropped, *drafts)))
    if story.state.phase == "release" and all_answered(story.state) and not moment.autopilot:
        enter(story, phase_after(story.state, "release"), moment.dice)


def _words(
    title: Words | None, moments: tuple[Words, ...], quote: Words | None
) -> tuple[Words, ...]:
    return tuple(one for one in (title, *moments, quote) if one is not None)


def take_voice(story: Unfolding, command: VoiceTake, moment: Moment) -> None:
    """Somebody speaks for their circle."""
    one = circle_of(story.state, moment.seat)
    if one is None or one.id != command.group:
        raise Refused("not_allowed")
    if one.voice:
        raise Refused("duplicate")
    story.add(VoiceChosen(at=story.now, group=one.id, seat=moment.seat))


def next_voice(story: Unfolding, command: Done | Next, moment: Moment) -> None:
    """The voice has finished, or the lead thanks it."""
    order = voices(story.state)
    if not 1 <= command.turn <= len(order):
        raise Refused("stale_turn")
    own = speaker(order[command.turn - 1]) == moment.seat
    if isinstance(command, Done) and not own:
        raise Refused("not_allowed")
    story.add(VoiceCalled(at=story.now, turn=command.turn + 1))


def extend_voice(story: Unfolding, command: Extend) -> None:
    """More time for this voice."""
    by = timing.ensure_extension(story.state.voice_timer, command.seconds)
    story.add(TimeAdded(at=story.now, timer="voice", by=by))
