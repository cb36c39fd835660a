"""Escaping of texts for Markdown and HTML: input is shown, never interpreted.

Names, notes, sheet names, units and ids are untrusted input.  Sentences are
plain text with three marks of their own at the ends of lines (``## `` and ``- `` before one, ``**`` around one), so
that everything else in them can be escaped when they are shown.  Pages are Jinja templates that escape by themselves;
each carries a content security policy under which no script runs but its own, known by its hash.
"""

import base64
import hashlib
import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pathway_models.core.files import VALUES, SheetWriter
from pathway_models.language import rounding, say, word

#: Marks that a line of a sentence may begin with.
MARKS = ("## ", "- ")
#: Characters that begin inline markup; a tag needs a letter behind ``<``, a link a bracket behind ``]``.
INSIDE = re.compile(r"[\\`*$]|~(?=~)|<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<=\])[(\[:]|(?<![^\W_])_|_(?![^\W_])")
#: Characters that begin a block at the start of a line.
AT_START = re.compile(r"\s*(?:([#>=]|[+-](?=[\s-]|$))|\d{1,9}([.)])(?=\s|$))")


class Markdown:
    r"""Sentences for a cell of a notebook; texts from a park's table are shown as written.

    Parameters
    ----------
    text : str
        Paragraphs, with no marks but those of the sentences of this package.

    Examples
    --------
    >>> Markdown("## A <b>park</b>")._repr_markdown_()
    '## A \\<b>park\\</b>'
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_markdown_(self) -> str:
        return markdown(self.text)

    def __repr__(self) -> str:
        # As of IPython's own class: committed outputs must not depend on the module of this one.
        return "<IPython.core.display.Markdown object>"


def markdown(text: str) -> str:
    """Escape what Markdown or HTML would interpret, other than the marks of our own sentences."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    mark = next((mark for mark in MARKS if line.startswith(mark)), "")
    rest = line[len(mark) :]
    if len(rest) > 4 and rest.startswith("**") and rest.endswith("**"):
        return f"{mark}**{_shown(rest[2:-2])}**"
    return mark + _shown(rest)


def _shown(text: str) -> str:
    # A backslash becomes a character reference: doubled, it would begin a formula before a bracket.
    escaped = INSIDE.sub(lambda sign: "&#92;" if sign[0] == "\\" else f"\\{sign[0]}", text)
    start = AT_START.match(escaped)
    at = start.start(start.lastindex) if start else 0
    return f"{escaped[:at]}\\{escaped[at:]}" if start else escaped


def html(text: str, **values: object) -> Markup:
    """Insert escaped values into trusted HTML.

    Examples
    --------
    >>> str(html("<b>{name}</b>", name="<i>"))
    '<b>&lt;i&gt;</b>'
    """
    return Markup(text).format(**values)


def page(template: Path, **values: object) -> str:
    """Render a page from its template: every value it shows is escaped."""
    return _rules(template.parent).get_template(template.name).render(values)


@cache
def _rules(folder: Path) -> Environment:
    """Open a folder of templates; each is compiled once a process."""
    rules = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    rules.globals |= {"policy": policy, "percent": rounding.percent}
    # Without it an id such as ``javascript:...`` or ``//elsewhere`` would become a link.
    rules.filters["folder"] = lambda name: quote(name, safe="")
    return rules


#: Style of tooltips: a line at the pointer, and a box with the values there.
TOLD_STYLE = Markup(
    "<style>.pw-told { position:relative; display:inline-block; line-height:0; max-width:100%; }"
    " .pw-told > i { position:absolute; } .pw-told > i:hover { background:#1c273314; }"
    " .pw-told > i:hover::after { content:attr(data-say); position:absolute; bottom:100%; left:50%; z-index:9;"
    " transform:translateX(-50%); margin-bottom:2px; padding:.35rem .6rem; width:max-content; max-width:16rem;"
    " background:#1c2733; color:#fff; border-radius:5px; white-space:pre-line;"
    ' font:normal .8rem/1.45 "Pathways SC",system-ui,sans-serif; pointer-events:none; }'
    " .pw-told > i.left:hover::after { left:0; transform:none; }"
    " .pw-told > i.right:hover::after { left:auto; right:0; transform:none; }"
    " .pw-told > i.top:hover::after { bottom:auto; top:40%; margin:0 0 0 1.2rem; }"
    ' .pw-values { display:block; text-align:right; font:.8rem/1.6 "Pathways SC",system-ui,sans-serif; }'
    " @media print { .pw-told > i, .pw-values { display:none; } }</style>"
)
#: Words of the link below a picture to its values.
VALUES_LINK = {"en": "values of this figure (CSV)", "zh": "本图数据（CSV）"}
#: Distance from an edge of the picture, thousandths, below which a box is shifted inwards.
EDGE = 250


def values_of(picture: bytes) -> list[dict[str, Any]]:
    """Return the tables of values stored in a PNG; none where it has none or is no PNG."""
    # Deferred: most texts have no picture.
    from PIL.PngImagePlugin import PngImageFile

    try:
        # They precede the pixels, which need not be read.
        return json.loads(PngImageFile(io.BytesIO(picture)).info.get(VALUES, "[]"))
    except (OSError, SyntaxError, ValueError):
        return []


def told_picture(image: Markup, picture: bytes, lang: str) -> Markup:
    """Overlay a picture with tooltips of the values it carries, and a link to them as a table.

    No script runs: each part of the picture is an element that shows its text under the pointer.

    Parameters
    ----------
    image : Markup
        The ``img`` element, our own.
    picture : bytes
        PNG that it shows (`values_of`).
    lang : {"en", "zh"}

    Returns
    -------
    Markup
        The image alone where it carries no values.
    """
    tables = values_of(picture)
    if not tables:
        return image
    parts, lines = [], []
    for table in tables:
        lines.append([table["name"], *table["head"]])
        for row, (left, top, width, height) in zip(table["rows"], table["places"], strict=True):
            lines.append([table["name"], *row])
            pairs = zip(table["head"], row, strict=True)
            told = "\n".join([table["name"], *(name + word("colon", lang) + value for name, value in pairs)]).strip()
            lean = "left" if left < EDGE else "right" if left + width > 1000 - EDGE else ""
            lean += " top" if top < 1.5 * EDGE else ""
            place = f"left:{left / 10:.1f}%;top:{top / 10:.1f}%;width:{width / 10:.1f}%;height:{height / 10:.1f}%"
            # Hundreds a page: `html` takes nine times as long, and the text alone can hold markup.
            parts.append(f'<i class="{lean.strip()}" style="{place}" data-say="{escape(told)}"></i>')
    out = io.StringIO()
    SheetWriter(out, lineterminator="\r\n").rows(lines)
    link = html('<a class="pw-values" download="values.csv" href="data:text/csv;charset=utf-8,{values}">{name}</a>',
                values=quote("\ufeff" + out.getvalue(), safe=""),
                name=say(lang, **VALUES_LINK))  # fmt: skip
    return html('<span class="pw-told">{image}{parts}{link}</span>', image=image, parts=Markup("".join(parts)),
                link=link)  # fmt: skip


def data_block(values: object) -> Markup:
    """Write values as JSON for a data block of a page; no text in them can close the element."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # ours


def policy(script: str = "") -> Markup:
    """Content security policy of a page that needs no other file, as a ``meta`` element.

    Parameters
    ----------
    script : str
        The page's only script, exactly as between its tags; none may run where it is empty.
    """
    allowed = "'none'"
    if script:
        digest = hashlib.sha256(script.encode("utf-8")).digest()
        allowed = f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
    rules = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; font-src data:"
    rules += "; base-uri 'none'; form-action 'none'"
    return html('<meta http-equiv="Content-Security-Policy" content="{rules}">', rules=Markup(rules))
