"""Fonts embedded in pages: the characters that a page shows, cut from the bundled Chinese font.

No system font is needed to read a page, and none of its Chinese characters is shown as a box.
"""

import base64
import io
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup

from pathway_models.core.files import PACKAGE_FOLDER, PARK_NOTEBOOK, data_folder

CHINESE_FONT = PACKAGE_FOLDER / "figures" / "fonts" / "NotoSansSC-Regular-subset.otf"
#: Font families in style sheets: the Chinese characters come before all other fonts, the Western ones after them.
FONT_FAMILY, LAST_FAMILY = "Pathways SC", "Pathways Latin"
#: First character of the blocks that Western fonts lack: CJK radicals.
FIRST_CJK = "\u2e80"
ASCII = "".join(map(chr, range(0x20, 0x7F)))
#: Other characters that pages show.
WESTERN = ASCII + "°±²³·×ÄÖÜßäéèöüµ–—‘’“”•…‰→←↑↓−≈≠≤≥₀₁₂₃₄₅₆₇₈₉⁴▲▶▼◀■●"
#: Most Chinese characters of a page in English, which embeds no others.
FEW = 64


def font_face(text: str) -> Markup:
    """Return the ``@font-face`` rules for a text: `LAST_FAMILY`, and where it has Chinese characters `FONT_FAMILY`.

    The font is embedded as WOFF, some 0.2 kB a character.  A few characters are one subset.  Of more, those of the
    shipped notebook and names are one, made once a process and the same on every page of a run, and the characters
    beyond them a second, small one.
    """
    rules = [_rule(LAST_FAMILY, set(WESTERN), "U+20-2E7F")]
    found = {sign for sign in set(text) if sign >= FIRST_CJK}
    common = _common() if len(found) > FEW else set()
    if common:
        rules.append(_rule(FONT_FAMILY, common, "U+2E80-FFEF"))
    if beyond := found - common:
        rules.append(_rule(FONT_FAMILY, beyond, ",".join(f"U+{ord(sign):04X}" for sign in sorted(beyond))))
    return Markup("\n").join(rules)


def _rule(family: str, signs: set[str], ranges: str) -> Markup:
    source = f"url(data:font/woff;base64,{_subset(''.join(sorted(signs)))}) format('woff')"
    return Markup(f'@font-face {{ font-family:"{family}"; src:{source}; unicode-range:{ranges}; }}')  # ours


@cache
def _common() -> set[str]:
    """Return the characters that most pages of a run have."""
    names = (data_folder() / "parks.csv", data_folder() / "scenarios.yml")
    files = (PARK_NOTEBOOK, *names, PACKAGE_FOLDER / "language" / "words.py")
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    return {sign for sign in text if sign >= FIRST_CJK}


@lru_cache(maxsize=4)
def _subset(signs: str) -> str:
    """Cut the font down to some characters; return it as base64."""
    return base64.b64encode(font_with(CHINESE_FONT, signs)).decode("ascii")


def font_with(file: Path, text: str) -> bytes:
    """Cut a bundled font down to the characters of a text, as WOFF.

    Parameters
    ----------
    file : Path
        A font in OpenType format, each of its outlines by itself (`scripts/build_font.py`).
    text : str
    """
    # Deferred: it takes a while to load, and most pages have no Chinese.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options()
    options.layout_features, options.notdef_outline = ["kern"], True
    options.drop_tables = [*options.drop_tables, "GSUB"]
    # The time in the font's head would make every page differ; bounds of the whole font hold for a part of it.
    with TTFont(file, recalcTimestamp=False, recalcBBoxes=False, lazy=True) as font:
        cutter = Subsetter(options)
        cutter.populate(text=text)
        font.getGlyphOrder()
        # Laid aside: the cutter would run each outline for parts it shares with others, of which there are none, and
        # look in every table for the names in use.
        outlines, names = font["CFF "], font["name"]
        del font["CFF "], font["name"]
        cutter.subset(font)
        cutter.glyphs = cutter.glyphs_retained
        outlines.subset_glyphs(cutter)
        font["CFF "], font["name"] = outlines, names
        font.flavor, out = "woff", io.BytesIO()
        font.save(out)
    return out.getvalue()
