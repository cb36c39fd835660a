"""Chinese letters inside a page: the package's font, cut to the signs the page shows; no system font is needed."""

import base64
import io
from functools import cache, lru_cache

from markupsafe import Markup

from pathway_models.core.files import PACKAGE_FOLDER, PARK_NOTEBOOK, data_folder

FONT = PACKAGE_FOLDER / "figures" / "fonts" / "NotoSansSC-Regular-subset.otf"
#: Name of the font in style sheets.
FAMILY = "Pathways SC"
#: First sign of the blocks that Western fonts lack: CJK radicals.
FIRST = "\u2e80"


def font_face(text: str) -> Markup:
    """Return the ``@font-face`` rules for the Chinese signs of a text; empty where it has none.

    The font is embedded as WOFF, some 0.2 kB a sign.  Signs of the shipped notebook and names are one cut, made once a
    process and the same on every page of a run; what a page has beyond them is a second, small one.
    """
    found = {sign for sign in set(text) if sign >= FIRST}
    if not found:
        return Markup("")
    beyond = found - _common()
    ranges = ",".join(f"U+{ord(sign):04X}" for sign in sorted(beyond))
    rules = [_rule(_common(), "U+2E80-FFEF")] + ([_rule(beyond, ranges)] if beyond else [])
    return Markup("\n").join(rules)


def _rule(signs: set[str], ranges: str) -> Markup:
    source = f"url(data:font/woff;base64,{_subset(''.join(sorted(signs)))}) format('woff')"
    return Markup(f'@font-face {{ font-family:"{FAMILY}"; src:{source}; unicode-range:{ranges}; }}')  # ours


@cache
def _common() -> set[str]:
    """Return the signs that most pages of a run have."""
    names = (data_folder() / "parks.csv", data_folder() / "scenarios.yml")
    files = (PARK_NOTEBOOK, *names, PACKAGE_FOLDER / "language" / "words.py")
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    return {sign for sign in text if sign >= FIRST}


@lru_cache(maxsize=4)
def _subset(signs: str) -> str:
    """Cut the font to some signs; return it as base64."""
    # Deferred: it takes a while to load, and most pages have no Chinese.
    from fontTools import subset

    options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True, desubroutinize=True)
    out = io.BytesIO()
    with subset.load_font(str(FONT), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=signs)
        cutter.subset(font)
        subset.save_font(font, out, options)
    return base64.b64encode(out.getvalue()).decode("ascii")
