"""People of one name are told apart, and whoever was first keeps theirs."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rooms.names import told_apart
from tests.rooms.house import House

NAMES = st.lists(st.sampled_from(["Amina", "amina", "Amina (2)", "Jorge", "मीरा"]), max_size=9)


def test_the_second_gets_a_number() -> None:
    names = [("s1", "Amina"), ("s2", "Jorge"), ("s3", "Amina"), ("s4", "AMINA")]
    assert told_apart(names) == {
        "s1": "Amina", "s2": "Jorge", "s3": "Amina (2)", "s4": "AMINA (3)",
    }  # fmt: skip


@given(NAMES)
def test_nobody_shares_a_name_and_nobody_is_renamed_by_a_newcomer(names: list[str]) -> None:
    people = [(f"s{n}", name) for n, name in enumerate(names)]
    shown = told_apart(people)
    assert len({name.casefold() for name in shown.values()}) == len(people)
    assert all(shown[seat].startswith(name) for seat, name in people)
    assert told_apart(people[:-1]) == {seat: shown[seat] for seat, _ in people[:-1]}


async def test_two_aminas_are_two_everywhere(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:  # the lead is Amina Diallo
        await house.join("Amina Diallo")
        await house.join("amina diallo")
        room = await house.room()
        assert [room.name_of(f"s{n}") for n in (1, 2, 3)] == [
            "Amina Diallo", "Amina Diallo (2)", "amina diallo (3)",
        ]  # fmt: skip
        people = room.people(room.seat(await house.device("s2"), "s2"))
        assert b'"Amina Diallo (2)"' in people
        await house.do("s2", "seat.name", name="Amina D.")
        assert (await house.room()).name_of("s2") == "Amina D."
        assert (await house.room()).name_of("s3") == "amina diallo (2)"
