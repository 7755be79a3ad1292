"""The big-type edition as one HTML page: self-contained, a sheet of paper for each theme."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from rooms.memo_pages import Page, pages
from rooms.memo_pictures import picture
from rooms.memo_text import direction, line_direction, page_direction
from rooms.memo_tree import Line, Memo

STYLE = """\
:root{color-scheme:light dark;--paper:#FBF6EC;--ink:#08252F;--ink-2:#3C545C;--line:#E0D3BC;\
--sand-soft:#F6E8C8;--tile:#FBF6EC;\
--sans:ui-sans-serif,system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;\
--serif:"Iowan Old Style","Palatino Linotype","Noto Serif",Georgia,serif}
@media (prefers-color-scheme:dark){:root{--paper:#081C24;--ink:#F6EDDC;--ink-2:#B7C4C4;\
--line:#1F3F4A;--sand-soft:#332D1D}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1.5rem/1.45 var(--sans);\
overflow-wrap:break-word}
main{max-inline-size:44rem;margin-inline:auto;padding:1.5rem min(1.5rem,6vw) 3rem}
h1,h2,h3,p{margin:0}
h1,h3,footer,.by{font:400 1rem/1.5 var(--sans);color:var(--ink-2)}
section{padding-block:2.5rem;border-block-end:1px solid var(--line);display:grid;gap:1.5rem}
.picture{inline-size:min(13rem,50vw);block-size:auto;background:var(--tile);border-radius:1.5rem;\
padding:1rem;display:block}
h2{font:400 2.5rem/1.2 var(--serif);text-wrap:balance}
.by{display:block}
.ask{background:var(--sand-soft);border-radius:1.25rem;padding:1.25rem 1.5rem 1.5rem;\
break-inside:avoid}
h3{font-weight:600}
.ask p{font:400 1.9rem/1.35 var(--serif);margin-block-start:.5rem}
p:lang(ar),p:lang(fa),p:lang(ur){line-height:1.8}
footer{padding-block-start:1.5rem}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#08252F;--ink-2:#3C545C;--line:#E0D3BC;\
--sand-soft:#F6E8C8;--tile:#fff}
main{max-inline-size:none;padding:0}section{border:0;padding:0}\
section:not(:last-of-type){break-after:page}.ask{print-color-adjust:exact}}
@page{margin:18mm}
"""
_STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"
)


def pages_html(memo: Memo) -> str:
    """The pages as HTML; people's text is only ever text."""
    way = page_direction(memo.language)
    head = memo.head
    title = escape(f"{head.title.text} · {head.kicker}")
    return (
        "<!doctype html>\n"
        f'<html lang="{escape(memo.language or "und")}" dir="{way}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1><bdi>{escape(head.title.text)}</bdi> · {escape(head.kicker)}</h1>\n"
        + "\n".join(_section(page, way) for page in pages(memo))
        + f"\n<footer>\n<p>{escape(head.edition)}</p>\n<p>{escape(memo.date_line)}</p>\n</footer>\n"
        "</main>\n</body>\n</html>\n"
    )


def _section(page: Page, way: str) -> str:
    said = "\n".join(_paragraph(line, way) for line in page.sentences)
    drawn = picture(page.picture).replace("<svg ", '<svg class="picture" aria-hidden="true" ', 1)
    side = direction(page.title, way)
    turned = f' dir="{side}"' if side != way else ""
    ask = ""
    if page.question is not None:
        ask = (
            f'\n<div class="ask"><h3>{escape(page.label)}</h3>'
            f"{_paragraph(page.question, way)}</div>"
        )
    return f"<section>\n{drawn}\n<h2{turned}>{escape(page.title)}</h2>\n{said}{ask}\n</section>"


def _paragraph(line: Line, way: str) -> str:
    own = line_direction(line.text, line.by, way)
    side = f' dir="{own}"' if own != way else ""
    lang = f' lang="{escape(line.language)}"' if line.language else ""
    text = "".join(
        f"<strong>{escape(run.text)}</strong>" if run.bold else escape(run.text)
        for run in line.pieces
    )
    by = f'<span class="by"><bdi>{escape(line.note)}</bdi></span>' if line.note else ""
    return f"<p{lang}{side}>{text}{by}</p>"
