"""The memo as one HTML page: self-contained, printable, without script."""

from base64 import b64encode
from hashlib import sha256
from html import escape as html_escape

import msgspec

from rooms.memo_photos import Photos, Print, printed
from rooms.memo_text import direction, line_direction, page_direction
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
    Section,
    Space,
    Table,
)

WIDE_COLUMNS = 4
"""Columns of text that no longer stand side by side on a screen of 360 pixels."""
# The values of the design tokens, repeated here because the page has to stand alone.
STYLE = """\
:root{color-scheme:light dark;--paper:#FBF6EC;--ink:#08252F;--ink-2:#3C545C;--line:#E0D3BC;\
--sand:#E8D8B8;--sand-soft:#F6E8C8;--sand-text:#71500F;--mat:#D6BD8C;\
--sans:ui-sans-serif,system-ui,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic",\
"Noto Sans Devanagari","Noto Sans Ethiopic",sans-serif;\
--serif:"Iowan Old Style","Palatino Linotype","Noto Serif","Noto Naskh Arabic",\
"Noto Serif Devanagari","Noto Sans Ethiopic",Georgia,serif}
@media (prefers-color-scheme:dark){:root{--paper:#081C24;--ink:#F6EDDC;--ink-2:#B7C4C4;\
--line:#1F3F4A;--sand:#4A4231;--sand-soft:#332D1D;--sand-text:#EBCB87;--mat:#6B5C3D}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1.0625rem/1.6 var(--sans);\
overflow-wrap:break-word}
main{max-inline-size:42rem;margin-inline:auto;padding:3rem min(1.5rem,6vw) 4rem}
h1,h2,h3,p,ul,dl,dd,blockquote{margin:0;padding:0}
h1,h2,h3{font-family:var(--serif);font-weight:400;line-height:1.2;text-wrap:balance}
h1{font-size:2.5rem;margin-block:.25rem 1.5rem}
h2{font-size:1.75rem;margin-block:3.5rem 1rem;break-after:avoid}
h3{font-size:1.3rem;margin-block:2rem .5rem;break-after:avoid}
h3.part{font:600 1rem/1.4 var(--sans);color:var(--ink-2);margin-block:1.5rem .35rem}
p+p,ul+p,p+ul,table+p{margin-block-start:.75rem}
ul{padding-inline-start:1.25rem}
li{margin-block:.35rem}li[dir]{margin-inline-start:1.25rem}li::marker{color:var(--mat)}
:is(p,li,dd,td):lang(ar),:is(p,li,dd,td):lang(fa),:is(p,li,dd,td):lang(ur){line-height:1.8}
.kicker,.small,.quiet,.by{color:var(--ink-2);font-size:.9rem}
.small::before{content:" · "}
h3 .small{font-family:var(--sans);font-size:.9rem}
.facts{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.35rem 1.5rem}
.facts dt{color:var(--ink-2)}
.shared{margin-block-start:1.25rem;color:var(--ink-2);font-size:.95rem}
.mat{block-size:16px;margin-block-start:1.75rem;background:var(--mat);\
-webkit-mask:var(--weave) repeat-x 0 0/24px 16px;mask:var(--weave) repeat-x 0 0/24px 16px;\
--weave:url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='24' \
height='16' fill='none' stroke='%23000' stroke-width='2.6'%3E%3Cpath d='M-2 0 12 14l4.2-4.2\
M19.8 6.2 26 0M-2 16l6.2-6.2M7.8 6.2 12 2l14 14'/%3E%3C/svg%3E")}
figure{margin:1.5rem 0;border-inline-start:3px solid var(--sand);padding-inline-start:1.25rem;\
break-inside:avoid}
blockquote{font:400 1.3rem/1.45 var(--serif);white-space:pre-line}
blockquote:lang(ar),blockquote:lang(fa),blockquote:lang(ur){line-height:1.7}
figcaption{margin-block-start:.35rem;color:var(--ink-2);font-size:.95rem}
figcaption b{font-weight:600;color:var(--ink)}
.photo{border:0;padding:0}
.photo img{display:block;max-inline-size:100%;inline-size:30rem;block-size:auto;\
max-block-size:26rem;object-fit:contain;object-position:left;border-radius:.875rem}
.photo[dir=rtl] img,[dir=rtl] .photo:not([dir]) img{object-position:right}
.ask{margin-block:1.75rem 0;background:var(--sand-soft);border-radius:1.25rem;\
padding:1.1rem 1.5rem 1.3rem;break-inside:avoid}
.ask p{font:400 1.35rem/1.35 var(--serif);margin-block-start:.35rem}
.ask .label{font:600 1rem/1.4 var(--sans);color:var(--ink-2);margin:0;display:flex;\
flex-wrap:wrap;justify-content:space-between;gap:0 1rem}
.ask .state{font-weight:400;font-size:.9rem;color:var(--sand-text)}
.todo{border:1.5px dashed var(--mat);border-radius:.875rem;padding:.6rem 1rem;\
margin-block:.5rem;color:var(--sand-text)}
table{inline-size:100%;border-collapse:collapse;font-variant-numeric:tabular-nums;\
break-inside:avoid}
th,td{text-align:start;vertical-align:top;padding:.5rem .75rem .5rem 0;\
border-block-end:1px solid var(--line)}
th{font-weight:600;color:var(--ink-2);font-size:.9rem}
.n{text-align:end;padding-inline-end:0;padding-inline-start:.75rem}
footer{margin-block-start:3.5rem;padding-block-start:1rem;border-block-start:1px solid \
var(--line);color:var(--ink-2);font-size:.9rem}
@media (max-width:30rem){.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-block-end:.6rem}\
.wide,.wide tbody,.wide tr,.wide td{display:block}.wide thead{display:none}\
.wide tr{border-block-end:1px solid var(--line);padding-block:.5rem}\
.wide td{border:0;padding:.1rem 0}.wide td:empty{display:none}\
.wide td::before{content:attr(data-label) " ";color:var(--ink-2);font-size:.9rem}}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#08252F;--ink-2:#3C545C;\
--line:#E0D3BC;--sand:#E8D8B8;--sand-soft:#F6E8C8;--sand-text:#71500F;--mat:#D6BD8C}\
body{font-size:11pt}main{max-inline-size:none;padding:0}.ask{print-color-adjust:exact}\
.photo img{inline-size:auto;max-inline-size:104mm;max-block-size:78mm;border-radius:0}}
@page{margin:18mm}
"""
_STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""The page's own content policy: its one style by hash, the ornament, nothing else. Whoever serves
the page should send the same as a header."""


def page(memo: Memo, photos: Photos | None = None) -> str:
    """The memo as a page that needs nothing else, its photos in it; people's text is only ever
    text."""
    way = page_direction(memo.language)
    head = memo.head
    facts = "".join(
        f"<dt>{_text(fact.label)}</dt>{_tag('dd', fact.line, way)}" for fact in head.facts
    )
    return (
        "<!doctype html>\n"
        f'<html lang="{_attribute(memo.language or "und")}" dir="{way}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_attribute(POLICY)}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{_text(head.title.text)} · {_text(head.kicker)}</title>\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<header>\n"
        f'<p class="kicker">{_text(head.kicker)}</p>\n'
        f"<h1><bdi>{_text(head.title.text)}</bdi></h1>\n"
        f'<dl class="facts">{facts}</dl>\n'
        f'<p class="shared">{_text(head.confidentiality)}<br>{_text(head.edition)}</p>\n'
        '<div class="mat" aria-hidden="true"></div>\n</header>\n'
        + "\n".join(_section(section, way, photos or {}) for section in memo.sections)
        + f"\n<footer>\n<p>{_text(memo.date_line)}</p>\n"
        f"<p>{_text(memo.imprint)}</p>\n</footer>\n</main>\n</body>\n</html>\n"
    )


def _section(section: Section, way: str, photos: Photos) -> str:
    blocks = "\n".join(
        _photo(block, printed(photos, block.photo), way)
        if isinstance(block, Picture)
        else _block(block, way)
        for block in section.blocks
    )
    return (
        f'<section id="{_attribute(section.id)}">\n'
        f"<h2>{_text(section.heading)}</h2>\n{blocks}\n</section>"
    )


def _photo(block: Picture, shown: Print | None, way: str) -> str:
    """A photo with its caption, which readers by ear hear once; without it, what is on it."""
    if shown is None:
        return _tag("p", msgspec.structs.replace(block.line, text=block.label), way, "quiet")
    wide, high = shown.pixels
    line = block.line
    lang = f' lang="{_attribute(line.language)}"' if line.language else ""
    return (
        f'<figure class="photo"{lang}{_way(line.text, way)}>'
        f'<img src="data:image/jpeg;base64,{b64encode(shown.body).decode()}" '
        f'alt="{_attribute(line.text)}" width="{wide}" height="{high}">'
        f'<figcaption aria-hidden="true">{_text(line.text)}</figcaption></figure>'
    )


def _block(block: Block, way: str) -> str:
    match block:
        case Heading(line=line, part=part):
            return _tag("h3", line, way, "part" if part else "")
        case Paragraph(line=line, quiet=quiet):
            return _tag("p", line, way, "quiet" if quiet else "")
        case Bullets(items=items):
            return "<ul>\n" + "\n".join(_tag("li", item, way) for item in items) + "\n</ul>"
        case Quote(line=line, attribution=by, translation=translation):
            said = f"<bdi>{_text(translation)}</bdi>" if translation else ""
            by = f"<b><bdi>{_text(by)}</bdi></b>" if by else ""
            caption = f"<figcaption>{said}{' ' if said and by else ''}{by}</figcaption>"
            quote = _tag("blockquote", line, way, quoted=True)
            return f"<figure{_way(line.text, way)}>{quote}{caption if said or by else ''}</figure>"
        case Table(headers=headers, rows=rows, numeric=numeric):
            return _table(headers, rows, numeric, way)
        case Notice(line=line, kind=kind):
            return _tag("p", line, way, "todo" if kind == "placeholder" else "quiet")
        case Ask(line=line, label=label, state_label=state):
            waiting = f'<span class="state">{_text(state)}</span>' if state else ""
            label = f'<h3 class="label"><span>{_text(label)}</span>{waiting}</h3>'
            return f'<div class="ask">{label}{_tag("p", line, way)}</div>'
        case Picture() | Space():  # `_photo`; never in what is shared
            return ""


def _table(
    headers: tuple[str, ...],
    rows: tuple[tuple[Line, ...], ...],
    numeric: tuple[int, ...],
    way: str,
) -> str:
    def kind(column: int) -> str:
        return "n" if column in numeric else ""

    # Many columns of text become a list on a phone; the roles keep it a table for readers by ear.
    wide = len(headers) - len(numeric) >= WIDE_COLUMNS

    def role(name: str) -> str:
        return f' role="{name}"' if wide else ""

    def cells(row: tuple[Line, ...]) -> str:
        return "".join(
            _tag("td", cell, way, kind(column), label=headers[column] if wide else "")
            for column, cell in enumerate(row)
        )

    top = "".join(
        f'<th scope="col"{role("columnheader")}{_class(kind(column))}>{_text(header)}</th>'
        for column, header in enumerate(headers)
    )
    body = "\n".join(f"<tr{role('row')}>{cells(row)}</tr>" for row in rows)
    return (
        f"<table{_class('wide' if wide else '')}{role('table')}>\n"
        f"<thead{role('rowgroup')}><tr{role('row')}>{top}</tr></thead>\n"
        f"<tbody{role('rowgroup')}>\n{body}\n</tbody>\n</table>"
    )


def _tag(
    tag: str, line: Line, way: str, css: str = "", quoted: bool = False, label: str = ""
) -> str:
    text = f"“{_text(line.text)}”" if quoted else "".join(map(_run, line.pieces))
    if direction(line.text, way) != line_direction(line.text, line.by, way):
        text = f"<bdi>{text}</bdi>"
    note = f' <span class="small"><bdi>{_text(line.note)}</bdi></span>' if line.note else ""
    lang = f' lang="{_attribute(line.language)}"' if line.language else ""
    named = f' role="cell" data-label="{_attribute(label)}"' if label else ""
    return f"<{tag}{_class(css)}{named}{lang}{_side(line, way)}>{text}{note}</{tag}>"


def _run(run: Run) -> str:
    text = _text(run.text)
    text = f"<em>{text}</em>" if run.italic else text
    return f"<strong>{text}</strong>" if run.bold else text


def _class(css: str) -> str:
    return f' class="{css}"' if css else ""


def _side(line: Line, way: str) -> str:
    own = line_direction(line.text, line.by, way)
    return f' dir="{own}"' if own != way else ""


def _way(text: str, way: str) -> str:
    own = direction(text, way)
    return f' dir="{own}"' if own != way else ""


def _text(text: str) -> str:
    return html_escape(text, quote=False)


def _attribute(text: str) -> str:
    return html_escape(text, quote=True)
