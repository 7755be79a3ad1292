"""Which texts a commit lets go of, told by the commit and what it led to alone.

Whoever takes a commit in forgets the same texts: the process that wrote it erases them from the
storage, another one need only not show them any more.
"""

from collections.abc import Iterator

import msgspec

from activities.kernel import WordsErased
from rooms import board_events, commits, memo_events, rendering_events, safety, words_events
from rooms.commits import Commit, RoomEvent
from rooms.whole import Activities, Whole


class Gone(msgspec.Struct, frozen=True):
    """Texts by reference; `boxes` are the seats that typed them or were asked about them, whose
    private drafts may hold them too. Without a reference: the text one had before it was
    reworded."""

    refs: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()


def gone(commit: Commit, whole: Whole, activities: Activities) -> tuple[Gone, ...]:
    """What this commit lets go of. `whole` is what came of it."""
    return tuple(one for event in commit.events for one in _gone(event, commit, whole, activities))


def _gone(event: RoomEvent, commit: Commit, whole: Whole, activities: Activities) -> Iterator[Gone]:
    match event:
        case commits.ProseSet(words=ref):
            # Once written it lives in the document alone, where people go on with it.
            yield Gone((ref,))
        case (
            commits.QuestionSet(before=ref)
            | commits.NoteReworded(before=ref)
            | commits.NoteDeleted(words=ref)
            | commits.KeyDropped(words=ref)
            | board_events.SectionNamed(before=ref)
        ) if ref:
            yield Gone((ref,))
        case commits.MemoSent(before=refs) if refs:
            # What facilitators had written in the version before.
            yield Gone(refs)
        case memo_events.CommentTakenBack():
            yield Gone((event.words,), (commit.seat,) if commit.seat else ())
        case rendering_events.RenderingMade() | rendering_events.RenderingGone():
            if ref := rendering_events.erased(event):
                yield Gone((ref,))
        case words_events.WordsReworded():
            yield Gone()
        case safety.SeatErased():
            yield Gone(event.hidden.words)
        case words_events.WordsForgotten():
            yield Gone(event.words, event.seats)
        case words_events.SeatForgotten():
            yield Gone(event.words, event.scribes)
        case words_events.BoardForgotten():
            yield Gone(event.words)
        case commits.ActivityEvent():
            activity = activities[whole.running[event.activity].kind]
            inner = commits.decode_event(event.event, activity.event_union())
            if isinstance(inner, WordsErased):
                refs = tuple(words.ref for words in inner.words)
                yield Gone(refs, (commit.seat,) if commit.seat else ())
        case _:
            pass
