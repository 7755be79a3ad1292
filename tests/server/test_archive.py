"""The organiser's archive."""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64encode
from pathlib import Path

import pytest

from rooms.memo_export import ALL_FORMATS
from rooms.memo_import import read_memo
from server.__main__ import main
from server.archive import COPIES, OTHERS, USES, packed, readme
from tests.server.conftest import Opened
from tests.server.pictures import encoded, painted
from tests.server.test_photos import SHOWS, send


async def test_archive_is_the_organisers_alone(opened: Opened) -> None:
    guest = await opened.join("Guest")
    path = f"/api/rooms/{opened.room}/export.zip"
    assert (await guest.http.get(path, headers=guest.bearer)).status_code == 403
    answer = await guest.http.get(path, headers=opened.lead.bearer)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = set(archive.namelist())
        memos = {f"memo-{edition}.{ending}" for edition in COPIES for ending in ALL_FORMATS}
        assert names == {"README.txt", "board.json", "agenda.json"} | memos
        assert read_memo(archive.read("memo-public.json")).edition == "public"
        assert json.loads(archive.read("agenda.json"))
        said = archive.read("README.txt").decode()
    assert all(f".{ending}:" in said for ending in ALL_FORMATS)


@pytest.mark.slow
async def test_LJ4_the_pictures_of_each_copy_lie_beside_it(opened: Opened, tmp_path: Path) -> None:
    """A photo shared by its author, in every file that shows pictures and named in the others; one
    that is for those who were there is in their copy only. From the archive alone, unpacked, the
    same files come again (ME5)."""
    inside, outside = (encoded(painted(seed=n), "JPEG") for n in (1, 2))
    sent = [await send(opened.lead, body) for body in (inside, outside)]
    ids = [answer.json()["photo"] for answer in sent]
    for id, text in zip(ids, ("Our field", "The gate"), strict=True):
        card = {**SHOWS, "photo": id, "text": text, "alt": f"Seen: {text}"}
        assert (await opened.lead.send(f"card {id}", card)).status_code == 200
    about = await opened.lead.http.get(
        f"/api/rooms/{opened.room}/words", headers=opened.lead.bearer
    )
    gate = next(each for each in about.json()["words"] if each["text"] == "The gate")
    wider = {"type": "consent.release", "words": gate["words"], "choice": "unnamed",
             "outside": True, "exact": gate["digest"]}  # fmt: skip
    answer = await opened.lead.send("wider", wider)
    assert answer.status_code == 200, answer.text

    path = f"/api/rooms/{opened.room}/export.zip"
    answer = await opened.lead.http.get(path, headers=opened.lead.bearer)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path)
    assert {name for name in names if name.endswith(".jpg")} == {
        f"photos-participants/{ids[0]}.jpg",
        f"photos-participants/{ids[1]}.jpg",
        f"photos-public/{ids[1]}.jpg",
    }
    for edition, held in (("participants", ids), ("public", ids[1:])):
        for ending in ("md", "json", "csv"):
            text = (tmp_path / f"memo-{edition}.{ending}").read_text()
            assert [id in text for id in ids] == [id in held for id in ids]
        page = (tmp_path / f"memo-{edition}.html").read_text()
        for id in ids:
            body = (tmp_path / f"photos-participants/{id}.jpg").read_bytes()
            assert (b64encode(body).decode() in page) == (id in held)
        for ending in ("docx", "pdf", "html"):
            again = tmp_path / "again"
            kept = str(tmp_path / f"memo-{edition}.json")
            assert main(["memo", kept, "--format", ending, "--to", str(again)]) == 0
            assert again.read_bytes() == (tmp_path / f"memo-{edition}.{ending}").read_bytes()
            again.unlink()
            # The file by itself is the one in the archive.
            path = f"/api/rooms/{opened.room}/memo.{ending}"
            query = {"edition": edition}
            alone = await opened.lead.http.get(path, headers=opened.lead.bearer, params=query)
            assert alone.content == (tmp_path / f"memo-{edition}.{ending}").read_bytes()


def test_the_page_names_every_file_and_what_could_not_be_made() -> None:
    said = readme(lambda line: line.id, ["memo-public.pdf: no typeface."])
    assert set(USES) == set(ALL_FORMATS)
    for line in (*COPIES.values(), *USES.values(), *OTHERS):
        assert f"- {line.id}" in said
    assert "memo-public.pdf: no typeface." in said
    assert "Not in here" in said


def test_an_archive_of_the_same_files_has_the_same_bytes() -> None:
    assert packed({"b": b"2", "a": b"1"}) == packed({"a": b"1", "b": b"2"})
