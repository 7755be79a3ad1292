"""A whole session in a real room, in which people refuse, take back, change and keep to themselves;
then every export, every log line and every byte of the data folder is searched for it (G8, WRD9).
"""

from __future__ import annotations

import io
import itertools
import logging
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog

from rooms.clock import TestClock
from rooms.words_state import REFUSED_KEPT
from server.log import LogBridge, configure
from tests.server.conftest import Live, Opened, Person
from tests.server.test_adversary import stored

REFUSED = ("Zqkeptback", "Zqlessononly", "Zqtakenback", "Zqfirstanswer", "Zqfirsttitle",
           "Zqreworded", "Zqwitnessed", "Zqchangedmind", "Zqcardback")  # fmt: skip
"""Words that people refused, took back, or answered otherwise later: in no file at all."""

AT_ONCE = ("Zqfirstanswer", "Zqfirsttitle", "Zqreworded", "Zqwitnessed")
"""Of these, what other words took the place of, or what was deleted: it does not wait."""

UNSHARED = ("Zqprivatenote", "Zqneveranswered", "Zqroomonly")
"""Words their owners keep, or never answered for: in nothing that leaves the room."""

GIVEN = "Zqgivenaway"
"""What somebody released: without it the search would prove nothing."""


class Session:
    """One room over HTTP."""

    def __init__(self, room: Opened, clock: TestClock) -> None:
        self.room = room
        self.clock = clock
        self.people: list[Person] = []
        self._requests = (f"t{number}" for number in itertools.count())

    async def do(self, who: Person, type: str, **fields: Any) -> None:
        activity = fields.pop("activity", None)
        command = {"type": type, **fields}
        answer = await who.send(next(self._requests), command, activity=activity)
        assert answer.status_code == 200, (type, answer.text)

    async def lead(self, type: str, **fields: Any) -> None:
        epoch = (await self.room.lead.view())["room"]["lead"]["epoch"]
        await self.do(self.room.lead, type, epoch=epoch, **fields)

    async def to(self, phase: str) -> None:
        while (now := (await self.room.lead.view())["activity"])["phase"] != phase:
            await self.lead("phase.next", activity=now["id"], phase=now["phase"])

    async def teller(self) -> Person:
        """Whoever is offered the first turn tells."""
        for person in self.people:
            for offer in (await person.view())["may"]:
                if offer["type"] == "turn.begin":
                    await self.do(person, "turn.begin", activity="a1", turn=offer["turn"])
                    return person
        raise AssertionError("nobody is offered a turn")

    async def words(self, who: Person) -> list[dict[str, Any]]:
        answer = await who.http.get(f"/api/rooms/{who.room}/words", headers=who.bearer)
        found: list[dict[str, Any]] = answer.json()["words"]
        return found

    async def ref(self, who: Person, text: str) -> str:
        return next(str(one["words"]) for one in await self.words(who) if text in one["text"])

    async def said(self, who: Person, text: str) -> str:
        """The lead writes down what somebody said; returns the words."""
        await self.do(self.room.lead, "words.write", seat=who.seat, text=f"{text} by the river")
        return await self.ref(who, text)

    async def beats(self, ms: int) -> None:
        for _ in range(4):
            for person in (self.room.lead, *self.people):
                await person.view()
            await self.clock.advance(ms // 4)

    async def exports(self) -> bytes:
        """Everything that can be taken out, unpacked."""
        api, lead = f"/api/rooms/{self.room.room}", self.room.lead
        found: list[bytes] = []
        for path in ("memo", "export.zip", "agenda.json"):
            answer = await lead.http.get(f"{api}/{path}", headers=lead.bearer, timeout=60)
            assert answer.status_code == 200, path
            found.append(answer.content)
        with zipfile.ZipFile(io.BytesIO(found[1])) as outer:
            for name in outer.namelist():
                found.append(outer.read(name))
                if name.endswith(".docx"):
                    with zipfile.ZipFile(io.BytesIO(found[-1])) as inner:
                        found += [inner.read(part) for part in inner.namelist()]
        return b"\n".join(found)


@pytest.fixture
async def session(live: Live) -> AsyncIterator[Session]:
    """A story circle of five on the live server."""
    async with httpx.AsyncClient(base_url=live.origin, timeout=20) as http:
        body = {"title": "Living with the river", "facilitator": "Amina", "template": "circle"}
        made = (await http.post("/api/rooms", json=body)).json()
        lead = Person(http, made["room"], made["seat"], made["token"])
        clock = live.app.state.site.clock
        found = Session(Opened(made["room"], made["code"], made["links"], lead), clock)
        for name in ("Sefina", "Jonah", "Rosa", "Malia", "Tomasi"):
            found.people.append(await found.room.join(name))
        yield found


async def played(session: Session) -> None:
    """The evening: everything people may do with words, done once."""
    one, other, third, *_ = session.people
    await session.do(session.room.lead, "activity.start", item="a1", epoch=1)
    await session.to("telling")
    teller = await session.teller()
    await session.beats(20_000)
    done = next(o for o in (await teller.view())["may"] if o["type"] == "turn.done")
    await session.do(teller, "turn.done", activity="a1", turn=done["turn"], group=done["group"])
    await session.to("quiet")
    await session.do(
        other, "note.add", document="mine", section="quiet", kind="insight",
        text="Zqprivatenote for nobody else",
    )  # fmt: skip
    await session.to("plenary")
    for title, quote, choice in (
        ("Zqfirsttitle of the boat", "Zqfirstanswer said in haste", "first_name"),
        ("The boat", f"{GIVEN} we moved at night", "unnamed"),
    ):
        await session.do(
            teller, "release.answer", activity="a1", title=title, quote=quote, choice=choice
        )
    kept = await session.said(one, "Zqkeptback")
    await session.do(one, "consent.release", words=kept, choice="keep")
    lesson = await session.said(other, "Zqlessononly")
    await session.do(other, "consent.release", words=lesson, choice="lesson")
    back = await session.said(third, "Zqtakenback")
    await session.do(third, "consent.release", words=back, choice="name_org", outside=True)
    api = f"/api/rooms/{session.room.room}"
    memo = await third.http.get(f"{api}/memo.md?edition=public", headers=session.room.lead.bearer)
    assert "Zqtakenback" in memo.text
    await session.do(third, "consent.withdraw", words=back)
    before = await session.said(third, "Zqreworded")
    await session.do(third, "words.edit", words=before, text="The water asked us nothing")
    mind = await session.said(one, "Zqchangedmind")
    await session.do(one, "consent.release", words=mind, choice="unnamed")
    await session.do(one, "consent.release", words=mind, choice="keep")
    witnessed = await session.said(other, "Zqwitnessed")
    await session.do(session.room.lead, "words.erase", words=witnessed)
    await session.said(other, "Zqneveranswered")
    await session.lead("phase.next", activity="a1", phase="plenary")
    lead = session.room.lead
    for text in ("Zqcardback on the board", "Zqroomonly on the board"):
        await session.do(lead, "note.add", document="board", section="", kind="insight", text=text)
    await session.do(lead, "consent.withdraw", words=await session.ref(lead, "Zqcardback"))
    await session.do(
        lead, "consent.narrow", words=await session.ref(lead, "Zqroomonly"), scope="room"
    )


@pytest.mark.slow
async def test_words_people_kept_are_in_no_export_no_log_and_no_file_G8_WRD9(
    live: Live, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    out, usual = io.StringIO(), structlog.get_config()
    configure(out)
    bridge, root = LogBridge(), logging.getLogger()
    root.addHandler(bridge)
    before = root.level
    root.setLevel(logging.DEBUG)
    try:
        await played(session)
        at_once = stored(live.app.state.site.settings.data)
        exports = await session.exports()
        await session.beats(REFUSED_KEPT)
        later = await session.exports()
    finally:
        root.removeHandler(bridge)
        root.setLevel(before)
        structlog.configure(**usual)
    caught = capsys.readouterr()
    said = (out.getvalue() + caught.out + caught.err).encode()
    files = stored(live.app.state.site.settings.data)
    assert GIVEN.encode() in exports
    assert GIVEN.encode() in files
    for word in (*REFUSED, *UNSHARED):
        assert word.encode() not in exports, word
        assert word.encode() not in later, word
    for word in (*REFUSED, *UNSHARED, GIVEN):
        assert word.encode() not in said, f"{word} is logged"
    for word in AT_ONCE:
        assert word.encode() not in at_once, f"{word} is still in the data folder"
    for word in REFUSED:
        assert word.encode() not in files, f"{word} is in the data folder"
    mine = await session.words(session.people[1])
    assert any("Zqneveranswered" in one["text"] for one in mine), "it waits for its owner"
