"""Chinese letters inside a page: the package's font, cut to the signs the page shows; no system font is needed."""

from __future__ import annotations

import base64
import io
from functools import lru_cache

from markupsafe import Markup

from pathway_models.core.files import PACKAGE_FOLDER

FONT = PACKAGE_FOLDER / "figures" / "fonts" / "NotoSansSC-Regular-subset.otf"
#: Name of the font in style sheets.
FAMILY = "Pathways SC"
#: First sign of the blocks that Western fonts lack: CJK radicals.
FIRST = "\u2e80"


def font_face(text: str) -> Markup:
    """Return the ``@font-face`` rule for the Chinese signs of a text; empty where it has none.

    The font is embedded as WOFF, some 0.2 kB a sign.
    """
    signs = "".join(sorted({sign for sign in text if sign >= FIRST}))
    if not signs:
        return Markup("")
    source = f"url(data:font/woff;base64,{_subset(signs)}) format('woff')"
    return Markup(
        f'@font-face {{ font-family:"{FAMILY}"; src:{source}; unicode-range:U+2E80-FFEF; }}'  # ours
    )


@lru_cache(maxsize=4)
def _subset(signs: str) -> str:
    """Cut the font to some signs; return it as base64."""
    # Deferred: it takes a while to load, and most pages have no Chinese.
    from fontTools import subset

    options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True, desubroutinize=True)
    font = subset.load_font(str(FONT), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=signs)
    cutter.subset(font)
    out = io.BytesIO()
    subset.save_font(font, out, options)
    return base64.b64encode(out.getvalue()).decode("ascii")
