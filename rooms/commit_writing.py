"""A commit as it is written: what a draft decided, and whose the texts are that came with it."""

from collections.abc import Mapping

from rooms.commits import Commit, WordsKept
from rooms.rendering_events import RenderingMade
from rooms.whole import Draft
from rooms.words import digest
from rooms.words_events import WordsReworded, WordsWritten


def written(
    draft: Draft,
    texts: Mapping[str, str],
    *,
    seq: int,
    activity: str,
    language: str,
    seat: str = "",
    entered_by: str = "",
    request: str = "",
    mark: str = "",
) -> Commit:
    """The commit number `seq` of this draft. `texts` are what was minted for it, by reference;
    `activity` is the one that ran before, `language` the room's. What is unnamed keeps nothing of
    its sender but the `mark` of its request (NML4)."""
    if draft.unnamed:
        request, seat, entered_by = mark, "", ""
    speaker = draft.room.seats.get(seat)
    keys = frozenset(draft.room.keys.values())
    languages = {e.words: e.language for e in draft.events if isinstance(e, RenderingMade)}
    owners = _said_by(draft, seat, entered_by)
    kept = tuple(
        WordsKept(
            # A key is nobody's words: hiding a person keeps it.
            ref=ref,
            seat="" if ref in keys else owners.get(ref, (seat, entered_by))[0],
            entered_by=owners.get(ref, (seat, entered_by))[1],
            language=languages[ref]
            if ref in languages
            else old.language
            if (old := draft.room.words.get(ref)) is not None
            else speaker.language
            if speaker
            else language,
            activity=activity,
            digest=digest(text),
            at=draft.now,
        )
        for ref, text in texts.items()
    )
    return Commit(
        seq=seq,
        at=draft.now,
        events=tuple(draft.events),
        seat=seat,
        entered_by=entered_by,
        request=request,
        words=kept,
    )


def _said_by(draft: Draft, seat: str, entered_by: str) -> dict[str, tuple[str, str]]:
    """Whose texts of a commit are not its sender's, and who typed them: what somebody wrote down
    for another, and what took the place of an older text."""
    found: dict[str, tuple[str, str]] = {}
    for event in draft.events:
        if isinstance(event, WordsWritten):
            found[event.words] = (event.seat, entered_by or (seat if seat != event.seat else ""))
        elif isinstance(event, WordsReworded) and (old := draft.room.words.get(event.words)):
            found[event.words] = (old.seat or seat, entered_by)
    return found
