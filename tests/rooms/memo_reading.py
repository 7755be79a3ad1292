"""How each export is read again: its text, and its structure without the words in it.

`READERS` is the list other tests walk: a format, and what gives all a person or a program finds in
such a file.
"""

import csv
import re
from collections.abc import Callable
from io import BytesIO, StringIO
from itertools import groupby
from typing import Final

from docx import Document
from lxml import html
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pypdf import PdfReader

from rooms.memo_export import Format

CHAT_BOLD = re.compile(r"(?<![\w*])\*(?=\S)[^*\n]*(?<=\S)\*(?![\w*])")
CHAT_MARKS = (
    CHAT_BOLD,
    re.compile(r"(?<![\w_])_(?=\S)[^_\n]*(?<=\S)_(?![\w_])"),
    re.compile(r"(?<![\w~])~(?=\S)[^~\n]*(?<=\S)~(?![\w~])"),
    re.compile(r"`[^`\n]+`"),
    re.compile(r"(?m)^(> |- |\* )"),
)
"""What a chat app takes for formatting: bold, italic, struck, typewriter, quotes and lists."""


QUIET = frozenset({"text", "softbreak", "hardbreak", "text_special"})
"""Parts of a line that are no structure; a quotation keeps the line breaks of its speaker."""


def markdown_text(content: bytes) -> str:
    """The text of a Markdown file as a reader shows it."""
    return " ".join(token.content for token in _inline(_parsed(content)) if token.content)


def markdown_shape(content: bytes) -> list[str]:
    """The blocks and marks of a Markdown file, in order. A quotation of several paragraphs counts
    as one of one."""
    shape: list[str] = []
    for token in _parsed(content):
        if not token.type.startswith("paragraph"):
            shape.append(f"{token.type}:{token.tag}")
        shape += [c.type for c in token.children or () if c.type not in QUIET]
    return [name for name, _ in groupby(shape)]


def _parsed(content: bytes) -> list[Token]:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return parser.parse(content.decode())


def _inline(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


def html_text(content: bytes) -> str:
    """The text of a page, without its style."""
    tree = html.document_fromstring(content.decode())
    for style in tree.xpath("//style"):
        style.getparent().remove(style)
    return str(tree.text_content())


def html_shape(content: bytes) -> list[str]:
    """The elements of a page in order, but for those that only turn the direction."""
    tree = html.document_fromstring(content.decode())
    return [
        f"{node.tag} {sorted(set(node.keys()) - {'dir', 'lang'})}"
        for node in tree.iter()
        if node.tag != "bdi"
    ]


def docx_text(content: bytes) -> str:
    """The text of a Word file, tables and foot included."""
    document = Document(BytesIO(content))
    rows = [paragraph.text for paragraph in document.paragraphs]
    rows += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    rows += [paragraph.text for paragraph in document.sections[0].footer.paragraphs]
    rows += [document.core_properties.title]
    return "\n".join(rows)


def docx_outline(content: bytes) -> list[tuple[int, str]]:
    """The headings of a Word file with their levels, as its outline and readers by ear have them;
    the title is none of them."""
    document = Document(BytesIO(content))
    found: list[tuple[int, str]] = []
    for paragraph in document.paragraphs:
        style = paragraph.style
        while style is not None and not style.element.xpath("w:pPr/w:outlineLvl"):
            style = style.base_style
        if style is not None and style.name != "Title":
            (level,) = style.element.xpath("w:pPr/w:outlineLvl/@w:val")
            found.append((int(level) + 1, paragraph.text))
    return found


def docx_shape(content: bytes) -> list[str]:
    """The styles of a Word file's paragraphs in order, and the sizes of its tables."""
    document = Document(BytesIO(content))
    shape = [str(paragraph.style and paragraph.style.name) for paragraph in document.paragraphs]
    shape += [f"{len(table.rows)}x{len(table.columns)}" for table in document.tables]
    return [*shape, f"links {len(document.part.rels)}"]


def pdf_text(content: bytes) -> str:
    """The text of a PDF and of its description. Indic scripts need poppler to be put together."""
    reader = PdfReader(BytesIO(content))
    return f"{reader.metadata} " + " ".join(page.extract_text() for page in reader.pages)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a table, by column."""
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def csv_text(content: bytes) -> str:
    """Every cell of a table, without the quote that keeps it from being a formula."""
    cells = (cell for row in csv_rows(content) for cell in row.values())
    return "\n".join(cell.removeprefix("'") for cell in cells)


def chat_shape(content: bytes) -> list[int]:
    """How much of a message a chat app would format."""
    return [len(mark.findall(content.decode())) for mark in CHAT_MARKS]


def _decoded(content: bytes) -> str:
    return content.decode()


READERS: Final[tuple[tuple[Format, Callable[[bytes], str]], ...]] = (
    ("md", markdown_text),
    ("html", html_text),
    ("docx", docx_text),
    ("pdf", pdf_text),
    ("json", _decoded),
    ("txt", _decoded),
    ("csv", csv_text),
    ("pages.html", html_text),
    ("pages.pdf", pdf_text),
)
"""Every format with its reader; the last two hold a part of the memo."""
