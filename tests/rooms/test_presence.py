"""Here, away, gone (PRE1 to PRE5 of `rooms/RULES.md`)."""

from hypothesis import given
from hypothesis import strategies as st

from rooms.presence import GONE_AFTER, PROGRAM_SILENT, SILENT, Presence

SEATS = {"s1": ("d1",), "s2": ("d2", "d3")}


def connected() -> Presence:
    presence = Presence()
    presence.opened("d1", "socket", 1_000)
    presence.opened("d2", "other", 1_000)
    presence.sweep(SEATS, 1_000)
    return presence


def test_a_closed_socket_is_away_at_once_and_silence_after_ten_seconds_PRE1() -> None:
    presence = connected()
    presence.closed("d1", "socket")
    assert presence.sweep(SEATS, 1_001) == [("s1", "away", 1_000)]
    assert presence.since("s1") == 1_001
    assert presence.sweep(SEATS, 1_000 + SILENT - 1) == []
    assert presence.sweep(SEATS, 1_000 + SILENT) == [("s2", "away", 1_000)]


def test_gone_after_five_minutes_away_and_back_by_a_new_socket_PRE2() -> None:
    presence = connected()
    presence.closed("d1", "socket")
    presence.sweep(SEATS, 2_000)
    assert presence.word("s1") == "away"
    presence.sweep(SEATS, 2_000 + GONE_AFTER - 1)
    assert presence.word("s1") == "away"
    presence.sweep(SEATS, 2_000 + GONE_AFTER)
    assert presence.word("s1") == "gone"
    presence.opened("d1", "new", 900_000)
    assert ("s1", "here", 900_000) in presence.sweep(SEATS, 900_000)


def test_a_program_is_here_for_a_quarter_of_an_hour_after_its_last_call_PRE3() -> None:
    presence = Presence()
    presence.beat("d1", 5_000)
    presence.sweep(SEATS, 5_000)
    assert presence.here("s1")
    assert presence.next_check(5_000) == 5_000 + PROGRAM_SILENT
    presence.beat("d1", 500_000)
    presence.sweep(SEATS, 500_000 + PROGRAM_SILENT - 1)
    assert presence.here("s1")
    presence.sweep(SEATS, 500_000 + PROGRAM_SILENT)
    assert presence.word("s1") == "away"
    presence.beat("d1", 2_000_000)
    presence.sweep(SEATS, 2_000_000)
    assert presence.here("s1")


def test_a_device_that_has_a_websocket_is_no_program_any_more_PRE3() -> None:
    presence = Presence()
    presence.beat("d1", 5_000)
    presence.opened("d1", "socket", 6_000)
    presence.closed("d1", "socket")
    presence.beat("d1", 7_000)
    assert not presence.alive("d1", 7_000)


def test_one_of_two_devices_is_enough_SEA3() -> None:
    presence = connected()
    presence.opened("d3", "third", 2_000)
    presence.closed("d2", "other")
    assert presence.sweep(SEATS, 2_001) == []
    presence.closed("d3", "third")
    assert presence.sweep(SEATS, 2_002) == [("s2", "away", 2_000)]


def test_two_sockets_of_one_device_a_page_that_reloads() -> None:
    presence = connected()
    presence.opened("d1", "reloaded", 1_500)
    presence.closed("d1", "socket")
    presence.closed("d1", "socket")
    assert presence.sweep(SEATS, 1_501) == []


def test_who_left_while_away_hides_no_later_moment_PRE5() -> None:
    presence = connected()
    presence.closed("d1", "socket")
    presence.sweep(SEATS, 2_000)
    only = {"s2": SEATS["s2"]}  # s1 was removed while away
    now = 2_000 + GONE_AFTER + 50_000
    presence.beat("d2", now)
    presence.sweep(only, now)
    assert presence.next_check(now) == now + SILENT


def test_nobody_is_here_whom_nobody_ever_saw() -> None:
    presence = Presence()
    assert presence.word("s9") == "gone"
    assert presence.since("s9") == 0
    assert presence.next_check(0) is None
    assert presence.last_beat("d9") == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["open", "close", "beat", "wait"]),
            st.sampled_from(["d1", "d2", "d3"]),
            st.integers(0, 400_000),
        ),
        max_size=60,
    )
)
def test_silence_is_always_noticed_by_the_next_check_PRE1(
    moves: list[tuple[str, str, int]],
) -> None:
    """Sweeping only at `next_check` finds the same words as sweeping at every move."""
    lazy, eager = Presence(), Presence()
    now, due = 1, None
    for verb, device, wait in moves:
        end = now + (wait if verb == "wait" else 1)
        while (due := lazy.next_check(now)) is not None and due <= end:
            now = due
            lazy.sweep(SEATS, now)
            eager.sweep(SEATS, now)
        now = end
        for presence in (lazy, eager):
            match verb:
                case "open":
                    presence.opened(device, "socket", now)
                case "close":
                    presence.closed(device, "socket")
                case "beat":
                    presence.beat(device, now)
                case _:
                    pass
            if verb != "wait":
                presence.sweep(SEATS, now)
        eager.sweep(SEATS, now)
        for seat, devices in SEATS.items():
            assert lazy.word(seat) == eager.word(seat)
            assert lazy.here(seat) == any(lazy.alive(d, now) for d in devices)


# Several processes


def test_who_is_at_another_process_is_here_until_it_says_nothing_more() -> None:
    presence = Presence()
    assert presence.told("p2", {"d1": 50}, until=10_000, now=1_000)
    assert not presence.told("p2", {"d1": 10}, until=12_000, now=2_000), "nothing new"
    assert presence.alive("d1", 11_999)
    assert presence.last_beat("d1") == 1_990
    assert not presence.alive("d1", 12_000)
    assert presence.next_check(2_000) == 12_000
    assert presence.connected(2_000) == {}, "others tell of theirs"
    assert presence.silent(11_999) == []
    assert presence.silent(12_000) == ["p2"]
    assert presence.silent(12_000) == []


def test_nobody_is_gone_because_nobody_can_be_heard() -> None:
    presence = Presence()
    presence.told("p2", {"d1": 0}, until=10_000, now=0)
    presence.prolong(20_000)
    assert presence.alive("d1", 19_999)


def test_a_device_at_two_processes_is_here_while_it_is_at_one() -> None:
    presence, session, moved = Presence(), object(), []
    presence.moved = lambda: moved.append(1)
    presence.opened("d1", session, 5_000)
    presence.told("p2", {"d1": 0}, until=30_000, now=6_000)
    assert presence.connected(6_000) == {"d1": 1_000}
    presence.closed("d1", session)
    assert presence.alive("d1", 6_000)
    assert presence.connected(6_000) == {}
    assert len(moved) == 2
