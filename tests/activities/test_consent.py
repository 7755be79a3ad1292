"""Consent as a value: 1.8 and G8."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import consent
from activities.consent import SCOPES, Consent
from activities.kernel import Choice, Refused

CHOICES: tuple[Choice, ...] = get_args(Choice)


@pytest.mark.parametrize("kind", ["quote", "story_title", "key_moment"])
def test_g8_own_words_wait_in_the_circle_until_their_owner_answers(kind: str) -> None:
    default = consent.default(kind, "public")
    assert (default.scope, default.state) == ("circle", "pending")
    assert not consent.exportable(kind, default, "participants")


@pytest.mark.parametrize("kind", ["insight", "question", "practice", "theme", "plus", "delta"])
def test_unattributed_notes_have_the_sessions_default(kind: str) -> None:
    assert consent.exportable(kind, consent.default(kind), "participants")
    assert not consent.exportable(kind, consent.default(kind), "public")
    assert consent.exportable(kind, consent.default(kind, "public"), "public")


def test_moods_are_for_the_room_and_reach_no_export() -> None:
    assert consent.default("mood").scope == "room"
    anywhere = Consent("public", "name_org", "given")
    for kind in ("mood", "message", "help"):
        assert not consent.exportable(kind, anywhere, "participants")
        assert not consent.exportable(kind, anywhere, "public")


def test_commitments_are_for_the_participants() -> None:
    assert consent.default("commitment").scope == "memo"


@pytest.mark.parametrize(
    ("choice", "participants", "public", "attribution"),
    [
        ("keep", False, False, "none"),
        ("lesson", False, False, "none"),
        ("unnamed", True, True, "none"),
        ("first_name", True, True, "first_name"),
        ("name_org", True, True, "name_org"),
    ],
)
def test_the_release_card(
    choice: Choice, participants: bool, public: bool, attribution: str
) -> None:
    inside, outside = consent.of_choice(choice), consent.of_choice(choice, outside=True)
    assert consent.exportable("quote", inside, "participants") is participants
    assert not consent.exportable("quote", inside, "public")  # default of the second question: no
    assert consent.exportable("quote", outside, "public") is public
    assert inside.attribution == attribution
    assert consent.lesson_open(inside) is (choice == "lesson")


@pytest.mark.parametrize("kind", sorted(consent.OWN_WORDS))
def test_editing_released_words_asks_again(kind: str) -> None:
    released = consent.of_choice("first_name")
    assert consent.edited(kind, released).state == "pending"
    assert consent.edited("insight", released) == released
    assert consent.edited(kind, consent.of_choice("keep")).state == "refused"


def test_a_withdrawal_is_gone_from_the_next_export_and_may_be_taken_back() -> None:
    gone = consent.withdraw(consent.of_choice("unnamed"))
    assert not consent.exportable("quote", gone, "participants")
    with pytest.raises(Refused, match="not_allowed"):
        consent.widen(gone, "public")
    assert consent.release(gone, "memo").state == "given"


def test_widen_only_widens_and_narrow_only_narrows() -> None:
    given_ = consent.of_choice("unnamed")
    assert consent.widen(given_, "public").scope == "public"
    assert consent.narrow(given_, "room").scope == "room"
    with pytest.raises(Refused, match="bad_request"):
        consent.widen(given_, "room")
    with pytest.raises(Refused, match="bad_request"):
        consent.narrow(given_, "public")


def test_refusing_brings_words_back_to_the_circle() -> None:
    assert consent.refuse(consent.of_choice("name_org", outside=True)).scope == "circle"


consents = st.sampled_from([consent.of_choice(c, o) for c in CHOICES for o in (True, False)])


@given(
    consents | st.just(consent.default("quote")),
    st.lists(
        st.tuples(
            st.sampled_from(("release", "refuse", "widen", "narrow", "withdraw", "edited")),
            st.sampled_from(SCOPES),
        ),
        max_size=12,
    ),
)
def test_g8_only_what_was_given_and_wide_enough_is_exported(
    start: Consent, history: list[tuple[str, consent.Scope]]
) -> None:
    value, yes = start, start.state == "given"
    for verb, scope in history:
        try:
            match verb:
                case "edited":
                    value = consent.edited("quote", value)
                    yes = False
                case "release":
                    value, yes = consent.release(value, scope), True
                case "widen":
                    value = consent.widen(value, scope)
                case "narrow":
                    value = consent.narrow(value, scope)
                case "refuse":
                    value, yes = consent.refuse(value), False
                case _:
                    value, yes = consent.withdraw(value), False
        except Refused:
            continue
    for edition, needed in consent.EDITION_SCOPE.items():
        if consent.exportable("quote", value, edition):
            assert yes
            assert SCOPES.index(value.scope) >= SCOPES.index(needed)
