# ruff: noqa: E501 (sentences of a believable evening)
"""Sample screens of the blocks that activities beside circles use, and of a busy control panel:
what the gallery draws while no server is needed."""

from __future__ import annotations

from typing import Any, Final

from activities.blocks import (
    Ballot,
    BallotOption,
    Bowl,
    Call,
    Chair,
    Commitment,
    Commitments,
    Countdown,
    Field,
    Form,
    Need,
    NextStep,
    Note,
    Now,
    Option,
    Pair,
    Pairs,
    Pile,
    PileNote,
    Piles,
    Prompt,
    RingSeat,
    SeatState,
    Share,
    Shares,
    Voice,
    VoiceMode,
    Who,
    Words,
    say,
)
from tests.browser.samples import FOOT, NOW, PEOPLE, clock, desk, offer, panel, view

MIN: Final = 60_000


def seats(*numbers: int, state: SeatState = "waiting") -> tuple[RingSeat, ...]:
    """People as a picture has them."""
    return tuple(RingSeat(f"s{n}", Who(f"s{n}"), state) for n in numbers)


def bowl(*, crowd: int = 0) -> Bowl:
    """Five chairs, one of them free; `crowd` more people around."""
    inside = [Chair("taken", f"s{n}", Who(f"s{n}")) for n in (13, 10, 4)]
    inside.append(Chair("leaving", "s14", Who("s14"), say("visitor")))
    more = tuple(RingSeat(f"x{n}", Who(f"Guest {n}")) for n in range(crowd))
    return Bowl(
        id="b1",
        chairs=(*inside, Chair("free")),
        queue=seats(2, 6),
        outer=(*seats(1, 3, 5, 7, 8, 11, 12), *more),
        clock=clock(12 * MIN, duration=20 * MIN),
    )


def fishbowl(seat: str = "s3", *, crowd: int = 0, lens: str = "seat") -> dict[str, Any]:
    """The talk of a fishbowl."""
    return view(
        seat,
        Now(text=say("One chair is free")),
        Prompt(text=say("Who decides about the bank of the river?")),
        bowl(crowd=crowd),
        may=()
        if lens == "screen"
        else (
            offer("chair.take", "Take the chair"),
            offer("chair.keep", "Keep listening", "beside"),
            *FOOT,
        ),
        lens=lens,
        place="Who decides about the bank?",
        sub="Fishbowl · 5 chairs, 11 around",
    )


def voice(mode: VoiceMode, text: str, *others: int, lens: str = "seat", left: int = 2 * MIN) -> Any:
    """Half of paired listening."""
    floor: SeatState = "floor" if mode == "listen" else "waiting"
    return view(
        "s3",
        Prompt(text=say("“What struck you, and what does it touch at home?”")),
        Voice(
            mode=mode,
            text=say(text),
            clock=clock(left, duration=3 * MIN),
            others=(*seats(others[0], state=floor), *seats(*others[1:])),
            next=say("A breath of 15 s, then Kofi speaks"),
        ),
        Call(
            url="https://call.example/talanoa-river-pair-4",
            label=say("Open the call for the two of you"),
        ),
        Note(
            title=say("Between the two of you."),
            text=say(
                "Silence is yours too. Kofi says nothing and writes nothing until the halves have changed."
            ),
            tone="private",
        ),
        may=(offer("half.done", "I have said enough for now", "beside"), *FOOT)
        if mode == "speak"
        else FOOT,
        lens=lens,
        place="In twos",
        sub="Paired listening · first half",
    )


def pairs(lens: str, count: int = 15) -> dict[str, Any]:
    """Who is with whom; thirty-one people."""
    names = list(PEOPLE)
    made = []
    for n in range(count):
        pair = [names[(2 * n + k) % len(names)] for k in range(3 if n == count - 1 else 2)]
        made.append(
            Pair(
                id=f"p{n}",
                name=say("{n}", n=n + 1),
                seats=tuple(
                    RingSeat(f"{each}-{n}", Who(each), "away" if n == 3 and k else "waiting")
                    for k, each in enumerate(pair)
                ),
                place=say("table {n}", n=n % 4 + 1) if n % 3 else say("online"),
            )
        )
    return view(
        "s9",
        Now(text=say("Find your partner")),
        Pairs(title=say("Who is with whom"), pairs=tuple(made), clock=clock(170_000)),
        may=(),
        lens=lens,
        place="In twos",
        sub="15 pairs",
    )


def ballot(*, used: int = 2, open: bool = True, lens: str = "seat") -> dict[str, Any]:
    """Dots."""
    labels = (
        "Walk the bank together before the rains",
        "A common register of floods",
        "Hochwasserschutzmaßnahmenbeschleunigungsverfahren vereinfachen",
        "دعوة الشباب إلى مجلس النهر",
        "Ask the elders first",
        "One boat for all three villages",
    )
    options = tuple(
        BallotOption(f"o{n}", n, say(label), mine=(2 if n == 1 else 0) if used else 0)
        for n, label in enumerate(labels, 1)
    )
    need = {"option": Need("choice")}
    may = (
        offer("dot.give", "Give a dot", "beside", needs=need),
        offer("dot.take", "Take a dot back", "beside", needs=need),
        offer("dots.ready", "My dots are placed"),
        *FOOT,
    )
    return view(
        "s3",
        Now(text=say("What do we begin with?")),
        Ballot(
            offer="dot.give",
            back="dot.take",
            field="option",
            options=options,
            dots=3,
            used=used,
            each=2,
            clock=clock(100_000, duration=3 * MIN),
        ),
        may=may if open and lens != "screen" else (),
        lens=lens,
        place="Voting",
        sub="3 dots each · nobody sees whose",
    )


def form() -> dict[str, Any]:
    """A commitment, as it is written."""
    scale = tuple(Option(str(n), say("{n}", n=n)) for n in range(1, 6))
    choice = (
        Option("memo", say("Everyone here, and the memo")),
        Option("room", say("Everyone here")),
        Option("self", say("Only me")),
    )
    fields = (
        Field("text", "text", say("I will"), hint=say("A small one is a good one."), lines=2),
        Field("by", "by", say("By when"), "date", optional=True),
        Field("sure", "sure", say("How sure are you?"), "scale", options=scale),
        Field("sees", "sees", say("Who may see it?"), "choice", options=choice, value="memo"),
        Field(
            "ask",
            "ask",
            say("Somebody may ask me about it"),
            "flag",
            hint=say("Once, on the day you wrote."),
        ),
    )
    needs = {
        "text": Need("text", limit=280),
        "by": Need("text", optional=True),
        "sure": Need("number"),
        "sees": Need("choice"),
        "ask": Need("flag"),
    }
    return view(
        "s3",
        Now(text=say("One thing you will do")),
        Form(offer="commit.write", title=say("My commitment"), fields=fields, sees="memo"),
        may=(offer("commit.write", "Give this commitment", needs=needs), *FOOT),
        place="Commitments",
        sub="11 of 14 have written",
    )


def commitments(lens: str = "seat") -> dict[str, Any]:
    """Cards of what people will do."""
    cards = (
        Commitment(
            "k1",
            Who("s3"),
            Words("walk the bank with the youth council before the first rain"),
            Words("Rosa and the council"),
            "2027-03-01",
            Words("call Rosa on Monday"),
            partner=Who("s4"),
            offers=(0, 1),
        ),
        Commitment(
            "k2", Who("s8"), Words("أدعو ثلاث نساء من القرية إلى المجلس"), state="done", sees="room"
        ),
        Commitment("k3", Who("s6"), None, asked=Who("s10"), state="draft", sees="self"),
        Commitment("k4", Who("s3"), Words("write to the ministry"), offers=(2 + len(FOOT),)),
    )

    def change(card: str, text: str, by: str) -> dict[str, Any]:
        needs = {
            "text": Need("text", say("What you will do"), 280, value=text),
            "by": Need(
                "date", say("By when"), options=(Option("none", say("No date yet")),), value=by
            ),
        }
        return {**offer("commit.change", "Change it", "group", needs=needs), "card": card}

    may = (
        change("k1", "walk the bank with the youth council before the first rain", "2027-03-01"),
        offer("commit.done", "It is done", "group"),
        *FOOT,
        change("k4", "write to the ministry", "none"),
    )
    return view(
        "s3",
        Now(text=say("What we will do")),
        Commitments(title=say("Commitments"), cards=cards),
        may=() if lens == "screen" else may,
        lens=lens,
        place="Commitments",
    )


def piles(lens: str = "seat") -> dict[str, Any]:
    """Notes under themes."""
    note = {"note": Need("choice"), "pile": Need("choice")}
    name = {"pile": Need("choice"), "title": Need("text", say("What does this pile say?"), 80)}
    into = {
        "pile": Need("choice"),
        "into": Need("choice", say("Into which?"), options=(Option("t2", say("Who is asked")),)),
    }
    may = (
        offer("note.place", "Move", "beside", needs=note),
        offer("pile.tick", "Also ours", "beside", needs={"note": Need("choice")}),
        offer("pile.name", "Rename", "beside", needs=name),
        offer("pile.merge", "Join with another", "beside", needs=into),
        *FOOT,
    )
    made = (
        Pile(
            "",
            say("Not placed"),
            (
                PileNote(
                    "n1",
                    Words("The map came before the walk, every time."),
                    place=say("from the Mangrove circle"),
                    ticks=2,
                ),
                PileNote("n2", Words("Sauti za vijana hazisikiki."), Who("s6")),
            ),
        ),
        Pile(
            "t1",
            Words("Listening before mapping"),
            (
                PileNote(
                    "n3", Words("Walk the bank before you draw it."), Who("s4"), ticks=4, mine=True
                ),
            ),
        ),
        Pile("t2", Words("Who is asked"), ()),
    )
    return view(
        "s3",
        Now(text=say("What belongs together?")),
        Piles(
            title=say("Notes from all circles"),
            piles=made,
            move="note.place",
            tick="pile.tick",
            rename="pile.name",
            merge="pile.merge",
        ),
        may=() if lens == "screen" else may,
        lens=lens,
        place="Report-out",
        sub="Harvest · 3 notes",
    )


def busy_panel() -> dict[str, Any]:
    """The panel with everything at once: clocks, the door, care, a step just taken."""
    shown = panel()
    shown["may"] += [
        offer("pause.call", "Pause everything", "foot"),
        offer("phase.extend", "2 minutes more", "foot"),
        offer("phase.back", "Undo", "foot", hint=say("For one minute.")),
        {**offer("seat.admit", "Let Anaïs in", "foot"), "seat": "s13"},
        {**offer("seat.refuse", "Not now", "foot"), "seat": "s13"},
        {**offer("care.take", "I talk to Tomasi", "foot"), "seat": "s6"},
        offer(
            "room.freeze",
            "Freeze",
            "menu",
            confirm=say("Nobody can write until you say so. The door shuts."),
        ),
    ]
    shown["activity"] = {**shown["activity"], "phase": "telling"}
    return shown


def lead_together() -> tuple[dict[str, Any], dict[str, Any]]:
    """The panel and the private strip of three who lead together: a baton, duties, a proposal."""
    shown = busy_panel()
    shown["room"] = {
        **shown["room"],
        "bridge": {"text": "Kofi leads now. Next: the quiet minute, about 2 minutes.", "seat": "s10", "at": NOW, "until": NOW + 60_000_000_000},
        "baton": {
            "item": "a3", "title": "Check-out", "minutes": 8, "to": "s10", "name": "Kofi Owusu",
            "purpose": "Everybody says one word before going.", "prompt": "One word for today",
            "settings": ["Round: one word each", "8 minutes"], "offered": False, "ends_at": None,
        },
        "duties": [
            {"duty": "time", "label": "Looks after the time", "set": True, "seat": "s10", "name": "Kofi Owusu"},
            {"duty": "care", "label": "Looks after people", "set": False, "seat": "", "name": None},
            {"duty": "notes", "label": "Writes down what is agreed", "set": True, "seat": "", "name": None},
        ],
        "rest": {"at": NOW, "minutes": 8},
        "plan": {"total": 91, "starts": None, "ends": None, "promised": None, "behind": 240_000, "due": None, "next": ""},
    }  # fmt: skip
    code = Need(
        "choice",
        say("What?"),
        options=(
            Option("five_left", say("5 min left")),
            Option("sound", say("Check the sound")),
            Option("back", say("I am back")),
        ),
    )
    shown["may"] += [
        offer("desk.code", "Tell the facilitators", "menu", needs={"code": code}, shown=False),
        offer("duty.set", "Give a duty", "menu"),
        {**offer("lead.approve", "Do it: one more minute", "menu"), "proposal": "p1"},
        {**offer("lead.set_aside", "Set aside", "menu", shown=False), "proposal": "p1"},
    ]
    strip = desk()
    strip["watcher"] = "s10"
    strip["proposals"] = [
        {
            "id": "p1",
            "who": "Sefina Tuilagi",
            "what": "One more minute for everybody",
            "at": NOW - 60_000,
            "state": "open",
        },
        {
            "id": "p0",
            "who": "Sefina Tuilagi",
            "what": "Pause everything",
            "at": NOW - 600_000,
            "state": "set_aside",
        },
    ]
    strip["debrief"] = {
        "ends_at": NOW + 600_000,
        "questions": [
            {
                "question": "saw",
                "label": "What did we see?",
                "lines": [{"who": "Kofi Owusu", "text": "The elders spoke first."}],
            },
            {"question": "change", "label": "What do we change?", "lines": []},
        ],
    }
    return shown, strip


def before_busy() -> dict[str, Any]:
    """The view before that step."""
    shown = busy_panel()
    shown["seq"] -= 1
    shown["activity"] = {**shown["activity"], "phase": "settle"}
    shown["may"] = [each for each in shown["may"] if each["type"] != "phase.back"]
    return shown


def bowl_panel() -> dict[str, Any]:
    """The lead's panel of a fishbowl: speaking time for the lead alone."""
    shares = tuple(
        Share(f"s{n}", Who(f"s{n}"), spoken, NOW - 20_000 if n == 10 else None)
        for n, spoken in ((13, 4 * MIN), (10, 70_000), (4, 6 * MIN), (14, 20_000))
    )
    return view(
        "s9",
        Now(text=say("Fishbowl: talking")),
        bowl(),
        Shares(title=say("Speaking time"), shares=shares),
        NextStep(
            text=say("The harvest. Listeners say what they heard."),
            hint=say("The chairs become free."),
        ),
        may=(
            offer("phase.next", "Go to the harvest"),
            offer("pause.call", "Pause everything", "foot"),
            offer("phase.extend", "5 minutes more", "foot"),
            offer("seat.free", "Ask José to make room", "beside"),
            offer("activity.cut", "End now", "menu", confirm=say("What was said is kept.")),
        ),
        lens="panel",
        place="Fishbowl",
        ends_at=NOW + 12 * MIN,
    )


def pause() -> dict[str, Any]:
    """A break."""
    return view(
        "s3",
        Now(text=say("A break")),
        Countdown(clock=clock(9 * MIN, duration=15 * MIN), label=say("We go on in"), until=True),
        place="Break",
    )


def screens() -> dict[str, tuple[str, dict[str, Any], tuple[dict[str, Any], ...]]]:
    """Name -> page, view, and messages sent after it."""
    found: dict[str, tuple[str, dict[str, Any], tuple[dict[str, Any], ...]]] = {
        "bowl": ("room", fishbowl(), ()),
        "bowl-crowd": ("room", fishbowl(crowd=36), ()),
        "bowl-queued": ("room", fishbowl("s2"), ()),
        "voice-speak": ("room", voice("speak", "You speak. Kofi listens.", 10), ()),
        "voice-listen": ("room", voice("listen", "Kofi speaks. You listen.", 10, left=50_000), ()),
        "voice-trio": ("room", voice("breath", "A breath, all three of you.", 10, 5), ()),
        "ballot": ("room", ballot(), ()),
        "form": ("room", form(), ()),
        "commitments": ("room", commitments(), ()),
        "piles": ("room", piles(), ()),
        "pause": ("room", pause(), ()),
        "panel-busy": ("panel", before_busy(), (busy_panel(),)),
        "panel-together": ("panel", lead_together()[0], lead_together()[1:]),
        "panel-bowl": ("panel", bowl_panel(), ()),
        "panel-pairs": ("panel", pairs("panel"), ()),
        "panel-piles": ("panel", piles("panel"), ()),
        "wall-bowl": ("screen", fishbowl("s99", lens="screen"), ()),
        "wall-pairs": ("screen", pairs("screen"), ()),
        "wall-ballot": ("screen", ballot(used=0, lens="screen"), ()),
        "wall-commitments": ("screen", commitments("screen"), ()),
    }
    return found
