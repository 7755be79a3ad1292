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
    "fontpkg_noto_sans_telugu",
    "fontpkg_noto_sans_thai",
    "fontpkg_noto_sans_khmer",
    "fontpkg_hind_siliguri",
    "noto_cjk_sans_otc",
)
"""Families that come as Python packages, with the program; the last two write Bengali, and Chinese
with Japanese and Korean (one file of 19 MB holds all of them)."""
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
HAN = {
    "zh": "Noto Sans CJK SC", "zh-hant": "Noto Sans CJK TC", "zh-tw": "Noto Sans CJK TC",
    "zh-hk": "Noto Sans CJK HK", "zh-mo": "Noto Sans CJK HK", "yue": "Noto Sans CJK HK",
    "ja": "Noto Sans CJK JP", "ko": "Noto Sans CJK KR",
}  # fmt: skip
"""Who draws Chinese characters in a language: the same character has a form in each country."""
UNUSED = "Noto Sans Mono CJK"
"""Lies in the same file as the faces of `HAN`; its letters are as wide as its signs."""
SPARE = ("DejaVu Sans Mono", "New Computer Modern", "New Computer Modern Math")
"""Built-in families that come last: they have signs the others lack."""


def folders(extra: Path | None = None) -> tuple[Path, ...]:
    """Folders with fonts that exist here. `extra` is a folder of the operator's own (a setting),
    for scripts that are too large to ship, such as Chinese."""
    found: list[Path] = []
    for package in PACKAGES:
        spec = find_spec(package)
        places = spec.submodule_search_locations if spec else None
        homes = [Path(place) for place in places or ()]
        found += [home / "files" if (home / "files").is_dir() else home for home in homes]
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


@lru_cache(maxsize=16)
def families(extra: Path | None = None, language: str = "") -> tuple[str, ...]:
    """Family names in a fixed order: the house faces, the others by name with the Chinese
    characters of `language` first among their kind, the spare ones last."""
    names = {name for name in library(extra).families() if not name.startswith(UNUSED)}
    first = [name for name in (HOUSE, ARABIC) if name in names]
    last = [name for name in SPARE if name in names]
    middle = sorted(names - {VOICE, *first, *last})
    own = han(language) or HAN["zh"]
    east = sorted((name for name in middle if name in HAN.values()), key=lambda n: (n != own, n))
    return (*first, *(name for name in middle if name not in east), *east, *last)


def stacks(extra: Path | None = None, language: str = "") -> dict[str, list[str]]:
    """The two stacks of the template: `house` for the program, `voice` for people."""
    house = list(families(extra, language))
    return {"house": [*house, VOICE], "voice": [VOICE, *house]}


def han(language: str) -> str:
    """The family that draws Chinese characters as readers of a language know them, or ""."""
    tag = language.lower()
    parts = tag.split("-")
    narrower = ("-".join(parts[:2]), "-".join([parts[0], *parts[2:3]]), parts[0])
    return next((HAN[one] for one in narrower if one in HAN), "")
