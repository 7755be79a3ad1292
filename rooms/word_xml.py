"""The few elements of WordprocessingML that python-docx has no words for, in schema order."""

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

RUN = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
    "snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd "
    "fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
)
PARAGRAPH = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr "
    "shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
    "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
    "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr "
    "sectPr pPrChange"
)
TABLE = (
    "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
    "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription"
)
ROW = "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader"
SECTION = (
    "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders "
    "lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter "
    "docGrid printerSettings"
)
"""Children of run, paragraph, table, row and section properties in the order the schema asks for:
readers of the strict kind refuse a file in which they are shuffled."""


def put(parent: BaseOxmlElement, tag: str, order: str, **attributes: str | int) -> BaseOxmlElement:
    """Set a child element, replacing one of the same name, at its place in the order. Attribute
    names are written without their prefix."""
    for old in parent.findall(qn(f"w:{tag}")):
        parent.remove(old)
    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    names = order.split()
    later = {qn(f"w:{name}") for name in names[names.index(tag) + 1 :]}
    place = next((index for index, child in enumerate(parent) if child.tag in later), len(parent))
    parent.insert(place, element)
    return element


def drop(parent: BaseOxmlElement, tag: str) -> None:
    """Remove children of this name."""
    for old in parent.findall(qn(f"w:{tag}")):
        parent.remove(old)


def language(properties: BaseOxmlElement, tag: str) -> None:
    """Say in which language a run or style is, for spelling and for reading aloud."""
    put(properties, "lang", RUN, val=tag, eastAsia=tag, bidi=tag)


def borders(
    properties: BaseOxmlElement,
    tag: str,
    order: str,
    sides: tuple[str, ...],
    colour: str,
    eighths: int,
    space: int = 0,
    kind: str = "single",
) -> None:
    """Borders of a paragraph (`pBdr`) or table (`tblBorders`); width in eighths of a point."""
    frame = put(properties, tag, order)
    for side in sides:
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", kind), ("sz", eighths), ("space", space), ("color", colour)):
            edge.set(qn(f"w:{name}"), str(value))
        frame.append(edge)
