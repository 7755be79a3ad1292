"""The organiser's archive."""

from __future__ import annotations

import io
import json
import zipfile

from rooms.memo_export import ALL_FORMATS
from rooms.memo_import import read_memo
from server.archive import COPIES, OTHERS, USES, packed, readme
from tests.server.conftest import Opened


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


def test_the_page_names_every_file_and_what_could_not_be_made() -> None:
    said = readme(lambda line: line.id, ["memo-public.pdf: no typeface."])
    assert set(USES) == set(ALL_FORMATS)
    for line in (*COPIES.values(), *USES.values(), *OTHERS):
        assert f"- {line.id}" in said
    assert "memo-public.pdf: no typeface." in said
    assert "Not in here" in said


def test_an_archive_of_the_same_files_has_the_same_bytes() -> None:
    assert packed({"b": b"2", "a": b"1"}) == packed({"a": b"1", "b": b"2"})
