"""The memo as a Word document: real headings, table headers, languages and directions."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph as WordParagraph
from msgspec.structs import replace

from rooms.memo_photos import Photos, Print, printed
from rooms.memo_text import line_direction, page_direction
from rooms.memo_tree import (
    Ask,
    Block,
    Bullets,
    Heading,
    Line,
    Memo,
    Notice,
    Paragraph,
    Picture,
    Quote,
    Run,
    Space,
    Table,
)
from rooms.word_xml import PARAGRAPH, ROW, RUN, SECTION, TABLE, borders, drop, language, put

ORNAMENT = Path(__file__).with_name("print") / "mat.png"
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of every part inside the file: the earliest a zip can hold, always the same."""
PAGE_WIDTH, PAGE_HEIGHT, TEXT_WIDTH = 7_560_000, 10_692_000, 5_616_000
"""A4 and a column of 156 mm, in Word's units (36,000 a millimetre)."""
VOICE, HOUSE = "Georgia", "Calibri"
"""Faces that text programs have; other scripts come from the reader's own machine."""
COMPLEX = "Arial"
HEADINGS = ("Part heading", "Question label")
"""Styles that look like no heading of a story, and are as high as one: no level is left out."""
SIDES = ("top", "left", "bottom", "right")
DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"
LINE = "E0D3BC"
INK, QUIET, SAND, SAND_SOFT, SAND_TEXT = "08252F", "3C545C", "D9C18F", "F9F0DC", "71500F"


def docx(memo: Memo, photos: Photos | None = None) -> bytes:
    """The memo as DOCX. Equal memos with equal photos give equal bytes; the file's own dates are
    the end of the
    exchange."""
    document = Document()
    _styles(document, memo.language)
    _page(document, memo)
    way = page_direction(memo.language)
    head = memo.head
    _add(document, "Kicker", Line(head.kicker, language=memo.language), way)
    _add(document, "Title", head.title, way)
    for fact in head.facts:
        paragraph = _paragraph(document, "Fact")
        _run(paragraph, Line(fact.label, language=memo.language), way, colour=QUIET)
        paragraph.add_run("\t")
        _fill(paragraph, fact.line, way)
    for text in (head.confidentiality, head.edition):
        _add(document, "Quiet", Line(text, language=memo.language), way)
    _ornament(document)
    for section in memo.sections:
        _add(document, "Heading 1", Line(section.heading, language=memo.language), way)
        for block in section.blocks:
            if isinstance(block, Picture):
                _photo(document, block, printed(photos or {}, block.photo), way)
            else:
                _block(document, block, way, memo.language)
    _add(document, "Date line", Line(memo.date_line, language=memo.language), way)
    _add(document, "Quiet", Line(memo.imprint, language=memo.language), way)
    raw = BytesIO()
    document.save(raw)
    return _same_dates(raw.getvalue())


def _block(document: WordDocument, block: Block, way: str, tag: str) -> None:
    match block:
        case Heading(line=line, part=part):
            style = "Part heading" if part else "Heading 2"
            _add(document, style, line, way)
        case Paragraph(line=line, quiet=quiet):
            _add(document, "Quiet" if quiet else "Body Text", line, way)
        case Bullets(items=items):
            for item in items:
                _add(document, "List Bullet", item, way)
        case Quote(line=line, attribution=by, translation=translation):
            side = line_direction(line.text, line.by, way)
            quoted = Line(f"“{line.text}”", line.source, line.by, line.language)
            _keep(_add(document, "Quote", quoted, way))
            if by or translation:
                _caption(document, translation, by, side)
        case Table(headers=headers, rows=rows, numeric=numeric):
            _table(document, headers, rows, numeric, way, tag)
        case Notice(line=line, kind=kind):
            _add(document, "To do" if kind == "placeholder" else "Quiet", line, way)
        case Ask(line=line, label=label, state_label=state):
            note = Line(label, language=tag, note=state)
            _keep(_add(document, "Question label", note, way))
            _add(document, "Question", line, way)
        case Picture() | Space():  # `_photo`; never in what is shared
            pass


def _paragraph(document: WordDocument, style: str) -> WordParagraph:
    paragraph = document.add_paragraph()
    _style(paragraph, style)
    return paragraph


def _style(paragraph: WordParagraph, name: str) -> None:
    # By its id: python-docx looks through all 164 styles for every name, most of a file's time.
    paragraph._p.style = name.replace(" ", "")


def _add(document: WordDocument, style: str, line: Line, way: str) -> WordParagraph:
    paragraph = _paragraph(document, style)
    _fill(paragraph, line, way)
    return paragraph


def _fill(paragraph: WordParagraph, line: Line, way: str) -> None:
    if line_direction(line.text, line.by, way) == "rtl":
        put(paragraph._p.get_or_add_pPr(), "bidi", PARAGRAPH)
    for run in line.pieces:
        _marked(paragraph, line, run, way)
    if line.note:
        paragraph.add_run("  ")
        _run(paragraph, Line(line.note, by="people"), way, colour=QUIET, small=True)


def _marked(paragraph: WordParagraph, line: Line, run: Run, way: str) -> None:
    """A stretch of a line with its marks, in the line's direction: a bold word in another script
    stands where it stands in the sentence."""
    piece = Line(run.text, line.source, line.by, line.language)
    _run(paragraph, piece, way, bold=run.bold, italic=run.italic, whole=line.text)


def _run(
    paragraph: WordParagraph,
    line: Line,
    way: str,
    colour: str = "",
    bold: bool = False,
    small: bool = False,
    italic: bool = False,
    whole: str = "",
) -> None:
    """One run: text, language, direction. The text is text: Word has no markup in it."""
    run = paragraph.add_run(line.text)
    properties = run._r.get_or_add_rPr()
    if bold:
        run.bold = run.font.cs_bold = True
    if italic:
        run.italic = run.font.cs_italic = True
    if small:
        run.font.size = Pt(9)
        run.font.name = HOUSE
        run.font.bold = False
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    # The run's own script decides; a name inside a list of another direction keeps its order.
    if line_direction(whole or line.text, "people", way) == "rtl":
        put(properties, "rtl", RUN)
    if line.language:
        language(properties, line.language)


def _caption(document: WordDocument, translation: str, by: str, side: str) -> None:
    paragraph = _paragraph(document, "Quote source")
    if side == "rtl":
        put(paragraph._p.get_or_add_pPr(), "bidi", PARAGRAPH)
    if translation:
        _run(paragraph, Line(translation, by="people"), side)
    if translation and by:
        paragraph.add_run(" ")
    if by:
        _run(paragraph, Line(by, by="people"), side, colour=INK, bold=True)


def _table(
    document: WordDocument,
    headers: tuple[str, ...],
    rows: tuple[tuple[Line, ...], ...],
    numeric: tuple[int, ...],
    way: str,
    tag: str,
) -> None:
    table = document.add_table(rows=1 + len(rows), cols=len(headers))
    table.autofit = True
    properties = table._tbl.tblPr
    if way == "rtl":
        put(properties, "bidiVisual", TABLE)
    borders(properties, "tblBorders", TABLE, ("bottom", "insideH"), LINE, 6)
    for number, row_element in enumerate(table._tbl.tr_lst):
        put(row_element.get_or_add_trPr(), "cantSplit", ROW)
        if not number:  # marked as the head, and repeated on every page
            put(row_element.get_or_add_trPr(), "tblHeader", ROW)
    lines = (tuple(Line(header, language=tag) for header in headers), *rows)
    for column, cells in enumerate(zip(*lines, strict=True)):
        for row, line in enumerate(cells):
            cell = table.rows[row].cells[column]
            share = 0.12 if column in numeric else 1 - 0.12 * len(numeric)
            others = 1 if column in numeric else max(1, len(headers) - len(numeric))
            cell.width = Emu(int(TEXT_WIDTH * share / others))
            paragraph = cell.paragraphs[0]
            _style(paragraph, "Table head" if row == 0 else "Table cell")
            if column in numeric:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _fill(paragraph, line, way)
    _paragraph(document, "After table")


def _page(document: WordDocument, memo: Memo) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Emu(PAGE_WIDTH), Emu(PAGE_HEIGHT)
    section.left_margin = section.right_margin = Emu((PAGE_WIDTH - TEXT_WIDTH) // 2)
    section.top_margin = section.bottom_margin = Emu(864_000)
    way = page_direction(memo.language)
    if way == "rtl":
        put(section._sectPr, "bidi", SECTION)
    footer = section.footer.paragraphs[0]
    _style(footer, "Quiet")
    _fill(footer, Line(f"{memo.head.title.text} · {memo.head.kicker}", by="people"), way)
    core = document.core_properties
    ended = min(max(memo.ended, 0), 4_102_444_800_000) / 1000
    core.created = core.modified = datetime.fromtimestamp(ended, UTC).replace(tzinfo=None)
    core.title, core.language = memo.head.title.text[:200], memo.language
    core.author = core.last_modified_by = core.comments = core.keywords = ""
    core.revision = 1


def _styles(document: WordDocument, tag: str) -> None:
    styles = document.styles
    normal = styles["Normal"]
    for default in styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr"):
        language(default, tag)
    _face(normal, HOUSE, 11, INK, after=6, line=1.25)
    language(normal.element.get_or_add_rPr(), tag)
    _face(styles["Title"], VOICE, 30, INK, before=2, after=14, line=1.1)
    _face(styles["Heading 1"], VOICE, 20, INK, before=26, after=8, line=1.15)
    _face(styles["Heading 2"], VOICE, 14.5, INK, before=16, after=5, line=1.15)
    _face(styles["Body Text"], HOUSE, 11, INK, after=8, line=1.3)
    _face(styles["List Bullet"], HOUSE, 11, INK, after=4, line=1.25)
    _face(styles["Caption"], HOUSE, 9, QUIET, after=12, line=1.25)
    _face(styles["Quote"], VOICE, 14, INK, before=10, after=2, line=1.25)
    for name in ("Title", "Heading 1", "Heading 2", "Quote"):
        drop(styles[name].element.get_or_add_pPr(), "pBdr")
    own: tuple[tuple[str, str, float, str, float, float], ...] = (
        ("Kicker", HOUSE, 10, QUIET, 0, 0),
        ("Fact", HOUSE, 11, INK, 0, 3),
        ("Quiet", HOUSE, 10, QUIET, 2, 4),
        ("Quote source", HOUSE, 10, QUIET, 0, 12),
        ("To do", HOUSE, 10, SAND_TEXT, 4, 6),
        ("Part heading", HOUSE, 11, QUIET, 13, 4),
        ("Question label", HOUSE, 11, QUIET, 14, 0),
        ("Question", VOICE, 14.5, INK, 0, 12),
        ("Table head", HOUSE, 10, QUIET, 3, 3),
        ("Table cell", HOUSE, 11, INK, 3, 3),
        ("After table", HOUSE, 4, INK, 0, 0),
        ("Date line", HOUSE, 10, QUIET, 30, 0),
    )
    for name, face, size, colour, before, after in own:
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        bold = name in ("Part heading", "Question label", "Table head")
        # Parts of a theme and its question are headings of the second level in the outline.
        style.base_style = styles["Heading 2"] if name in HEADINGS else normal
        _face(style, face, size, colour, before, after, 1.25, bold=bold)
    styles["Fact"].paragraph_format.tab_stops.add_tab_stop(Pt(96))
    for name in ("Quote", "Quote source"):
        properties = _indented(styles[name], 14)
        borders(properties, "pBdr", PARAGRAPH, ("left",), SAND, 18, 10)
    properties = _indented(styles["To do"], 6)
    borders(properties, "pBdr", PARAGRAPH, SIDES, SAND, 6, 5, kind="dashed")
    for name in ("Question label", "Question"):
        properties = _indented(styles[name], 8)
        put(properties, "shd", PARAGRAPH, val="clear", color="auto", fill=SAND_SOFT)
        borders(properties, "pBdr", PARAGRAPH, SIDES, SAND_SOFT, 8, 8)


def _indented(style: ParagraphStyle, points: float) -> BaseOxmlElement:
    style.paragraph_format.left_indent = style.paragraph_format.right_indent = Pt(points)
    properties: BaseOxmlElement = style.element.get_or_add_pPr()
    return properties


def _face(
    style: ParagraphStyle,
    face: str,
    size: float,
    colour: str,
    before: float = 0,
    after: float = 0,
    line: float = 1.25,
    bold: bool = False,
) -> None:
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(colour)
    space = style.paragraph_format
    space.space_before, space.space_after, space.line_spacing = Pt(before), Pt(after), line
    properties = style.element.get_or_add_rPr()
    put(properties, "rFonts", RUN, ascii=face, hAnsi=face, eastAsia=COMPLEX, cs=COMPLEX)
    # Sizes and weights of right-to-left and Indic text have their own elements in Word.
    put(properties, "szCs", RUN, val=int(size * 2))
    put(properties, "bCs", RUN, val=int(bold))
    put(properties, "iCs", RUN, val=0)
    drop(properties, "spacing")


def _keep(paragraph: WordParagraph) -> None:
    paragraph.paragraph_format.keep_with_next = True


def _photo(document: WordDocument, block: Picture, shown: Print | None, way: str) -> None:
    """A photo with its words for those who cannot see it, and its caption; else what is on it."""
    if shown is None:
        _add(document, "Quiet", replace(block.line, text=block.label), way)
        return
    paragraph = _paragraph(document, "Body Text")
    if line_direction(block.line.text, block.line.by, way) == "rtl":
        put(paragraph._p.get_or_add_pPr(), "bidi", PARAGRAPH)
    place = paragraph.add_run()
    shape = place.add_picture(BytesIO(shown.body), Mm(shown.wide), Mm(shown.high))
    drawing = shape._inline.docPr
    drawing.set("name", "")
    drawing.set("descr", block.line.text)
    _keep(paragraph)
    _add(document, "Caption", block.line, way)


def _ornament(document: WordDocument) -> None:
    """The woven line; marked as decoration, so that it is not read aloud."""
    paragraph = _paragraph(document, "Quiet")
    shape = paragraph.add_run().add_picture(str(ORNAMENT), width=Emu(TEXT_WIDTH))
    drawing = shape._inline.docPr
    drawing.set("name", "")
    drawing.set("descr", "")
    extensions = OxmlElement("a:extLst")
    extension = OxmlElement("a:ext")
    extension.set("uri", "{C183D7F6-B498-43B3-948B-1728B52AA6E4}")
    mark = extension.makeelement(
        f"{{{DECORATIVE}}}decorative", {"val": "1"}, nsmap={"adec": DECORATIVE}
    )
    extension.append(mark)
    extensions.append(extension)
    drawing.append(extensions)


def _same_dates(raw: bytes) -> bytes:
    """The same zip with every part dated alike, so that equal memos are equal bytes."""
    out = BytesIO()
    with ZipFile(BytesIO(raw)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = ZipInfo(name, ZIP_DATE)
            # A photo does not become smaller, and trying takes longer than all the rest.
            info.compress_type = ZIP_STORED if name.endswith(".jpg") else ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            new.writestr(info, old.read(name))
    return out.getvalue()
