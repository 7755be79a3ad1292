"""What pairs are told: rules, questions, names, and what each step leads to."""

from collections.abc import Mapping
from typing import Final

from activities import pairing, phases
from activities._dyads_model import (
    State,
    member,
)
from activities.blocks import (
    Line,
    Option,
    Rules,
    say,
)

RULES: Final = Rules(
    title=say("How we listen in pairs"),
    lines=(
        say("Equal time for each. It stays yours, also when you are silent."),
        say("Who listens says nothing: no advice, no judging, no story of their own on top."),
        say("What is said here stays between you. You may share your own part only."),
    ),
)

TITLE: Final = {
    "paired": say("Paired listening"),
    "rotating": say("Rotating pairs"),
    "one_two_four": say("1-2-4-All"),
}
PROMPTS: Final[Mapping[str, tuple[Line, ...]]] = {
    "paired": (
        say("What struck you? What does it touch at home, and what would be different there?"),
    ),
    "rotating": (
        say("Which challenge do you bring?"),
        say("What could you give, and what do you hope for?"),
        say("What is the first small thing you could try?"),
    ),
    "one_two_four": (say("What is the first small thing we could do?"),),
}
KINDS: Final[Mapping[str, tuple[Option, ...]]] = {
    "rotating": (
        Option("offer", say("I can give")),
        Option("need", say("I am looking for")),
        Option("insight", say("I understood")),
        Option("question", say("I ask myself")),
    ),
    "": (
        Option("insight", say("I understood")),
        Option("question", say("I ask myself")),
        Option("commitment", say("I will")),
    ),
}
SCOPES: Final = (
    Option("memo", say("It may stand in the memo, without my name")),
    Option("self", say("Only I keep it")),
)
HEADS: Final[Mapping[str, Line]] = {
    "think": say("Pairs: everybody thinks"),
    "half_1": say("Pairs: the first one speaks"),
    "breath": say("Pairs: a breath"),
    "half_2": say("Pairs: the second one speaks"),
    "open": say("Pairs: talking freely"),
    "own_note": say("Pairs: each writes a note"),
    "intro": say("Pairs: the question"),
    "move": say("Pairs: finding each other"),
    "plenary": say("Pairs: everybody together"),
    "alone": say("1-2-4-All: everybody thinks"),
    "pair": say("1-2-4-All: in pairs"),
    "four": say("1-2-4-All: in fours"),
}
"""Phase -> what the panel says is going on."""

LEAD_TO: Final[Mapping[str, Line]] = {
    "half_1": say("Let the first one speak"),
    "breath": say("Let them take a breath"),
    "half_2": say("Let the second one speak"),
    "open": say("Let them talk freely"),
    "own_note": say("Let everybody write"),
    "move": say("Find new partners"),
    "plenary": say("Bring everybody together"),
    "pair": say("Let pairs talk"),
    "four": say("Make groups of four"),
    "all": say("Bring everybody together"),
    phases.CLOSED: say("End this activity"),
}
"""Phase -> what the button that leads to it says."""

MEET: Final = say("Let pairs meet")
"""What leads from the first question to the first pairs."""

COMES: Final[Mapping[str, Line]] = {
    "half_1": say("One speaks, the other only listens. The clock changes over by itself."),
    "breath": say("A breath in silence. Then it goes on by itself."),
    "half_2": say("The other one speaks. Who has spoken only listens."),
    "open": say("They talk with each other; no clock for each."),
    "own_note": say("Everybody writes their own note; nobody writes about the partner."),
    "move": say("Everybody gets a partner and finds them."),
    "plenary": say("Ask a few what they heard in themselves; offers and wishes can be written."),
    "pair": say("They talk in pairs; fours are made meanwhile."),
    "four": say("Pairs sit down together; each four chooses the one it brings."),
    "all": say("One thing from each group, nothing twice."),
    phases.CLOSED: say("Own notes are kept, and who has met."),
}
"""Phase -> what it does to the others."""

GUIDE: Final[Mapping[str, Line]] = {
    "intro": say("Say the question and how it goes; leave a minute of silence to think."),
    "half_1": say("Clocks end by themselves, with ten seconds for last words."),
    "half_2": say("Clocks end by themselves, with ten seconds for last words."),
}
"""Phase -> what helps the lead in it."""


def group_name(state: State, id: str) -> Line:
    """ "Pair 3": the number is only a name."""
    number = int(id.rpartition("-")[2])
    match len(state.groups.get(id, ())):
        case 2:
            return say("Pair {n}", n=number)
        case 3:
            return say("Trio {n}", n=number)
        case _:
            return say("Group {n}", n=number)


def place_of(state: State, seats: tuple[str, ...]) -> Line:
    """Where they talk (A3 *Hybrid*)."""
    wheres = [member(state, seat) for seat in seats]
    if pairing.face_to_face(wheres):
        return say("In the room, face to face")
    if any(one.where in ("room", "carried") for one in wheres):
        return say("In the call; in the room with earphones")
    return say("In the call")
