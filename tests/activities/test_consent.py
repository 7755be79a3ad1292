"""Consent as a value: 1.8 and G8."""

import pytest
from msgspec.structs import replace

from activities import consent
from activities.consent import SCOPES, Attribution, Consent, ConsentState, Scope
from activities.kernel import Choice, Refused


@pytest.mark.parametrize("kind", sorted(consent.OWN_WORDS))
def test_g8_own_words_wait_in_the_circle_until_their_owner_answers(kind: str) -> None:
    assert consent.default(kind, "public") == Consent("circle", state="pending")


@pytest.mark.parametrize("kind", ["insight", "question", "practice", "theme", "plus", "delta"])
def test_unattributed_notes_have_the_sessions_default(kind: str) -> None:
    assert consent.default(kind) == Consent("memo", state="given")
    assert consent.default(kind, "public") == Consent("public", state="given")


def test_moods_are_for_the_room_and_commitments_for_the_participants() -> None:
    for kind in sorted(consent.NEVER):
        assert consent.default(kind, "public") == Consent("room", state="given")
    assert consent.default("commitment", "public") == Consent("memo", "first_name", "given")


@pytest.mark.parametrize(
    ("choice", "scope", "attribution", "state"),
    [
        ("keep", "circle", "none", "refused"),
        ("lesson", "memo", "none", "refused"),
        ("unnamed", "memo", "none", "given"),
        ("first_name", "memo", "first_name", "given"),
        ("name_org", "memo", "name_org", "given"),
    ],
)
def test_the_release_card(
    choice: Choice, scope: Scope, attribution: Attribution, state: ConsentState
) -> None:
    inside = consent.of_choice(choice)  # default of the second question: no
    assert inside == Consent(scope, attribution, state)
    outside = consent.of_choice(choice, outside=True)
    assert outside == replace(inside, scope="circle" if choice == "keep" else "public")


@pytest.mark.parametrize("kind", sorted(consent.OWN_WORDS))
def test_editing_released_words_asks_again(kind: str) -> None:
    released = consent.of_choice("first_name")
    assert consent.edited(kind, released).state == "pending"
    assert consent.edited("insight", released) == released
    for state in ("pending", "refused", "withdrawn"):  # an edit is no answer
        held = Consent("memo", "none", state)
        assert consent.edited(kind, held) == held


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("to", SCOPES)
def test_widen_only_widens_and_narrow_only_narrows(scope: Scope, to: Scope) -> None:
    stands = Consent(scope, "first_name", "given")
    for change, fits in (
        (consent.widen, SCOPES.index(to) >= SCOPES.index(scope)),
        (consent.narrow, SCOPES.index(to) <= SCOPES.index(scope)),
    ):
        if fits:
            assert change(stands, to) == Consent(to, "first_name", "given")
        else:
            with pytest.raises(Refused, match="bad_request"):
                change(stands, to)


@pytest.mark.parametrize("state", ["pending", "refused", "withdrawn"])
def test_g8_what_is_not_given_is_neither_widened_nor_narrowed(state: ConsentState) -> None:
    stands = Consent("memo", "none", state)
    with pytest.raises(Refused, match="not_allowed"):
        consent.widen(stands, "public")
    with pytest.raises(Refused, match="not_allowed"):
        consent.narrow(stands, "circle")
