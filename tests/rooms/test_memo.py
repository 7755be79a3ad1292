"""The draft of the memo: G8, G10, ME1 to ME6, and the rules of methods.md 3.1."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from rooms.memo import (
    WORDS_MAX,
    Consent,
    MemoCard,
    MemoSource,
    PersonLine,
    ProseText,
    StoryItem,
    StoryPart,
    ThemeQuestion,
    draft,
)
from rooms.memo_chat import plain_text
from rooms.memo_export import to_json
from rooms.memo_tree import EDITIONS, Ask, Bullets, Line, Memo, Notice, Quote, lines_of
from tests.rooms.memo_sample import SAMPLE
from tests.rooms.memo_strategies import SEATS, sources, token

replace = msgspec.structs.replace


def printed(memo: Memo) -> str:
    """All that leaves the room, in the two formats that hide nothing."""
    return plain_text(memo.shared()) + to_json(memo).decode()


def all_lines(memo: Memo) -> list[Line]:
    lines = [memo.head.title, *(fact.line for fact in memo.head.facts)]
    for section in memo.sections:
        for block in section.blocks:
            lines += lines_of(block)
    return lines


def heard(*cards: MemoCard, **rest: Any) -> MemoSource:
    return MemoSource("An evening", 0, 0, cards=cards, **rest)


def insight(id: str, text: str, author: str, theme: str = "t", **rest: Any) -> MemoCard:
    return MemoCard(id, "insight", text, author, theme=theme, **rest)


def quote(id: str, text: str, author: str, theme: str = "t", **rest: Any) -> MemoCard:
    fields: dict[str, Any] = {"scope": "memo", "consent": "given", **rest}
    return MemoCard(id, "quote", text, author, theme=theme, **fields)


THEME = MemoCard("t", "theme", "The river")
CARRIED = (THEME, insight("a", "One thing", "s1"), insight("b", "Another thing", "s2"))


@given(sources())
def test_G8_only_released_words_of_this_scope_are_printed(source: MemoSource) -> None:
    for edition in EDITIONS:
        text = printed(draft(source, edition))
        scopes = ("public",) if edition == "public" else ("memo", "public")
        for story in source.stories:
            for part in story.parts:
                free = part.consent.state == "given" and part.consent.scope in scopes
                assert free or token("part", part.id) not in text
                assert free or not part.by or part.by not in text
        for card in source.cards:
            owned = card.kind in ("quote", "story_title", "key_moment")
            states = ("given",) if owned else ("given", "none_needed")
            free = card.consent in states and card.scope in scopes
            assert free or token("card", card.id) not in text
            assert free or not card.attribution or card.attribution not in text


@given(sources())
def test_G8_a_withdrawal_is_gone_from_the_next_draft(source: MemoSource) -> None:
    none = Consent("memo", "none", "withdrawn")

    def taken(part: StoryPart | None) -> StoryPart | None:
        return replace(part, consent=none) if part else None

    source = replace(
        source,
        stories=tuple(
            replace(
                story,
                title=taken(story.title),
                quote=taken(story.quote),
                key_moments=tuple(replace(part, consent=none) for part in story.key_moments),
            )
            for story in source.stories
        ),
        cards=tuple(replace(card, consent="withdrawn") for card in source.cards),
    )
    for edition in EDITIONS:
        text = printed(draft(source, edition))
        assert "zzpart" not in text
        assert "zzcard" not in text


@given(sources())
def test_G10_no_seat_no_mood_and_no_hidden_name_is_printed(source: MemoSource) -> None:
    for edition in EDITIONS:
        text = printed(draft(source, edition))
        assert "zzmoodzz" not in text
        for seat in SEATS:
            assert f'"{seat}"' not in text
        nameless = edition == "public" and source.confidentiality == "unattributed"
        for person in source.people:
            assert (person.shown and not nameless) or person.name not in text
            assert (person.shown and not nameless) or person.organisation not in text


@given(sources())
def test_ME1_every_line_by_a_person_traces_to_a_known_id(source: MemoSource) -> None:
    known = {card.id for card in source.cards}
    known |= {part.id for story in source.stories for part in story.parts}
    known |= {f"prose:{id}" for id in source.prose}
    known |= {f"question:{id}" for id in source.questions}
    known |= {item.id for item in source.commitments} | {"evaluation"}
    for edition in EDITIONS:
        for line in all_lines(draft(source, edition)):
            assert set(line.source) <= known
            if line.by in ("people", "facilitator"):
                assert line.source


@given(sources())
def test_machine_text_comes_only_from_the_catalogue(source: MemoSource) -> None:
    memo = draft(source, "participants", lambda text, args: f"⟦{text.format_map(args)}⟧")
    for line in all_lines(memo):
        if line.by == "machine":
            assert line.text.startswith("⟦")
            assert line.text.endswith(("⟧", "…"))


@given(sources())
def test_every_card_and_part_is_in_the_ledger_once(source: MemoSource) -> None:
    ids = [card.id for card in source.cards]
    ids += [part.id for story in source.stories for part in story.parts]
    for edition in EDITIONS:
        memo = draft(source, edition)
        assert [entry.id for entry in memo.ledger] == sorted(ids)
        in_tree = {id for line in all_lines(memo) for id in line.source}
        for entry in memo.ledger:
            assert bool(entry.place) or bool(entry.reason)
            if entry.id in in_tree and not entry.id.startswith("theme"):
                assert entry.place
            if entry.place and not entry.reason:
                assert entry.id in in_tree or entry.id.startswith("theme")


@given(sources())
def test_ME3_prose_is_printed_at_its_place_or_named_as_missing(source: MemoSource) -> None:
    for edition in EDITIONS:
        memo = draft(source, edition)
        text = printed(memo)
        named = {item.place for item in memo.missing if item.kind.startswith("prose_")}
        for place, written in source.prose.items():
            assert (written.text in text) != (place in named)


@given(sources())
def test_ME4_every_theme_ends_with_one_question(source: MemoSource) -> None:
    for edition in EDITIONS:
        memo = draft(source, edition)
        for section in memo.sections:
            if section.id.startswith("theme:"):
                asks = [block for block in section.blocks if isinstance(block, Ask)]
                assert len(asks) == 1
                assert section.blocks[-1] is asks[0]
                assert asks[0].line.text
                confirmed = asks[0].state in ("edited", "confirmed")
                lacking = any(
                    item.place == section.id and item.kind.startswith("question")
                    for item in memo.missing
                )
                assert confirmed != lacking


@given(sources())
def test_ME5_equal_boards_give_equal_memos_whatever_order_they_are_read_in(
    source: MemoSource,
) -> None:
    dice = random.Random(7)
    cards, stories, people = list(source.cards), list(source.stories), list(source.people)
    for pile in (cards, stories, people):
        dice.shuffle(pile)
    again = replace(source, cards=tuple(cards), stories=tuple(stories), people=tuple(people))
    for edition in EDITIONS:
        first, second = draft(source, edition), draft(again, edition)
        assert to_json(first) == to_json(second)
        assert first.ledger == second.ledger


@given(sources())
def test_ME5_only_the_date_line_knows_when_it_was_printed(source: MemoSource) -> None:
    later = replace(source, printed_at=source.printed_at + 86_400_000)
    first, second = draft(source, "participants"), draft(later, "participants")
    assert first.date_line != second.date_line
    same = replace(second, date_line=first.date_line, printed_at=first.printed_at)
    assert same == first


@given(sources())
def test_ME6_pending_words_keep_it_from_being_sent_and_show_no_text(source: MemoSource) -> None:
    for edition in EDITIONS:
        memo = draft(source, edition)
        waiting = sum(
            card.kind in ("quote", "story_title", "key_moment") and card.consent == "pending"
            for card in source.cards
        ) + sum(part.consent.state == "pending" for s in source.stories for part in s.parts)
        named = [item for item in memo.missing if item.kind == "consent"]
        assert sum(item.count for item in named) == waiting == memo.counts.quotes_waiting
        assert not (waiting and memo.ready)
        # A heading may be a released title; what waits is never shown.
        shown = repr(memo.missing)
        for card in source.cards:
            assert card.consent != "pending" or token("card", card.id) not in shown
        for story in source.stories:
            for part in story.parts:
                assert part.consent.state == "given" or token("part", part.id) not in shown


@given(sources())
def test_shared_memo_carries_no_ledger_and_no_missing_list(source: MemoSource) -> None:
    shared = draft(source, "participants").shared()
    assert shared.ledger == ()
    assert shared.missing == ()
    assert shared.counts.quotes_waiting == 0


def test_ready_when_nothing_that_blocks_is_missing() -> None:
    source = heard(*CARRIED, questions={"t": ThemeQuestion("Where?", "confirmed")})
    assert draft(source, "participants").ready
    asked = replace(source, questions={"t": ThemeQuestion("Where?", "suggested")})
    assert not draft(asked, "participants").ready
    assert not draft(heard(*CARRIED), "participants").ready


def test_rule_d_a_theme_needs_two_notes_from_two_people() -> None:
    for cards in (
        (THEME, insight("a", "One thing", "s1")),
        (THEME, insight("a", "One thing", "s1"), insight("b", "Another thing", "s1")),
        (THEME, insight("a", "One thing", "s1"), insight("b", "Another thing", "")),
        (THEME, insight("a", "One", "s1"), insight("b", "Other", "s2", scope="room")),
    ):
        memo = draft(heard(*cards), "participants")
        assert memo.counts.themes == 0
        text = plain_text(memo)
        assert text.index("Single voices") < text.index("• One")
    assert draft(heard(*CARRIED), "participants").counts.themes == 1


def test_rule_c_several_of_us_needs_two_notes_by_two_people() -> None:
    once = draft(heard(*CARRIED), "participants")
    assert "several of us" not in plain_text(once)
    twice = draft(heard(*CARRIED, insight("c", "one  THING", "s3")), "participants")
    assert "• One thing (several of us)" in plain_text(twice)
    same = draft(heard(*CARRIED, insight("c", "One thing", "s1")), "participants")
    assert "several of us" not in plain_text(same)


def test_LJ4_of_a_photo_the_memo_says_what_is_on_it_once_and_never_words_nobody_released() -> None:
    wall = insight("c", "The wall", "s3", picture="A gauge on a wall")
    assert "• The wall (with a picture: A gauge on a wall)" in plain_text(
        draft(heard(*CARRIED, wall), "participants")
    )
    alone = insight("c", "A gauge on a wall", "s3", picture="A gauge on a wall")
    text = plain_text(draft(heard(*CARRIED, alone), "participants"))
    assert "• A gauge on a wall (with a picture)" in text
    secret = quote("q", "Nobody asked us to leave the river", "s1", consent="withdrawn")
    echo = insight("c", "The wall", "s3", picture="She said: nobody asked us to leave the river")
    text = plain_text(draft(heard(*CARRIED, secret, echo), "participants"))
    assert "nobody asked us" not in text
    private = insight("c", "The wall", "s3", picture="A gauge on a wall", scope="circle")
    assert "gauge" not in plain_text(draft(heard(*CARRIED, private), "participants"))


def test_rule_b_two_quotes_a_theme_and_three_a_person() -> None:
    themes = [MemoCard(f"t{n}", "theme", f"Theme {n}", votes=9 - n) for n in range(4)]
    notes = [insight(f"n{n}{seat}", f"Note {n} {seat}", seat, f"t{n}")
             for n in range(4) for seat in ("s1", "s2")]  # fmt: skip
    quotes = [
        quote(f"q{n}{k}", f"Quote {n} {k}", "s1", f"t{n}") for n in range(4) for k in range(3)
    ]
    memo = draft(heard(*themes, *notes, *quotes), "participants")
    each = [sum(isinstance(block, Quote) for block in section.blocks) for section in memo.sections]
    assert max(each) == 2
    assert sum(each) == 3
    assert memo.counts.quotes_cleared == 3


def test_rule_b_the_second_quote_comes_from_another_circle() -> None:
    quotes = (
        quote("q1", "From one", "s1", ticks=9, group="c1"),
        quote("q2", "Also from one", "s2", ticks=8, group="c1"),
        quote("q3", "From two", "s3", group="c2"),
    )
    text = plain_text(draft(heard(*CARRIED, *quotes), "participants"))
    assert "From one" in text
    assert "From two" in text
    assert "Also from one" not in text


def test_rule_h_themes_by_votes_then_ticks_then_time_then_id() -> None:
    def theme(id: str, **rest: Any) -> list[MemoCard]:
        return [
            MemoCard(id, "theme", f"Theme {id}", **rest),
            insight(f"{id}1", f"{id} one", "s1", id),
            insight(f"{id}2", f"{id} two", "s2", id),
        ]

    cards = [*theme("a"), *theme("b", created=-1), *theme("c", ticks=1), *theme("d", votes=1)]
    sections = draft(heard(*cards), "participants").sections
    order = [section.id for section in sections if section.id.startswith("theme:")]
    assert order == ["theme:d", "theme:c", "theme:b", "theme:a"]


def test_rule_g_reactions_are_cut_before_stories_and_never_prose_or_questions() -> None:
    words = " ".join(["word"] * 60)
    themes: list[MemoCard] = []
    for n in range(6):
        themes += [
            MemoCard(f"t{n}", "theme", f"Theme {n}"),
            *(insight(f"i{n}{k}", f"{n} {k} {words}", f"s{k}", f"t{n}", origin="reaction")
              for k in range(6)),
        ]  # fmt: skip
    given_ = Consent("memo", "none", "given")
    stories = tuple(
        StoryItem(f"s{n}", "c1", StoryPart(f"w{n}", f"Title {n}", given_),
                  (StoryPart(f"m{n}", f"Moment {n} {words}", given_),), id=f"st{n}")
        for n in range(3)
    )  # fmt: skip
    source = heard(*themes, stories=stories, prose={"story:st2": ProseText("Written by hand.")})
    memo = draft(source, "participants")
    text = plain_text(memo)
    assert memo.counts.words <= WORDS_MAX
    assert "Moment 0" in text
    assert "Written by hand." in text
    assert text.count("A question to you") == 6
    assert {entry.reason for entry in memo.ledger} >= {"cut"}
    more = tuple(
        replace(stories[0], id=f"x{n}", title=StoryPart(f"y{n}", f"Title y{n}", given_),
                key_moments=(StoryPart(f"z{n}", f"Moment z{n} {words}", given_),))
        for n in range(60)
    )  # fmt: skip
    long = plain_text(draft(replace(source, stories=(*stories, *more)), "participants"))
    assert "Reactions and differences" not in long
    assert "Title y59" in long
    assert "Moment z59" not in long
    assert "Written by hand." in long


def test_rule_g_a_section_with_nothing_says_so_in_one_line() -> None:
    memo = draft(MemoSource("An evening", 0, 0), "participants")
    empty = {
        section.id
        for section in memo.sections
        for block in section.blocks
        if isinstance(block, Notice) and block.kind == "empty"
    }
    assert empty == {"why", "did", "stories", "themes", "open", "commitments", "evaluation",
                     "people", "next"}  # fmt: skip


def test_rule_i_the_shareable_copy_of_an_unattributed_session_names_nobody() -> None:
    source = replace(SAMPLE, confidentiality="unattributed")
    text = printed(draft(source, "public"))
    for person in source.people:
        assert person.name not in text
        assert person.organisation not in text
    assert "Nobody fetches water from the road." in text
    assert "a water committee member" not in text
    assert "Wanjiru Kamau" in printed(draft(SAMPLE, "public"))


def test_prose_not_read_for_the_shareable_copy_is_left_out_and_named() -> None:
    source = heard(*CARRIED, prose={"why": ProseText("Among ourselves.")})
    assert "Among ourselves." in printed(draft(source, "participants"))
    public = draft(source, "public")
    assert "Among ourselves." not in printed(public)
    assert [(item.kind, item.place) for item in public.missing] == [("prose_public", "why")]


@pytest.mark.parametrize("where", ["prose", "question", "insight", "change"])
def test_G8_unreleased_words_do_not_come_in_by_another_door(where: str) -> None:
    secret = "I was ashamed of our own office that day."
    retold = "One of us said: “I was ashamed, of our own office that day!”"
    part = StoryPart("w", secret, Consent("memo", "none", "refused"))
    source = heard(*CARRIED, stories=(StoryItem("s1", "c1", quote=part, id="st"),))
    match where:
        case "prose":
            source = replace(source, prose={"why": ProseText(retold)})
        case "question":
            source = replace(source, questions={"t": ThemeQuestion(retold, "confirmed")})
        case "insight":
            source = replace(source, cards=(*source.cards, insight("c", retold, "s3")))
        case _:
            source = replace(source, cards=(*source.cards, MemoCard("c", "delta", retold)))
    memo = draft(source, "participants")
    assert "ashamed" not in printed(memo)
    if where in ("prose", "question"):
        assert any(item.kind == "prose_holds_words" for item in memo.missing)
        assert not memo.ready


def test_a_name_never_stands_over_words_given_without_it() -> None:
    given_ = Consent("memo", "none", "given")
    story = StoryItem(
        "s1", "c1",
        title=StoryPart("w1", "A title without a name", given_),
        key_moments=(StoryPart("w2", "A moment without a name", given_),),
        quote=StoryPart("w3", "A quote with a name", given_, by="Amina"),
        id="st",
    )  # fmt: skip
    memo = draft(heard(stories=(story,)), "participants")
    text = plain_text(memo)
    assert text.index("In their own words") < text.index("A quote with a name")
    assert text.index("A moment without a name") < text.index("In their own words")
    assert text.count("Amina") == 1


def test_key_moments_of_a_small_circle_are_counted_in_a_merged_one() -> None:
    source = heard(stories_told=6, circles=3, groups={"a": 3, "b": 6, "c": 7})
    assert "Stories told: 6, in 2 circles." in plain_text(draft(source, "participants"))
    alone = heard(stories_told=2, circles=1, groups={"a": 3})
    assert "Stories told: 2." in plain_text(draft(alone, "participants"))


def test_placeholders_stand_only_in_a_draft() -> None:
    assert "Facilitator: write" in plain_text(draft(SAMPLE, "participants"))
    sent = draft(replace(SAMPLE, state="sent"), "participants")
    assert "Facilitator: write" not in plain_text(sent)


def test_ME4_a_suggestion_confirmed_as_it_stands_is_the_question() -> None:
    memo = draft(heard(*CARRIED, questions={"t": ThemeQuestion("", "confirmed")}), "participants")
    assert memo.ready
    assert "→ Since we met, where did you meet “The river”?" in plain_text(memo)


def test_an_origin_is_a_word_never_an_id() -> None:
    cards = (
        insight("a", "One thing", "s1", origin="pairs"),
        insight("b", "Two", "s2", origin="a3"),
    )
    text = plain_text(draft(heard(*cards), "participants"))
    assert "• One thing (from the pairs)" in text
    assert "a3" not in text


def test_moods_are_counts_of_the_fixed_answers_in_the_participants_copy_only() -> None:
    assert "sun 6, some cloud 4, rain 2" in plain_text(draft(SAMPLE, "participants"))
    assert "sun 6" not in plain_text(draft(SAMPLE, "public"))
    assert "tired but glad" not in plain_text(draft(SAMPLE, "participants"))
    spelled = replace(SAMPLE, moods={"part_cloud": 5, "word": 9})
    assert "At the check-in: some cloud 5" in plain_text(draft(spelled, "participants"))
    arabic = plain_text(draft(replace(SAMPLE, language="ar"), "participants"))
    assert "sun 6، some cloud 4، rain 2" in arabic
    few = replace(SAMPLE, moods={"storm": 1, "sun": 2})
    assert "storm" not in plain_text(draft(few, "participants"))


def test_a_quote_too_long_to_print_is_left_out_whole() -> None:
    memo = draft(heard(*CARRIED, quote("q", "very " * 500, "s1")), "participants")
    assert "very" not in printed(memo)
    assert [item.kind for item in memo.missing if item.owner] == ["too_long"]


@settings(max_examples=10)
@given(sources())
def test_long_texts_are_bounded(source: MemoSource) -> None:
    long = "word " * 20_000
    cards = tuple(replace(card, text=card.text + long) for card in source.cards)
    memo = draft(replace(source, cards=cards, title="x" * 100_000), "participants")
    for line in all_lines(memo):
        assert len(line.text) <= 20_000
        assert line.by != "people" or len(line.text) <= 600
    assert not any(isinstance(block, Quote) and "…" in block.line.text
                   for section in memo.sections for block in section.blocks)  # fmt: skip
    assert all(
        len(block.items) <= 60
        for section in memo.sections
        for block in section.blocks
        if isinstance(block, Bullets)
    )


def test_organisations_are_counted_where_somebody_named_one() -> None:
    alone = replace(SAMPLE, people=(PersonLine("Amina"), PersonLine("Kofi")))
    text = plain_text(draft(alone, "participants"))
    assert "People: 2." in text
    assert "Organisations" not in text
    home = replace(alone, people=(*alone.people, PersonLine("Rosa", "Comité del Agua")))
    assert "People: 3. Organisations: 1." in plain_text(draft(home, "participants"))
