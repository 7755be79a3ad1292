"""Twelve simple drawings, one for each theme of the big-type edition: a page is found again by its
picture, also by somebody who does not read its title."""

from collections.abc import Iterable
from typing import Final
from zlib import crc32

INK, SAND, LEAF, WATER, CLAY = "#08252F", "#E8D8B8", "#2B6448", "#7FA9B5", "#E5673F"

_SHAPES: Final = {
    "boat": (
        f'<path d="M48 18 76 54H48z" fill="{CLAY}"/><path d="M48 58V14"/>'
        f'<path d="M12 58h72L72 76H24z" fill="{SAND}"/><path d="M8 88q10-7 20 0t20 0 20 0 20 0"/>'
    ),
    "tree": (
        f'<circle cx="48" cy="36" r="27" fill="{LEAF}"/>'
        '<path d="M48 90V40M48 62l14-14M48 54 36 44M30 90h36"/>'
    ),
    "house": (
        f'<path d="M22 44v42h52V44" fill="{SAND}"/><path d="M10 48 48 16l38 32" fill="{CLAY}"/>'
        f'<path d="M41 86V62h14v24" fill="{INK}"/>'
    ),
    "sun": (
        f'<circle cx="48" cy="42" r="16" fill="{CLAY}"/>'
        '<path d="M48 10v8M16 42h8M72 42h8M25 19l6 6M71 19l-6 6"/>'
        f'<path d="M4 88q22-34 44-8 22-26 44 8z" fill="{LEAF}"/>'
    ),
    "fish": (
        f'<path d="M10 48Q38 14 66 48 38 82 10 48z" fill="{WATER}"/>'
        f'<path d="M64 48 88 28v40z" fill="{WATER}"/><path d="M26 43v1M44 36q8 12 0 24"/>'
    ),
    "pot": (
        f'<path d="M34 26q-26 32-2 60h32q24-28-2-60z" fill="{CLAY}"/><path d="M28 26h40"/>'
        '<path d="m20 58 9-8 9 8 10-8 10 8 9-8 9 8"/>'
    ),
    "seedling": (
        f'<path d="M48 56Q20 58 16 28q30 0 32 28z" fill="{LEAF}"/>'
        f'<path d="M48 46q0-30 32-34 0 32-32 34z" fill="{LEAF}"/>'
        f'<path d="M48 84V46"/><path d="M18 90q30-14 60 0z" fill="{SAND}"/>'
    ),
    "bird": (
        f'<path d="M20 42q4-18 22-16 10 2 14 14l32 6-24 8q-6 22-26 20Q18 72 20 42z" '
        f'fill="{WATER}"/><path d="M20 40 8 46l12 4M32 38v1M42 74v14M54 70v18M46 50q8 8 20 4"/>'
    ),
    "mountains": (
        f'<path d="M4 84 36 24l24 60z" fill="{WATER}"/><path d="m44 84 22-40 26 40z" '
        f'fill="{LEAF}"/><path d="m27 41 8 6 10-2"/>'
    ),
    "well": (
        f'<path d="M16 34 48 10l32 24z" fill="{CLAY}"/><path d="M26 34v28M70 34v28M48 34v12"/>'
        f'<path d="M41 46h14l-2 14H43z" fill="{WATER}"/>'
        f'<path d="M18 62h60v26H18zM18 75h60M38 62v13M58 62v13M48 75v13" fill="{SAND}"/>'
    ),
    "moon": (
        f'<path d="M56 12a38 38 0 1 0 30 54A32 32 0 0 1 56 12z" fill="{SAND}"/>'
        '<path d="M76 20v12M70 26h12M64 46v6M61 49h6"/>'
    ),
    "drum": (
        f'<path d="M18 30 26 78q22 14 44 0l8-48" fill="{CLAY}"/>'
        f'<ellipse cx="48" cy="30" rx="30" ry="12" fill="{SAND}"/>'
        '<path d="m21 46 13 32 14-32 14 32 13-32"/>'
    ),
}
NAMES: Final = tuple(_SHAPES)


def picture(name: str) -> str:
    """A drawing as SVG that stands alone. Decoration: the page says everything in words too."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96" '
        f'fill="none" stroke="{INK}" stroke-width="3.5" stroke-linecap="round" '
        f'stroke-linejoin="round">{_SHAPES[name]}</svg>'
    )


def chosen(ids: Iterable[str]) -> tuple[str, ...]:
    """A picture for each id: its own as long as no other has it, the same in every draft; only
    beyond twelve does one come again."""
    found: list[str] = []
    for id in ids:
        start = crc32(id.encode())
        turns = (NAMES[(start + step) % len(NAMES)] for step in range(len(NAMES)))
        free = (name for name in turns if name not in found[-len(NAMES) + 1 :])
        found.append(next(free, NAMES[start % len(NAMES)]))
    return tuple(found)
