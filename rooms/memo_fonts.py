"""The typefaces of the PDF: where they lie, and which writes what."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import typst

PACKAGES = (
    "fontpkg_noto_sans",
    "fontpkg_ibm_plex_sans_arabic",
    "fontpkg_noto_sans_arabic",
    "fontpkg_noto_sans_devanagari",
    "fontpkg_noto_sans_tamil",
    "fontpkg_hind_siliguri",
)
"""Families that come as Python packages, with the program; the last writes Bengali."""
WEB = Path(__file__).resolve().parents[1] / "web"
WEB_FOLDERS = (WEB / "dist" / "fonts", WEB / "node_modules" / "@expo-google-fonts")
"""Families no Python package carries (Ethiopic, emoji): the web build copies them to the
first; a source tree has them in the second."""
STYLES = ("400Regular", "700Bold")
"""Weights used out of a folder that holds nine of each family."""
VOICE = "Libertinus Serif"
"""The serif of human voices: it is built into the typesetter."""
HOUSE = "Noto Sans"
ARABIC = "IBM Plex Sans Arabic"
"""Stands before Noto Sans Arabic, which draws letters and dots apart: copied out of the page or
read aloud, its words fall into doubled letters; Noto has the letters this one lacks."""
SPARE = ("DejaVu Sans Mono", "New Computer Modern", "New Computer Modern Math")
"""Built-in families that come last: they have signs the others lack."""


def folders(extra: Path | None = None) -> tuple[Path, ...]:
    """Folders with fonts that exist here. `extra` is a folder of the operator's own (a setting),
    for scripts that are too large to ship, such as Chinese."""
    found: list[Path] = []
    for package in PACKAGES:
        spec = find_spec(package)
        places = spec.submodule_search_locations if spec else None
        found += [Path(place) / "files" for place in places or ()]
    for folder in WEB_FOLDERS:
        found += [
            weight
            for family in (sorted(folder.iterdir()) if folder.is_dir() else [])
            for weight in ([family / style for style in STYLES] if family.is_dir() else [])
        ]
        if folder.name == "fonts":
            found.append(folder)
    if extra is not None:
        found.append(extra)
    return tuple(folder for folder in dict.fromkeys(found) if folder.is_dir())


@lru_cache(maxsize=4)
def library(extra: Path | None = None) -> typst.Fonts:
    """The fonts found, read once for the life of the process."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(folder) for folder in folders(extra)],
    )


@lru_cache(maxsize=4)
def families(extra: Path | None = None) -> tuple[str, ...]:
    """Family names in a fixed order: the house faces, the others by name, the spare ones last."""
    names = set(library(extra).families())
    first = [name for name in (HOUSE, ARABIC) if name in names]
    last = [name for name in SPARE if name in names]
    middle = sorted(names - {VOICE, *first, *last})
    return (*first, *middle, *last)


def stacks(extra: Path | None = None) -> dict[str, list[str]]:
    """The two stacks of the template: `house` for the program, `voice` for people."""
    house = list(families(extra))
    return {"house": [*house, VOICE], "voice": [VOICE, *house]}
