"""Where a room talks: which templates pass, and what comes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.kernel import Refused
from rooms.call import CALL_LIMIT, EVERYONE, checked, labelled, link
from rooms.doors import Doors

SCHEMES = ("https:", "tel:", "sip:")
DOORS = Doors(b"a secret of the tests, 32 bytes.")


def name(group: str, digits: bool) -> str:
    return DOORS.meeting("room", group, digits)


@pytest.mark.parametrize(
    "template",
    [
        "https://meet.example.org/{room}-{group}",
        "https://meet.example.org:8443/j/{group}?pwd=a1#x",
        "  https://example.org/one-link-for-all ",
        "tel:+679555123,,{group}#",
        "tel:*67,5551234567",
        "sip:{group}@bridge.example.org",
        "HTTPS://MEET.EXAMPLE.ORG/{room}",
    ],
)
def test_a_link_to_a_call_passes(template: str) -> None:
    made = link(checked(template), "a1-c1", name)
    assert made.startswith(SCHEMES)
    assert "{" not in made


@pytest.mark.parametrize(
    "template",
    [
        "",
        "meet.example.org/x",
        "http://meet.example.org/x",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "https://user:pass@example.org/",
        "https://example.org/a b",
        "https:\\\\example.org\\x",
        "https:example.org/x",
        "https://localhost/x",
        "https://example.org/'onclick='x",
        "https://{room}{oops}/x",
        "https://meet.example.org/{secret}",
        "https://meet.example.org/{room",
        "tel:",
        "tel:hello",
        "tel:+1?subject=x",
        "sip:bridge",
        "sip:a@b c",
        "https://example.org/" + "x" * CALL_LIMIT,
        "https://exam\u202eple.org/x",
        "https://example.org/\x00",
    ],
)
def test_what_is_no_link_to_a_call_is_refused_with_a_sentence(template: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(template)
    assert refused.value.reason in ("bad_request", "too_large")
    assert refused.value.message is not None


def test_a_link_at_the_limit_passes() -> None:
    start = "https://example.org/"
    assert checked(start + "x" * (CALL_LIMIT - len(start)))


@given(st.text(max_size=80))
def test_whatever_is_typed_becomes_no_other_scheme(typed: str) -> None:
    for template in (typed, "https://example.org/" + typed, "tel:" + typed, "sip:" + typed):
        try:
            passed = checked(template)
        except Refused:
            assert link(template, EVERYONE, name) == "" or "{" in template
            continue
        assert link(passed, EVERYONE, name).startswith(SCHEMES)


def test_each_group_has_a_call_of_its_own_and_it_names_no_secret() -> None:
    template = checked("https://meet.example.org/{room}-{group}")
    made = {link(template, group, name) for group in (EVERYONE, "a1-c1", "a1-c2", "a2-c1")}
    assert len(made) == 4
    secrets = {DOORS.secret("room", kind) for kind in ("join", "screen")} | {DOORS.code("room")}
    assert not any(secret in one for secret in secrets for one in made)
    other = {link(template, "a1-c1", lambda group, digits: DOORS.meeting("other", group, digits))}
    assert not made & other


def test_a_phone_bridge_gets_digits() -> None:
    made = link(checked("tel:+679555123,,{group}#"), "a1-c1", name)
    assert made.removeprefix("tel:+679555123,,").removesuffix("#").isdigit()


def test_people_in_the_hall_are_told_that_one_device_is_enough() -> None:
    said = {
        labelled(alone=alone, hall=hall).id for alone in (True, False) for hall in (True, False)
    }
    assert len(said) == 3
