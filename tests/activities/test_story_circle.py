"""The story circle: the invariants of A1 in generated histories, and its edge cases by name."""

from hypothesis import given
from hypothesis import strategies as st

from activities.story_circle import STORY_CIRCLE, Settings
from tests.activities.driver import History, World, explore, histories, play


def settings() -> st.SearchStrategy[Settings]:
    """Settings near the edges: small circles, short turns, no breath, everything on and off."""
    return st.builds(
        Settings,
        max=st.integers(3, 8),
        turn_s=st.sampled_from((60, 120, 180, 420)),
        breath_s=st.sampled_from((0, 15, 60)),
        second_chance=st.booleans(),
        witness=st.sampled_from(("off", "ask")),
        reflect_min=st.sampled_from((5, 13)),
        release=st.booleans(),
        plenary=st.booleans(),
        overtime_prompt_s=st.sampled_from((60, 120)),
    )


def also(room: World) -> None:
    pass


@given(histories(STORY_CIRCLE, settings()))
def test_any_history(history: History) -> None:
    play(STORY_CIRCLE, history, also)


def test_every_phase_is_reached_by_the_table() -> None:
    some = (Settings(), Settings(max=3, breath_s=0), Settings(turn_s=60))
    assert explore(STORY_CIRCLE, some, seed=1) == set(STORY_CIRCLE.phases)
