"""The rules of the tree, held over the source itself: imports, purity, pages, styles, tests."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("activities", "rooms", "server", "web")

# server > rooms > activities: who may import whom among our packages.
MAY_IMPORT = {
    "activities": {"activities"},
    "rooms": {"rooms", "activities"},
    "server": {"server", "rooms", "activities"},
    "web": {"web", "rooms", "activities"},  # the tools that write strings and wire types
}

# What an activity may import: values and arithmetic, nothing that can look at the world.
ACTIVITY_LIBRARY = frozenset(
    [
        "__future__",
        "bisect",
        "collections",
        "dataclasses",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "itertools",
        "math",
        "operator",
        "re",
        "statistics",
        "string",
        "textwrap",
        "types",
        "typing",
        "typing_extensions",
        "unicodedata",
        "msgspec",
    ]
)
# A day is a value; what today is, only the clock knows (`impurities` finds who asks it).
DATES = frozenset({"datetime", "datetime.date"})
# Shared by all activities (methods.md 1.4 to 1.8); the registry alone imports the activities.
SHARED = frozenset(
    {
        "kernel",
        "turns",
        "rounds",
        "grouping",
        "groups",
        "nameless",
        "pairing",
        "timing",
        "consent",
        "blocks",
        "board",
        "people",
        "phases",
    }
)
# One graph library, in one module (architecture.md, Heavy decisions).
GRAPH_LIBRARIES = {"_pairing_match": frozenset({"rustworkx"})}

# Rooms' modules that only compute. Names that do not exist yet are held to it when they do: a new
# desk, its events and its views decide and show, and never look at the world.
PURE_ROOMS = re.compile(
    r"(.*_(desk|events|view|rights|state|decide)|agenda(_.*)?|helm(_.*)?|room_view_.*|safety|lead|hats|offers(_.*)?"
    r"|memo(_(?!export|docx|pdf|fonts|press|pages_pdf).*)?|wire(_.*)?|asked|asking|call|card_words|item_order|names"
    r"|whole|words|words_gone|unnamed|commits|commit_writing|card_lookup|board_export|seats|permissions|update_gate|ownership(_.*)?|board_schema|lib0)$"
)
IMPURE = frozenset(
    [
        "asyncio",
        "anyio",
        "concurrent",
        "glob",
        "http",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "select",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "structlog",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib",
        "uuid",
        "redis",
        "httpx",
        "starlette",
        "uvicorn",
    ]
)
IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval"})
CLOCK_METHODS = frozenset({"now", "utcnow", "today"})  # of datetime and date

NOT_SHIPPED = frozenset({"tests", "pytest", "hypothesis", "playwright"})
NOT_FOR_ROOMS = frozenset({"starlette", "uvicorn", "jinja2", "httptools", "websockets"})
STORAGES = frozenset({"rooms.sqlite_storage", "rooms.redis_storage"})
COMPOSITION_ROOT = "server/app.py"

# Source modules without a test module of their own, each with its reason. Keep it short.
WITHOUT_TESTS = {
    "activities/blocks.py": "values without behaviour; every test of a view reads them",
    "activities/board.py": "values without behaviour; `test_board_desk.py` has what they do",
    "rooms/board_events.py": "values without behaviour; `test_board_state.py` has what they do",
    "rooms/card_desk.py": "what the desks of the board share; tests of the note and theme desks",
    "rooms/storage.py": "a contract; its suite runs on every storage",
    "rooms/wire.py": "values without behaviour; `tests/test_docs.py` has an example of each",
    "rooms/wire_board.py": "values without behaviour; tests of the note, theme, section desks",
    "rooms/wire_helm.py": "values without behaviour; tests of the helm desk",
    "rooms/wire_renderings.py": "values without behaviour; tests of the rendering desk",
    "rooms/wire_safety.py": "values without behaviour; tests of the safety desk",
    "rooms/wire_agenda.py": "values without behaviour; tests of agenda_desk and agenda_view",
}


def sources(*packages: str) -> Iterator[Path]:
    for package in packages:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "node_modules" not in file.parts:
                yield file


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


def imports(file: Path) -> set[str]:
    """Every module a file imports, absolute; `from a import b` gives both `a` and `a.b`."""
    found: set[str] = set()
    package = file.relative_to(ROOT).parent.parts
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found.add(module)
            found.update(f"{module}.{alias.name}" for alias in node.names)
    return found


def top(module: str) -> str:
    return module.partition(".")[0]


def owner(file: Path) -> str:
    """The module a file is a part of: `check_in` for `_check_in_view.py` and for itself.

    A thing too long for one file lies in several that carry its name in front.
    """
    own = file.stem.lstrip("_")
    beside = (path.stem for path in file.parent.glob("*.py") if not path.stem.startswith("_"))
    return min((stem for stem in beside if own.startswith(f"{stem}_")), key=len, default=own)


def activity_trouble(file: Path) -> list[str]:
    """What an activity's file imports although it may not."""
    allowed = ACTIVITY_LIBRARY | GRAPH_LIBRARIES.get(file.stem, frozenset())
    modules = {path.stem for path in file.parent.glob("*.py")} | SHARED
    found: list[str] = []
    for module in sorted(imports(file)):
        if top(module) != "activities":
            if top(module) not in allowed and module not in DATES:
                found.append(module)
            continue
        parts = module.split(".")
        if len(parts) < 2 or parts[1] not in modules:
            continue  # the package itself, or a name inside a module already judged
        other = parts[1]
        if other not in SHARED and owner(file.with_stem(other)) != owner(file):
            found.append(module)
    return found


def impurities(file: Path) -> list[str]:
    """What a module that should only compute does with the world."""
    found = sorted(module for module in imports(file) if top(module) in IMPURE)
    for node in ast.walk(tree(file)):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id=called) if called in IMPURE_CALLS:
                found.append(f"{called}() in line {node.lineno}")
            case (
                ast.Attribute(value=ast.Name(id=owner), attr=called)
                | ast.Attribute(value=ast.Attribute(attr=owner), attr=called)
            ) if called in CLOCK_METHODS and owner in {"datetime", "date", "dt"}:
                found.append(f"{owner}.{called}() in line {node.lineno}")
            case _:
                pass
    return found


def violations(check: str, found: dict[str, list[str]]) -> None:
    told = "\n".join(f"  {file}: {', '.join(what)}" for file, what in found.items() if what)
    assert not told, f"{check}\n{told}"


# ---------------------------------------------------------------- imports


def test_packages_import_downwards_only() -> None:
    violations(
        "server > rooms > activities",
        {
            name(file): sorted(
                module
                for module in imports(file)
                if top(module) in MAY_IMPORT and top(module) not in MAY_IMPORT[package]
            )
            for package in PACKAGES
            for file in sources(package)
        },
    )


def test_no_package_imports_the_tests() -> None:
    violations(
        "tests are no part of the product",
        {
            name(file): sorted(
                m for m in imports(file) if top(m) in {"tests", "pytest", "hypothesis"}
            )
            for file in sources(*PACKAGES)
        },
    )


def test_an_activity_imports_values_and_shared_engines_only() -> None:
    violations(
        "an activity may import the kernel, the engines, the blocks and plain data modules",
        {
            name(file): activity_trouble(file)
            for file in sources("activities")
            if file.stem not in {"registry", "__init__"}
        },
    )


def test_rooms_know_neither_http_nor_templates() -> None:
    violations(
        "what a room is, without its door",
        {
            name(file): sorted(m for m in imports(file) if top(m) in NOT_FOR_ROOMS)
            for file in sources("rooms")
        },
    )


def test_storages_are_imported_by_the_composition_root_only() -> None:
    violations(
        f"only {COMPOSITION_ROOT} chooses a storage",
        {
            name(file): sorted(
                module
                for module in imports(file)
                if any(f"{module}.".startswith(f"{storage}.") for storage in STORAGES)
            )
            for file in sources(*PACKAGES)
            if name(file) != COMPOSITION_ROOT
        },
    )


def test_pure_modules_do_not_look_at_the_world() -> None:
    pure = [*sources("activities"), *(f for f in sources("rooms") if PURE_ROOMS.match(f.stem))]
    violations("pure modules", {name(file): impurities(file) for file in pure})


def made_up_strings(file: Path) -> list[str]:
    """Calls that mark a string for people but build it first, so that no extractor can read it."""
    found: list[str] = []
    for node in ast.walk(tree(file)):
        match node:
            case ast.Call(
                func=ast.Name(id="say" | "say_n" | "_" | "gettext" | "ngettext"),
                args=[ast.JoinedStr() | ast.BinOp() | ast.Call(), *_],
            ):
                found.append(f"line {node.lineno}")
            case _:
                pass
    return found


def test_strings_for_people_are_whole() -> None:
    violations(
        "a string for people is written whole, with {placeholders}",
        {name(f): made_up_strings(f) for f in sources("activities", "rooms", "server")},
    )


# The rules must bite: each is tried on a line that breaks it.


@pytest.mark.parametrize(
    "line",
    ["import time", "from datetime import datetime", "import activities.fishbowl", "import pycrdt"],
)
def test_activity_rule_bites(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)
    file = tmp_path / "activities" / "dyads.py"
    file.parent.mkdir()
    (file.parent / "fishbowl.py").touch()
    file.write_text(f"from activities.kernel import step\nimport msgspec\n{line}\n")
    assert activity_trouble(file)
    file.write_text("from activities.kernel import step\nimport msgspec\n")
    assert activity_trouble(file) == []


def test_parts_of_one_activity_may_import_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)
    folder = tmp_path / "activities"
    folder.mkdir()
    for stem in ("check_in", "_check_in_model", "dyads"):
        (folder / f"{stem}.py").touch()
    file = folder / "_check_in_view.py"
    file.write_text("from activities import _check_in_model, check_in\n")
    assert activity_trouble(file) == []
    file.write_text("from activities.dyads import Pair\n")
    assert activity_trouble(file)


@pytest.mark.parametrize(
    "line", ["import os.path", "open('x')", "datetime.now()", "datetime.date.today()", "print(1)"]
)
def test_purity_rule_bites(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)
    file = tmp_path / "rooms" / "memo.py"
    file.parent.mkdir()
    file.write_text(f"import datetime\n{line}\n")
    assert impurities(file)
    file.write_text("import datetime\nlater = datetime.timedelta(1)\n")
    assert impurities(file) == []


@pytest.mark.parametrize("call", ['say(f"{a} tells")', 'say("a" + b)', '_("{}".format(a))'])
def test_string_rule_bites(call: str, tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text(call)
    assert made_up_strings(file)
    file.write_text('say("{a} tells", a=f"{b}")')
    assert made_up_strings(file) == []


# ---------------------------------------------------------------- tests


def has_test(file: Path) -> bool:
    """Whether a module has its test module; parts of a longer one may share their owner's."""
    folder = ROOT / "tests" / file.relative_to(ROOT).parent
    return any((folder / f"test_{stem}.py").exists() for stem in (file.stem, owner(file)))


def test_one_test_module_per_source_module() -> None:
    missing = [
        name(file)
        for file in sources(*PACKAGES)
        if file.name not in {"__init__.py", "__main__.py"}
        and name(file) not in WITHOUT_TESTS
        and not has_test(file)
    ]
    assert not missing, f"without a test module: {', '.join(missing)}"


def test_the_exceptions_exist() -> None:
    gone = [file for file in WITHOUT_TESTS if not (ROOT / file).exists()]
    assert not gone, f"listed as having no test, but not there at all: {gone}"


# ---------------------------------------------------------------- pages and styles

COMMENTS = {
    ".css": re.compile(r"/\*.*?\*/", re.S),
    ".html": re.compile(r"<!--.*?-->|\{#.*?#\}", re.S),
    ".ts": re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.S),
}
# Left and right as properties (`margin-left`, `right`), radii (`border-top-left-radius`) or values.
SIDES = re.compile(
    r"(?<![\w-])(?!--)(?:[a-z-]+-)?(?:left|right)(?:-[a-z]+)*\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")[^>]*>"
    r"|<style\b|<[^>]*\sstyle\s*=|<[^>]*\son[a-z]+\s*=|javascript:",
    re.I,
)
# In Lit templates `.style=` sets a property and `@click=` a listener: both are fine.
INLINE_IN_LIT = re.compile(r"<style\b|(?<=\s)style=[\"'$]|(?<=\s)on[a-z]+=[\"'$]|\bstyleMap\b")


def without_comments(file: Path) -> str:
    """A file's text with comments blanked, so that line numbers stay true."""
    return COMMENTS[file.suffix].sub(
        lambda found: re.sub(r"[^\n]", " ", found.group()), file.read_text("utf-8")
    )


def hits(pattern: re.Pattern[str], folder: str, ending: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "web" / folder).rglob(f"*{ending}")):
        text = without_comments(file)
        found[name(file)] = [
            f"line {text.count(chr(10), 0, hit.start()) + 1} ({hit.group()[:40].strip()})"
            for hit in pattern.finditer(text)
        ]
    return found


def test_styles_know_no_left_and_right() -> None:
    violations("logical properties only (style.md 12)", hits(SIDES, "styles", ".css"))


def test_templates_have_nothing_inline() -> None:
    violations("the policy forbids it (style.md 12)", hits(INLINE, "templates", ".html"))


def test_elements_have_nothing_inline() -> None:
    violations("blocked at first render (field-notes.md 9)", hits(INLINE_IN_LIT, "src", ".ts"))


@pytest.mark.parametrize(
    ("pattern", "bad", "good"),
    [
        (SIDES, "a { margin-left: 0 }", "a { margin-inline-start: 0; --left: 1 }"),
        (SIDES, "a{left:0}", "a { inset-inline-start: 0 }"),
        (SIDES, "a { text-align: right }", "a { text-align: end }"),
        (SIDES, "a { border-top-left-radius: 1px }", "a { border-start-start-radius: 1px }"),
        (INLINE, "<script>x</script>", '<script type="module" src="/x.js"></script>'),
        (INLINE, '<p class="a" style="b">', '<p class="style">'),
        (INLINE, '<a onclick="x()">', '<a data-on="x">'),
        (INLINE, "<style>", '<link rel="stylesheet">'),
        (INLINE, '<a href="javascript:x">', '<script type="application/json">{}</script>'),
        (INLINE_IN_LIT, 'html`<p style="x">`', "html`<p .style=${x}>`"),
        (INLINE_IN_LIT, 'html`<p onclick="x">`', "html`<p @click=${x}>`"),
        (INLINE_IN_LIT, "import { styleMap }", "el.style.setProperty(a, b)"),
    ],
)
def test_page_rules_bite(pattern: re.Pattern[str], bad: str, good: str) -> None:
    assert pattern.search(bad)
    assert not pattern.search(good)


# ---------------------------------------------------------------- leaks

LEAKS = re.compile(
    r"\"resolved\": *\"https?:|--(?:extra-)?index-url|https?://[^/ ]+/simple\b"
    r"|(?<![\w.])/(?:root|home/\w+|Users/\w+)/(?!\.\.\.)"
)
MAY_SPELL_THEM = frozenset({"tests/test_architecture.py"})


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git clone")
    found: dict[str, list[str]] = {}
    for path in filter(None, listed.stdout.decode().split("\0")):
        file = ROOT / path
        if path in MAY_SPELL_THEM or not file.is_file():
            continue
        text = file.read_bytes().decode("utf-8", errors="ignore")
        found[path] = [hit.group() for hit in LEAKS.finditer(text)]
        if len(ROOT.parts) > 2 and str(ROOT) in text:  # the folder of this very clone
            found[path].append(str(ROOT))
    violations("paths of a machine or hosts of a registry", found)
