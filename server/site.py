"""What every handler needs, in one value that the composition root makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from starlette.requests import HTTPConnection

from activities.blocks import Line, Who, Words
from server.errors import SENTENCES, Problem, sentence
from server.pictures import Darkroom
from server.templating import CHOSEN_LANGUAGE

if TYPE_CHECKING:
    from rooms.clock import Clock
    from rooms.hub import Hub
    from rooms.storage import Storage
    from server.auth import Signer
    from server.languages import Languages
    from server.limits import Limits
    from server.offline import Offline
    from server.rehearsal import Rehearsals
    from server.settings import Settings
    from server.sockets import Line as OpenLine
    from server.templating import Pages


@dataclass(frozen=True, slots=True)
class Site:
    """The parts of a running server."""

    settings: Settings
    hub: Hub
    storage: Storage
    clock: Clock
    languages: Languages
    pages: Pages
    offline: Offline
    rehearsals: Rehearsals
    limits: Limits
    signer: Signer
    origins: frozenset[str]
    lines: set[OpenLine] = field(default_factory=set)
    darkroom: Darkroom = field(default_factory=Darkroom)

    def language(self, connection: HTTPConnection, wanted: str = "") -> str:
        """The language to answer in: of the seat, else of `?lang=`, else the one that was chosen
        last in this browser, else what the browser asks for."""
        asked = (
            wanted
            or connection.query_params.get("lang", "")
            or connection.cookies.get(CHOSEN_LANGUAGE, "")
        )
        return self.languages.choose(connection.headers.get("accept-language", ""), asked)

    def message(self, problem: Problem, language: str) -> str:
        """A problem's sentence. Names and words in it are left to the room, which knows who may
        read them: here the general sentence takes its place."""
        line = sentence(problem)
        if _speaks_of_people(line):
            line = SENTENCES.get(problem.reason, SENTENCES["bad_request"])
        return self.languages.line(language, line)

    def address(self, connection: HTTPConnection) -> str:
        """Where links begin, without a last slash: the address of this request when it is one of
        ours and others can use it, else the configured one."""
        if self.settings.public_url or self.settings.lan:
            return self.settings.address
        asked = f"{connection.url.scheme}://{connection.headers.get('host', '')}"
        return asked if asked in self.origins else self.settings.address


def _speaks_of_people(line: Line) -> bool:
    return any(
        isinstance(value, (Who, Words)) or (isinstance(value, Line) and _speaks_of_people(value))
        for value in line.args.values()
    )


def site_of(connection: HTTPConnection) -> Site:
    """The site a request came to."""
    return cast("Site", connection.app.state.site)
