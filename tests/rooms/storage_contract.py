"""What every storage promises, as tests that any implementation inherits.

A test module subclasses `StorageContract` and gives it an async fixture `storage` (an empty one)
and a fixture `reopen`: a callable that closes the storage and opens the same data again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from rooms.storage import Conflict, Storage, StoredUpdate

Reopen = Callable[[], Awaitable[Storage]]


async def soon(storage: Storage, document: str, expected: list[bool]) -> list[bool]:
    """The `applied` flags of a document once they are as expected, or as they are in the end:
    marks may become durable later."""
    flags: list[bool] = []
    for _ in range(100):
        flags = [update.applied for update in await storage.updates(document)]
        if flags == expected:
            break
        await asyncio.sleep(0.02)
    return flags


class Model:
    """What a storage should hold: rooms in which a few kinds of thing are written and forgotten."""

    def __init__(self) -> None:
        self.commits: dict[str, list[bytes]] = {}
        self.words: dict[str, dict[str, bytes]] = {}
        self.number = 0
        self.appended = 0

    def ask(self, dice: random.Random, storage: Storage) -> tuple[Awaitable[None], bool]:
        """Something to ask for, and whether it must be refused."""
        self.number += 1
        room = f"room{dice.randrange(4)}"
        commits = self.commits.get(room)
        match dice.randrange(12):
            case 0 | 1:
                refused = commits is not None
                if not refused:
                    self.commits[room], self.words[room] = [], {}
                return storage.create_room(room, self.number), refused
            case 2 if dice.random() < 0.3:
                self.commits.pop(room, None)
                self.words.pop(room, None)
                return storage.forget_room(room), False
            case 3 if self.words.get(room):
                refs = dice.sample(sorted(self.words[room]), 1)
                for ref in refs:
                    del self.words[room][ref]
                return storage.erase_words(room, refs), False
            case _:
                pass
        next_one = 1 + len(commits or ())
        seq = next_one if dice.random() < 0.8 else dice.randrange(next_one + 3)
        body, ref = b"%d" % self.number, f"w{self.number}"
        words = {ref: body * 50} if dice.random() < 0.5 else None
        refused = commits is None or seq != next_one
        if commits is not None and not refused:
            commits.append(body)
            self.appended += 1
            self.words[room].update(words or {})
        return storage.append(room, seq, body, words), refused

    async def compare(self, storage: Storage) -> None:
        """Assert that the storage holds what it should, no more and no less."""
        assert set(await storage.rooms()) == set(self.commits)
        for number in range(4):
            room = f"room{number}"
            expected = list(enumerate(self.commits.get(room, []), 1))
            assert list(await storage.commits(room)) == expected
            assert dict(await storage.words(room)) == self.words.get(room, {})


class StorageContract:
    """STO1 to STO15: each test names the promise it checks."""

    # Rooms

    async def test_STO1_rooms_are_made_once_and_listed(self, storage: Storage) -> None:
        assert list(await storage.rooms()) == []
        await storage.create_room("a", 1)
        await storage.create_room("b", 2)
        with pytest.raises(Conflict):
            await storage.create_room("a", 3)
        assert set(await storage.rooms()) == {"a", "b"}

    async def test_STO1_a_forgotten_room_leaves_nothing(self, storage: Storage) -> None:
        for room in ("a", "b"):
            await storage.create_room(room, 1)
            await storage.append(room, 1, b"commit", {"w1": b"words"})
            await storage.add_update(f"{room}/board", b"update")
            await storage.compact(f"{room}/memo", b"snapshot", 0)
            await storage.put_secret(f"digest of {room}", room, b"seat")
            await storage.touch({room: 5})
        await storage.forget_room("a")
        assert list(await storage.rooms()) == ["b"]
        assert list(await storage.commits("a")) == []
        assert dict(await storage.words("a")) == {}
        assert list(await storage.documents("a")) == []
        assert list(await storage.updates("a/board")) == []
        assert await storage.secret("digest of a") is None
        assert await storage.touched("a") == 0
        assert list(await storage.commits("b")) == [(1, b"commit")]
        assert dict(await storage.words("b")) == {"w1": b"words"}
        assert len(await storage.documents("b")) == 2
        assert await storage.secret("digest of b") == ("b", b"seat")
        assert await storage.touched("b") == 5

    async def test_STO1_late_writes_do_not_bring_a_forgotten_room_back(
        self, storage: Storage
    ) -> None:
        await storage.create_room("a", 1)
        await storage.append("a", 1, b"commit")
        await storage.forget_room("a")
        for write in (
            storage.append("a", 2, b"late"),
            storage.append("a", 1, b"late"),
            storage.add_update("a/board", b"late"),
            storage.compact("a/board", b"late", 0),
            storage.put_secret("digest", "a", b"late"),
        ):
            with pytest.raises(Conflict):
                await write
        await storage.touch({"a": 9})
        assert list(await storage.commits("a")) == []
        assert list(await storage.updates("a/board")) == []
        assert await storage.secret("digest") is None
        assert await storage.touched("a") == 0
        await storage.forget_room("a")
        await storage.forget_room("never was")

    # Commits

    async def test_STO2_commits_are_numbered_without_gaps(self, storage: Storage) -> None:
        await storage.create_room("a", 1)
        for wrong in (0, 2, -1):
            with pytest.raises(Conflict):
                await storage.append("a", wrong, b"wrong")
        await storage.append("a", 1, b"one")
        for wrong in (1, 3):
            with pytest.raises(Conflict):
                await storage.append("a", wrong, b"wrong", {"w": b"wrong"})
        await storage.append("a", 2, b"two")
        assert list(await storage.commits("a")) == [(1, b"one"), (2, b"two")]
        assert list(await storage.commits("a", after=1)) == [(2, b"two")]
        assert list(await storage.commits("a", after=2)) == []
        assert dict(await storage.words("a")) == {}

    async def test_STO2_no_commit_without_a_room(self, storage: Storage) -> None:
        with pytest.raises(Conflict):
            await storage.append("nowhere", 1, b"one")
        assert list(await storage.commits("nowhere")) == []

    async def test_STO3_of_many_appends_at_one_number_exactly_one_wins(
        self, storage: Storage
    ) -> None:
        await storage.create_room("a", 1)
        tries = [storage.append("a", 1, b"%d" % n, {f"w{n}": b"%d" % n}) for n in range(50)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        winners = [n for n, outcome in enumerate(outcomes) if outcome is None]
        assert len(winners) == 1
        assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 49
        (winner,) = winners
        assert list(await storage.commits("a")) == [(1, b"%d" % winner)]
        assert dict(await storage.words("a")) == {f"w{winner}": b"%d" % winner}

    async def test_STO4_a_failing_request_does_not_fail_its_neighbours(
        self, storage: Storage
    ) -> None:
        """Asked at the same moment, so that a storage that batches puts them together."""
        rooms = [f"room{n}" for n in range(20)]
        await asyncio.gather(*(storage.create_room(room, 1) for room in rooms))
        asked = [
            storage.append(room, 1 if n % 2 else 7, b"x", {"w": room.encode()})
            for n, room in enumerate(rooms)
        ]
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        for n, (room, outcome) in enumerate(zip(rooms, outcomes, strict=True)):
            assert outcome is None if n % 2 else isinstance(outcome, Conflict)
            assert len(await storage.commits(room)) == n % 2
            assert len(await storage.words(room)) == n % 2

    # Words

    async def test_STO5_words_come_with_their_commit_and_can_be_erased(
        self, storage: Storage
    ) -> None:
        await storage.create_room("a", 1)
        await storage.append("a", 1, b"one", {"w1": "विचार".encode(), "w2": b""})
        await storage.append("a", 2, b"two", {"w3": b"three"})
        assert dict(await storage.words("a")) == {
            "w1": "विचार".encode(),
            "w2": b"",
            "w3": b"three",
        }
        await storage.erase_words("a", ["w1", "w3", "unknown"])
        assert dict(await storage.words("a")) == {"w2": b""}
        assert len(await storage.commits("a")) == 2

    # Documents

    async def test_STO6_updates_come_back_in_order(self, storage: Storage) -> None:
        await storage.create_room("a", 1)
        ids = [await storage.add_update("a/board", b"%d" % n) for n in range(5)]
        await storage.add_update("a/memo", b"other")
        assert ids == sorted(set(ids))
        assert list(await storage.updates("a/board")) == [
            StoredUpdate(id, b"%d" % n, False) for n, id in enumerate(ids)
        ]
        assert set(await storage.documents("a")) == {"a/board", "a/memo"}
        assert list(await storage.updates("a/none")) == []

    async def test_STO6_updates_asked_for_together_keep_their_order(self, storage: Storage) -> None:
        await storage.create_room("a", 1)
        ids = await asyncio.gather(*(storage.add_update("a/b", b"%d" % n) for n in range(100)))
        assert ids == sorted(ids)
        assert [u.update for u in await storage.updates("a/b")] == [b"%d" % n for n in range(100)]

    async def test_STO7_marks_reach_up_to_an_update(self, storage: Storage) -> None:
        await storage.create_room("a", 1)
        ids = [await storage.add_update("a/board", b"x") for _ in range(3)]
        other = await storage.add_update("a/memo", b"x")
        await storage.mark_applied("a/board", ids[1])
        await storage.mark_applied("a/board", ids[0])
        assert await soon(storage, "a/board", [True, True, False]) == [True, True, False]
        assert [u.applied for u in await storage.updates("a/memo")] == [False]
        assert other > 0  # ids are of their document

    async def test_STO8_a_quarantined_update_is_set_aside(self, storage: Storage) -> None:
        await storage.create_room("a", 1)
        ids = [await storage.add_update("a/board", b"%d" % n) for n in range(3)]
        await storage.quarantine("a/board", ids[1], "it crashed")
        assert [u.id for u in await storage.updates("a/board")] == [ids[0], ids[2]]
        await storage.quarantine("a/board", ids[1], "again")
        await storage.compact("a/board", b"snapshot", ids[2])
        await storage.quarantine("a/board", (await storage.updates("a/board"))[0].id, "bad too")
        assert list(await storage.updates("a/board")) == []
        assert await storage.add_update("a/board", b"next") > ids[2]

    async def test_STO8_the_damaged_end_of_a_log_is_set_aside(self, storage: Storage) -> None:
        for room in ("a", "b"):
            await storage.create_room(room, 1)
            for seq in range(1, 6):
                await storage.append(room, seq, b"%d" % seq, {f"w{seq}": b"said"})
        await storage.set_aside("a", 3, "damaged")
        assert list(await storage.commits("a")) == [(1, b"1"), (2, b"2"), (3, b"3")]
        assert len(await storage.commits("b")) == 5
        with pytest.raises(Conflict):
            await storage.append("a", 6, b"6")
        await storage.append("a", 4, b"another 4")
        assert list(await storage.commits("a", after=3)) == [(4, b"another 4")]
        await storage.set_aside("a", 9, "nothing there")
        assert len(await storage.commits("a")) == 4

    async def test_STO9_a_snapshot_takes_the_place_of_what_it_holds(self, storage: Storage) -> None:
        await storage.create_room("a", 1)
        ids = [await storage.add_update("a/board", b"%d" % n) for n in range(4)]
        await storage.compact("a/board", b"snapshot", ids[2])
        updates = await storage.updates("a/board")
        assert [u.update for u in updates] == [b"snapshot", b"3"]
        assert updates[0].applied
        assert list(await storage.documents("a")) == ["a/board"]
        await storage.compact("a/board", b"all", ids[3])
        assert [u.update for u in await storage.updates("a/board")] == [b"all"]
        assert list(await storage.documents("a")) == ["a/board"]
        with pytest.raises(Conflict):
            await storage.compact("a/board", b"older", ids[1])
        assert [u.update for u in await storage.updates("a/board")] == [b"all"]

    async def test_STO9_documents_may_begin_with_a_snapshot(self, storage: Storage) -> None:
        await storage.create_room("a", 1)
        await storage.compact("a/x", b"x", 0)
        await storage.compact("a/y", b"y", 0)
        await storage.add_update("a/x", b"later")
        assert [u.update for u in await storage.updates("a/x")] == [b"x", b"later"]
        assert [u.update for u in await storage.updates("a/y")] == [b"y"]

    # Photos

    async def test_STO15_a_picture_is_kept_as_it_came_until_it_is_dropped(
        self, storage: Storage
    ) -> None:
        body = bytes(range(256)) * 2_400
        await storage.create_room("a", 1)
        await storage.create_room("b", 1)
        assert await storage.photo("a", "s1-p") is None
        await storage.put_photo("a", "s1-p", body, "image/jpeg")
        await storage.put_photo("a", "s2-p", b"two", "image/jpeg")
        await storage.put_photo("b", "s1-p", b"other", "image/png")
        assert await storage.photo("a", "s1-p") == ("image/jpeg", body)
        assert await storage.photo("b", "s1-p") == ("image/png", b"other")
        assert dict(await storage.photos("a")) == {"s1-p": len(body), "s2-p": 3}
        await storage.put_photo("a", "s2-p", b"again", "image/png")
        assert await storage.photo("a", "s2-p") == ("image/png", b"again")
        await storage.drop_photo("a", "s1-p")
        await storage.drop_photo("a", "s1-p")
        await storage.drop_photo("nowhere", "s1-p")
        assert dict(await storage.photos("a")) == {"s2-p": 5}
        assert await storage.photo("b", "s1-p") == ("image/png", b"other")

    async def test_STO15_pictures_go_with_their_room_and_come_to_no_other(
        self, storage: Storage, reopen: Reopen
    ) -> None:
        for room in ("a", "b"):
            await storage.create_room(room, 1)
            await storage.put_photo(room, "s1-p", room.encode(), "image/jpeg")
        await storage.forget_room("a")
        for room in ("a", "nowhere"):
            with pytest.raises(Conflict):
                await storage.put_photo(room, "s1-q", b"late", "image/jpeg")
        again = await reopen()
        assert await again.photo("a", "s1-p") is None
        assert dict(await again.photos("a")) == {}
        assert await again.photo("b", "s1-p") == ("image/jpeg", b"b")

    # Secrets, touches, messages

    async def test_STO10_secrets_open_a_room(self, storage: Storage) -> None:
        await storage.create_room("a", 1)
        assert await storage.secret("d") is None
        await storage.put_secret("d", "a", b"one")
        await storage.put_secret("d", "a", b"two")
        assert await storage.secret("d") == ("a", b"two")
        await storage.drop_secret("d")
        await storage.drop_secret("d")
        assert await storage.secret("d") is None

    async def test_STO11_touches_keep_the_last_time(self, storage: Storage) -> None:
        assert await storage.touched("a") == 0
        await storage.touch({"a": 1, "b": 2})
        await storage.touch({"a": 3})
        await storage.touch({})
        assert (await storage.touched("a"), await storage.touched("b")) == (3, 2)

    async def test_STO12_messages_reach_those_who_subscribed_before(self, storage: Storage) -> None:
        # Who subscribes later does not hear what others have heard; what is still on its way
        # between the nodes of a cluster, they may.
        early = storage.subscribe("c")
        await storage.publish("c", b"heard before")
        assert await anext(early) == b"heard before"
        one, two, other = (storage.subscribe(name) for name in ("c", "c", "d"))
        for message in (b"1", b"2"):
            await storage.publish("c", message)
        for subscription in (one, two):
            assert [await anext(subscription), await anext(subscription)] == [b"1", b"2"]
        waiting = asyncio.ensure_future(anext(other))
        await asyncio.sleep(0)
        assert not waiting.done()
        await storage.publish("d", b"3")
        assert await asyncio.wait_for(waiting, 5) == b"3"

    # Life and death

    async def test_STO13_everything_is_there_after_reopening(
        self, storage: Storage, reopen: Reopen
    ) -> None:
        await storage.create_room("a", 1)
        await storage.append("a", 1, b"one", {"w": b"text"})
        ids = [await storage.add_update("a/board", b"%d" % n) for n in range(3)]
        await storage.mark_applied("a/board", ids[1])
        await storage.put_secret("d", "a", b"v")
        await storage.touch({"a": 7})
        again = await reopen()
        assert list(await again.rooms()) == ["a"]
        assert list(await again.commits("a")) == [(1, b"one")]
        assert dict(await again.words("a")) == {"w": b"text"}
        assert [(u.id, u.applied) for u in await again.updates("a/board")] == [
            (ids[0], True),
            (ids[1], True),
            (ids[2], False),
        ]
        assert await again.secret("d") == ("a", b"v")
        assert await again.touched("a") == 7
        await again.append("a", 2, b"two")
        assert await again.add_update("a/board", b"3") > ids[2]

    @pytest.mark.slow
    async def test_random_histories_read_back_as_a_model_says(
        self, storage: Storage, reopen: Reopen
    ) -> None:
        """Requests asked in handfuls at the same moment, some of them wrong, with reopenings."""
        seed = random.randrange(2**32)
        print("seed", seed)
        dice = random.Random(seed)
        model = Model()
        for step in range(60):
            handful = [model.ask(dice, storage) for _ in range(dice.randrange(1, 12))]
            outcomes = await asyncio.gather(*(ask for ask, _ in handful), return_exceptions=True)
            for outcome, (_, refused) in zip(outcomes, handful, strict=True):
                assert isinstance(outcome, Conflict) if refused else outcome is None
            if step % 20 == 19:
                storage = await reopen()
            await model.compare(storage)
        assert model.appended > 30  # not hollow, whatever was forgotten later

    async def test_STO13_check_passes_when_all_is_well(self, storage: Storage) -> None:
        await storage.check()

    async def test_STO13_closing_twice_does_no_harm(self, storage: Storage) -> None:
        await storage.close()
        await storage.close()
