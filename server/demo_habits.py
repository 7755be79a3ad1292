"""What the invented people of the demo do by themselves: each looks at their own screen and taps
what it offers them, never what belongs to the lead."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from server.demo_people import Practitioner


class Habits(ABC):
    """People with their habits, in their seats. `now` gives the time in ms; how a screen is read
    and a button pressed is for those who inherit."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self.who: dict[str, Practitioner] = {}
        self._done: set[tuple[str, str]] = set()
        self._seen: dict[str, int] = {}

    @abstractmethod
    async def view(self, seat: str) -> dict[str, Any]:
        """What this seat's own screen shows."""

    @abstractmethod
    async def tap(
        self,
        seat: str,
        offer: Mapping[str, Any],
        fields: Mapping[str, Any],
        shown: Mapping[str, Any],
    ) -> None:
        """Send an offer of the screen that is `shown`, with these fields filled in."""

    async def look(self, seat: str) -> None:
        """Somebody looks at their screen once and does what they would do."""
        shown = await self.view(seat)
        person = self.who[seat]
        offers = {o["type"]: o for o in shown["may"]}
        for type, offer in offers.items():
            fields = self._wish(seat, person, type, offer, shown)
            if fields is not None:
                await self.tap(seat, offer, fields, shown)
                return
        if shown["activity"] and shown["activity"]["phase"] == "reflect":
            await self._write(seat, person, shown)

    def waited(self, seat: str, what: str, ms: int) -> bool:
        """Whether `ms` have gone since this seat first saw that."""
        key = f"{seat}/{what}"
        since = self._seen.setdefault(key, self.now())
        return self.now() - since >= ms

    def _once(self, seat: str, what: str) -> bool:
        if (seat, what) in self._done:
            return False
        self._done.add((seat, what))
        return True

    def _wish(
        self,
        seat: str,
        person: Practitioner,
        type: str,
        offer: Mapping[str, Any],
        shown: Mapping[str, Any],
    ) -> dict[str, Any] | None:
        """The fields with which this person would press that button now, or None."""
        activity = (shown["activity"] or {}).get("id", "")
        match type:
            case "answer.give" if self._once(seat, f"answer {activity}"):
                return self._answer(person, offer)
            case "insight.give" if person.goes_home_with and self._once(seat, "insight"):
                needs = offer["needs"]
                words = {n: person.goes_home_with for n in needs if needs[n]["kind"] == "text"}
                return {**(filled(person, needs) or {}), **words}
            case "rules.hear" if self._once(seat, "rules"):
                return {}
            case "prompt.reveal" | "telling.start" if self.waited(seat, type, 20_000):
                return {}
            case "turn.begin" if person.told and self.waited(seat, f"{type}{offer['turn']}", 8_000):
                return {}
            case "turn.pass" if person.told is None and self.waited(
                seat, f"{type}{offer['turn']}", 8_000
            ):
                return {}
            case "turn.done" if self.waited(
                seat, f"{type}{activity}{offer['turn']}", person.talks_s * 1000
            ):
                return {}
            case "door.admit":
                return {}
            case "release.answer" if self._once(seat, "release"):
                return self._release(person)
            case "consent.hear":  # a neighbour heard the yes that was said aloud
                return {}
            case "notes.share" if (
                person.written and self.waited(seat, type, 120_000) and self._once(seat, type)
            ):
                return {"share": "all", "cards": []}
            case _:
                return None

    def _answer(self, person: Practitioner, offer: Mapping[str, Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, need in offer["needs"].items():
            if need["kind"] == "choice":
                values = [o["value"] for o in need["options"]]
                fields[name] = person.sky if person.sky in values else values[0]
            elif need["kind"] == "text" and person.word:
                fields[name] = person.word
        return fields

    def _release(self, person: Practitioner) -> dict[str, Any]:
        told = person.told
        if told is None:
            return {"moments": [], "choice": "keep", "outside": False}
        fields: dict[str, Any] = {
            "title": told.title,
            "moments": list(told.moments),
            "choice": told.choice,
            "outside": told.outside,
        }
        return {**fields, "quote": told.quote} if told.quote else fields

    async def _write(self, seat: str, person: Practitioner, shown: Mapping[str, Any]) -> None:
        for number, note in enumerate(person.written):
            offer = next((o for o in shown["may"] if o["type"] == "note.add"), None)
            if offer is None or not self.waited(seat, f"note{number}", 20_000 * (number + 1)):
                return
            kinds = {o["value"] for o in offer["needs"]["kind"]["options"]}
            if note.kind in kinds and self._once(seat, f"note{number}"):
                await self.tap(seat, offer, {"kind": note.kind, "text": note.text}, shown)
                return


def filled(person: Practitioner, needs: Mapping[str, Any]) -> dict[str, Any] | None:
    """What somebody puts into a form; None where they would not know what."""
    fields: dict[str, Any] = {}
    words = [person.word, person.goes_home_with, *(note.text for note in person.written)]
    said = [one for one in words if one]
    for number, (name, need) in enumerate(needs.items()):
        match need["kind"]:
            case "text" if said:
                fields[name] = said[(number + 1) % len(said)]
            case "choice" | "date" if need["options"]:
                values = [option["value"] for option in need["options"]]
                fields[name] = values[len(person.name) % len(values)]
            case "flag":
                fields[name] = False
            case "texts":
                fields[name] = []
            case _ if not need["optional"]:
                return None
    return fields
