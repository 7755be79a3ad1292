"""wire.ts is what the structs say, and every block has an element."""

import re
from typing import get_args

from activities.blocks import AnyBlock
from web.wire_types import TARGET, typescript

SOURCES = TARGET.parent


def test_wire_ts_is_up_to_date() -> None:
    """Run `python -m web.wire_types` when this fails."""
    assert TARGET.read_text(encoding="utf-8") == typescript()


def test_every_block_is_drawn() -> None:
    drawn = (SOURCES / "blocks" / "index.ts").read_text(encoding="utf-8")
    for block in get_args(AnyBlock):
        tag = block.__struct_config__.tag
        assert f'case "{tag}":' in drawn
        assert f'define("tl-{tag}"' in drawn


def test_icons_named_in_scripts_and_templates_exist() -> None:
    templates = SOURCES.parent / "templates"
    known = set(re.findall(r'id="i-(\w+)"', (templates / "icons.html").read_text(encoding="utf-8")))
    used: set[str] = set()
    for file in SOURCES.rglob("*.ts"):
        used |= set(re.findall(r'\bicon\("(\w+)"', file.read_text(encoding="utf-8")))
    for file in templates.glob("*.html"):
        used |= set(re.findall(r'part\.icon\("(\w+)"', file.read_text(encoding="utf-8")))
    assert used <= known


def test_pictures_of_the_check_in_exist() -> None:
    """Every option with a picture finds it among the drawn ones."""
    from activities._check_in_model import OPTIONS

    icons = (SOURCES.parent / "templates" / "icons.html").read_text(encoding="utf-8")
    for options in OPTIONS.values():
        for option in options:
            assert f'id="p-{option.picture}"' in icons


def test_styles_have_no_physical_directions_and_no_important() -> None:
    """Right-to-left works by construction (`style.md` 12)."""
    wrong = re.compile(
        r"\b(margin|padding|border|inset)-(left|right|top|bottom)\b|!important|\bfloat:|"
        r"^\s*(left|right|top|bottom|width|height):",
        re.MULTILINE,
    )
    for file in (SOURCES.parent / "styles").rglob("*.css"):
        assert not wrong.findall(file.read_text(encoding="utf-8")), file.name
