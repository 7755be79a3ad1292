"""Stories and release cards on a screen, as far as their tellers give them now."""

from msgspec.structs import replace

from activities.blocks import AnyBlock, Release, Stories, Story, View, Who, Words
from rooms.room_state import RoomState


def as_consented(view: View, state: RoomState) -> View:
    """Released stories as their tellers answered last: an activity knows the answer on its own
    card only, and a later one from *my words* holds on every screen (WRD3). The teller's own card
    begins empty where its words were deleted."""
    if not any(isinstance(block, Stories | Release) for block in view.blocks):
        return view
    blocks: list[AnyBlock] = []
    for block in view.blocks:
        if isinstance(block, Stories):
            left = tuple(s for one in block.stories if (s := _story(one, state)) is not None)
            if left:
                blocks.append(replace(block, stories=left))
        elif isinstance(block, Release):
            blocks.append(_release(block, state))
        else:
            blocks.append(block)
    return replace(view, blocks=tuple(blocks))


def _release(card: Release, state: RoomState) -> Release:
    def there(words: Words | None) -> Words | None:
        return words if words is not None and words.ref in state.words else None

    return replace(
        card,
        title=there(card.title),
        given=tuple(words for words in card.given if there(words)),
        drafted=tuple(words for words in card.drafted if there(words)),
        quote=there(card.quote),
    )


def _story(story: Story, state: RoomState) -> Story | None:
    """What is still given of a story, under the least name given with any of it."""

    def given(words: Words | None) -> Words | None:
        known = state.consents.get(words.ref) if words else None
        return words if known is not None and known.consent.state == "given" else None

    title, quote = given(story.title), given(story.quote)
    moments = tuple(words for words in story.moments if given(words))
    shown = [words for words in (title, *moments, quote) if words]
    if not shown:
        return None
    names = {state.consents[words.ref].consent.attribution for words in shown}
    return replace(
        story,
        title=title,
        moments=moments,
        quote=quote,
        who=Who(story.who.seat, first="first_name" in names)
        if story.who and names <= {"first_name", "name_org"}
        else None,
        organisation=story.organisation and names == {"name_org"},
    )
