"""The one place where texts enter Markdown and HTML: what came from input is shown there, never interpreted.

Names, notes, sheet names, units and ids are texts of strangers.  Sentences are
plain text with three marks of their own at the ends of lines (``## `` and ``- `` before one, ``**`` around one), so
that everything else in them can be escaped when they are shown.  Pages are Jinja templates that escape by themselves;
each carries a content security policy under which no script runs but its own, known by its hash, and the Chinese
letters it shows, cut from the font of the package: no system font is needed.
"""

import base64
import hashlib
import io
import json
import re
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pathway_models.core.files import PACKAGE_FOLDER, PARK_NOTEBOOK, data_folder

CHINESE_FONT = PACKAGE_FOLDER / "figures" / "fonts" / "NotoSansSC-Regular-subset.otf"
#: Name of the font in style sheets.
FONT_FAMILY = "Pathways SC"
#: First sign of the blocks that Western fonts lack: CJK radicals.
FIRST_CJK = "\u2e80"


def font_face(text: str) -> Markup:
    """Return the ``@font-face`` rules for the Chinese signs of a text; empty where it has none.

    The font is embedded as WOFF, some 0.2 kB a sign.  Signs of the shipped notebook and names are one cut, made once a
    process and the same on every page of a run; what a page has beyond them is a second, small one.
    """
    found = {sign for sign in text if sign >= FIRST_CJK}
    if not found:
        return Markup("")
    beyond = found - _common()
    ranges = ",".join(f"U+{ord(sign):04X}" for sign in sorted(beyond))
    rules = [_rule(_common(), "U+2E80-FFEF")] + ([_rule(beyond, ranges)] if beyond else [])
    return Markup("\n").join(rules)


def _rule(signs: set[str], ranges: str) -> Markup:
    source = f"url(data:font/woff;base64,{_subset(''.join(sorted(signs)))}) format('woff')"
    return Markup(f'@font-face {{ font-family:"{FONT_FAMILY}"; src:{source}; unicode-range:{ranges}; }}')  # ours


@cache
def _common() -> set[str]:
    """Return the signs that most pages of a run have."""
    names = (data_folder() / "parks.csv", data_folder() / "scenarios.yml")
    files = (PARK_NOTEBOOK, *names, PACKAGE_FOLDER / "language" / "words.py")
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    return {sign for sign in text if sign >= FIRST_CJK}


@lru_cache(maxsize=4)
def _subset(signs: str) -> str:
    """Cut the font to some signs; return it as base64."""
    # Deferred: it takes a while to load, and most pages have no Chinese.
    from fontTools import subset

    options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True, desubroutinize=True)
    out = io.BytesIO()
    with subset.load_font(str(CHINESE_FONT), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=signs)
        cutter.subset(font)
        subset.save_font(font, out, options)
    return base64.b64encode(out.getvalue()).decode("ascii")


#: Marks that a line of a sentence may begin with.
MARKS = ("## ", "- ")
#: Signs that begin something inside a line; a tag needs a letter behind ``<``, a link a bracket behind ``]``.
INSIDE = re.compile(r"[\\`*$]|~(?=~)|<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<=\])[(\[:]|(?<![^\W_])_|_(?![^\W_])")
#: Signs that begin a block at the start of a line.
AT_START = re.compile(r"\s*(?:([#>=]|[+-](?=[\s-]|$))|\d{1,9}([.)])(?=\s|$))")


class Markdown:
    r"""Findings in words, for a cell of a notebook; what stands in them of a park's table is shown as it was written.

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
        # As of IPython's own class: committed outputs must not hang on where this one lives.
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
    # A backslash is written by its number: doubled, it would begin a formula before a bracket.
    escaped = INSIDE.sub(lambda sign: "&#92;" if sign[0] == "\\" else f"\\{sign[0]}", text)
    start = AT_START.match(escaped)
    at = start.start(start.lastindex) if start else 0
    return f"{escaped[:at]}\\{escaped[at:]}" if start else escaped


def html(text: str, **values: object) -> Markup:
    """Put values into a piece of HTML of our own, escaped.

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
    rules.globals["policy"] = policy
    # Without it an id such as ``javascript:...`` or ``//elsewhere`` would make a link of its own.
    rules.filters["folder"] = lambda name: quote(name, safe="")
    return rules


def data_block(values: object) -> Markup:
    """Write values as JSON for a data block of a page: no text in them can end the element it stands in."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # ours


def policy(script: str = "") -> Markup:
    """Content security policy of a page that needs no other file, as a ``meta`` element.

    Parameters
    ----------
    script : str
        The page's one script, from between its tags, sign by sign; no script runs where there is none.
    """
    allowed = "'none'"
    if script:
        digest = hashlib.sha256(script.encode("utf-8")).digest()
        allowed = f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
    rules = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; font-src data:"
    rules += "; base-uri 'none'; form-action 'none'"
    return html('<meta http-equiv="Content-Security-Policy" content="{rules}">', rules=Markup(rules))
