"""Everything a memo is made from, gathered from one room: log, consent, cards and words
(`methods.md` 3.2)."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from activities.consent import Consent, Scope, lesson_open
from activities.kernel import Harvest, Item
from rooms import consent_desk, memo_states, renderings
from rooms.board_schema import Card
from rooms.card_words import KINDS
from rooms.memo_source import (
    ActivityLine,
    CardConsent,
    Commitment,
    Evaluation,
    Held,
    MemoCard,
    MemoSource,
    PersonLine,
    ProseText,
    Score,
    StoryItem,
    StoryPart,
    ThemeQuestion,
)
from rooms.room_reading import RoomReading as Room
from rooms.whole import groups
from rooms.words import digest

MINUTE: Final = 60_000


def material(
    room: Room, cards: Sequence[Card], prose: Mapping[str, ProseText] | None = None
) -> MemoSource:
    """The source of the room's memo as it stands now. `cards` are those of the board, `prose` what
    stands in the places of the memo's document."""
    state = room.whole.room
    counts = consent_desk.counts(room.whole, room.world.activities)
    people = [s for s in state.seats.values() if s.person and s.status in ("in", "left")]
    found = consent_desk.items(room.whole, room.world.activities)
    return MemoSource(
        title=room.book.get(state.title) or "",
        started=state.opened,
        ended=max(state.ended.values(), default=state.last),
        zone=state.zone,
        form=_form([s.where for s in people]),
        language=state.language,
        organiser=next((_name(room, s.id) for s in people if s.organiser), ""),
        facilitators=tuple(
            PersonLine(_name(room, s.id), _organisation(room, s.id), shown=True)
            for s in people
            if s.role == "facilitator"
        ),
        confidentiality=_confidentiality(state.confidentiality),
        activities=_activities(room),
        circles=counts.get("circles", 0),
        stories_told=counts.get("stories_told", 0),
        people=tuple(
            PersonLine(
                _name(room, s.id),
                _organisation(room, s.id),
                seat=s.id if s.role == "participant" else "",
            )
            for s in people
        ),
        cards=tuple(_card(room, card) for card in cards) + _loose_items(room, found),
        stories=_stories(room, found),
        prose=prose or {},
        questions={theme: _question(room, ref) for theme, ref in state.questions.items()},
        moods={
            key.removeprefix("mood:"): n for key, n in counts.items() if key.startswith("mood:")
        },
        groups=_circles(room),
        evaluation=_evaluation(room),
        commitments=_commitments(room),
        withdrawals=state.withdrawals,
        as_of_seq=state.seq,
        printed_at=room.world.clock.now(),
        state="draft" if memo_states.writable(state) else "sent",
        version=state.memo_version + 1 if state.memo.opened else 0,
        lessons=lessons(room),
    )


def lessons(room: Room) -> dict[str, int]:
    """How many people let the lesson be told in other words, without them, by the theme their words
    stood under: never who, and nothing of the words (ruling *Words*)."""
    state = room.whole.room
    themes = {note.words: note.theme for note in state.notes.values()}
    owners: dict[str, set[str]] = {}
    for ref, known in state.consents.items():
        if lesson_open(known.consent):
            theme = themes.get(ref, state.placed.get(ref, ""))
            owners.setdefault(theme, set()).add(known.seat)
    return {theme: len(seats) for theme, seats in owners.items()}


def old_prose(room: Room) -> dict[str, str]:
    """Prose the log holds because its place in the document could not be written yet; what stands
    in the place outranks it."""
    found = {id: room.book.get(ref) for id, ref in room.whole.room.prose.items()}
    return {id: text for id, text in found.items() if text}


def _circles(room: Room) -> dict[str, int]:
    """The people of each circle in which stories are told; pairs and groups are none."""
    telling = tuple(
        f"{id}-"
        for id, one in consent_desk.harvests(room.whole, room.world.activities).items()
        if "stories_told" in one.counts
    )
    return {
        group.id: len(group.members)
        for group in groups(room.whole, room.world.activities)
        if telling and group.id.startswith(telling)
    }


def _harvests(room: Room) -> list[Harvest]:
    return list(consent_desk.harvests(room.whole, room.world.activities).values())


def _evaluation(room: Room) -> Evaluation | None:
    """What the evaluations found; its texts are among the loose items."""
    found = [one.assessment for one in _harvests(room) if one.assessment is not None]
    if not found:
        return None
    scores = [
        Score(room.world.translate(room.language, rating.statement.id, "", 0), rating.counts)
        for one in found
        for rating in one.ratings
    ]
    change = next((one.one_change for one in reversed(found) if one.one_change), None)
    return Evaluation(
        answers=sum(one.answers for one in found),
        scores=tuple(scores),
        one_change=(room.book.get(change.ref) or "") if change else "",
    )


def _commitments(room: Room) -> tuple[Commitment, ...]:
    """Cards as their owners wrote them; the sections leave out what an owner keeps private."""
    return tuple(
        Commitment(
            id=pledge.what.ref,
            owner=_name(room, pledge.seat),
            what=text,
            by_when=pledge.by,
            partner=_name(room, pledge.partner) if pledge.partner else "",
            needs=(room.book.get(pledge.needs.ref) or "") if pledge.needs else "",
            scope=pledge.scope,
            seat=pledge.seat,
        )
        for one in _harvests(room)
        for pledge in one.pledges
        if (text := room.book.get(pledge.what.ref))
    )


def _name(room: Room, seat: str) -> str:
    return room.name_of(seat) or ""


def _organisation(room: Room, seat: str) -> str:
    ref = room.whole.room.seats[seat].organisation
    return (room.book.get(ref) or "") if ref else ""


def _form(wheres: list[str]) -> Literal["online", "hybrid", "in the room"]:
    inside = [w in ("room", "carried") for w in wheres]
    if not any(inside):
        return "online"
    return "in the room" if all(inside) else "hybrid"


def _confidentiality(word: str) -> Literal["circle", "unattributed", "record"]:
    match word:
        case "unattributed" | "record":
            return word
        case _:
            return "circle"


def _activities(room: Room) -> tuple[ActivityLine, ...]:
    state = room.whole.room
    titles = {
        item.id: (room.book.get(item.words) if item.words else None) or item.title
        for item in state.agenda
    }
    people = sum(1 for s in state.seats.values() if s.role == "participant")
    return tuple(
        ActivityLine(titles.get(id, ""), _minutes(at, state.ended.get(id, state.last)), people)
        for id, at in state.started.items()
    )


def _minutes(start: int, end: int) -> int:
    return max(1, round((end - start) / MINUTE))


def _question(room: Room, ref: str) -> ThemeQuestion:
    """Without words the suggestion was confirmed as it stands; the memo fills it in."""
    text = room.book.get(ref) if ref else None
    return ThemeQuestion(text or "", "edited" if text else "confirmed")


def _card(room: Room, card: Card) -> MemoCard:
    """A card of the board. Somebody's exact words need their consent; the rest travels by its
    scope."""
    note = room.whole.room.notes.get(card.id)
    consent: CardConsent = "none_needed"
    held: Held = ""
    by = ""
    score = room.whole.room.scores.get(card.id)
    scope: Scope = card.scope
    # Only with a yes of the people on it, or with nobody to recognise (LJ4).
    seen = note is not None and bool(note.photo) and note.faces in ("none", "agreed")
    ref = note.words if note else ""
    known = room.whole.room.consents.get(ref)
    if card.kind in consent_desk.QUOTABLE:
        stands = consent_desk.consent_of(room.whole, ref, card.kind, digest(card.text))
        consent, scope, held = stands.state, stands.scope, _held(room, stands)
        by = consent_desk.attribution(
            room.whole, card.author, stands.attribution, room.name_of, room.book.get
        )
    elif known is not None:  # its author has said how far it may travel, or took it back
        scope, consent = known.consent.scope, known.consent.state
    return MemoCard(
        id=card.id,
        kind=card.kind,
        text=card.text,
        author=card.author,
        language=card.language,
        theme=card.theme,
        scope=scope,
        attribution=by,
        consent=consent,
        held=held,
        ticks=len(card.ticks),
        created=card.created,
        group=card.group,
        origin=card.origin,
        votes=score.votes if score else 0,
        runoff=score.runoff if score else 0,
        picture=card.alt if seen else "",
        photo=card.photo if seen else "",
        translation=renderings.translation(card.renderings, card.text, room.language),
    )


def _loose_items(room: Room, found: consent_desk.Items) -> tuple[MemoCard, ...]:
    """Items that are no story and no card, such as what people take home at check-out, or a
    sentence somebody released after a fishbowl."""
    return tuple(
        _loose_item(room, ref, activity, item)
        for ref, (activity, item) in found.items()
        if not item.story
        and item.kind in KINDS
        and room.book.get(ref)
        and (
            consent_desk.consent_of(room.whole, ref, item.kind).state == "given"
            or consent_desk.waits(room.whole, ref, room.world.clock.now())
        )
    )


def _loose_item(room: Room, ref: str, activity: str, item: Item) -> MemoCard:
    stands = consent_desk.consent_of(room.whole, ref, item.kind)
    quoted = item.kind in consent_desk.QUOTABLE
    by = consent_desk.attribution(
        room.whole, item.seat, stands.attribution, room.name_of, room.book.get
    )
    return MemoCard(
        id=ref,
        kind=KINDS[item.kind],
        text=room.book.get(ref) or "",
        author=item.seat,
        language=_language(room, ref),
        scope=stands.scope if quoted else _scope(room, activity, stands),
        attribution=by if quoted else "",
        consent=stands.state if quoted else "none_needed",
        held=_held(room, stands) if quoted else "",
        theme=room.whole.room.placed.get(ref, ""),
        ticks=len(room.whole.room.ticks.get(ref, ())),
        origin=item.origin,
        status="answered" if item.answered else "open",
    )


def _held(room: Room, stands: Consent) -> Held:
    """Once the time of the check has passed, silence leaves out (A18)."""
    return "silent" if stands.state == "pending" and room.whole.room.memo.over else ""


def _scope(room: Room, activity: str, stands: Consent) -> Scope:
    """What is said where it stays in the room (a check-out: `methods.md A4`, Capture) stays; the
    rest travels as its author, or the room, has it."""
    here = room.whole.running.get(activity)
    stays = here is not None and room.world.activities[here.kind].stays
    return "room" if stays else stands.scope


def _language(room: Room, ref: str) -> str:
    kept = room.whole.room.words.get(ref)
    return kept.language if kept else ""


def _part(room: Room, item: Item) -> StoryPart | None:
    text = room.book.get(item.words.ref)
    if text is None:
        return None
    stands = consent_desk.consent_of(room.whole, item.words.ref, item.kind)
    return StoryPart(
        id=item.words.ref,
        text=text,
        consent=stands,
        held=_held(room, stands),
        language=_language(room, item.words.ref),
        by=consent_desk.attribution(
            room.whole, item.seat, stands.attribution, room.name_of, room.book.get
        ),
    )


def _stories(room: Room, found: consent_desk.Items) -> tuple[StoryItem, ...]:
    told: list[StoryItem] = []
    for (activity, story), parts in consent_desk.stories(found).items():
        by_kind: dict[str, list[StoryPart]] = {}
        for item in parts:
            if (part := _part(room, item)) is not None:
                by_kind.setdefault(item.kind, []).append(part)
        told.append(
            StoryItem(
                seat=parts[0].seat,
                circle=f"{activity}-{parts[0].group}",
                title=next(iter(by_kind.get("story_title", [])), None),
                key_moments=tuple(by_kind.get("key_moment", [])),
                quote=next(iter(by_kind.get("quote", [])), None),
                id=digest(f"{room.id}/{activity}/{story}")[:12],
            )
        )
    return tuple(told)
