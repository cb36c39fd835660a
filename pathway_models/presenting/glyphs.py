"""Characters that the bundled font lacks: drawn by a font of the machine, or replaced; said once, never a box."""

from __future__ import annotations

import logging
from functools import cache

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from pathway_models.presenting.style import FAMILIES, FONT_FILES, register_fonts

LOG = logging.getLogger("pathway_models")
#: Fonts with rare Chinese characters, as Linux, Windows and macOS name them.
RICHER = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "SimSun",
    "PingFang SC",
    "Songti SC",
    "WenQuanYi Zen Hei",
)
#: Printers' mark for a character that is not in the case.
MISSING = "〓"


@cache
def _covered(path: str) -> frozenset[int]:
    """Code points of a font file."""
    return frozenset(FT2Font(path).get_charmap())


@cache
def _basic() -> frozenset[int]:
    """Code points of the fonts that are always there."""
    register_fonts()
    always = [str(FONT_FILES[0]), font_manager.findfont("DejaVu Sans")]
    return frozenset().union(*(_covered(path) for path in always))


@cache
def _richer() -> tuple[str, frozenset[int]]:
    """The first richer font of this machine, and its code points; an empty name where there is none."""
    installed = {font.name: font.fname for font in font_manager.fontManager.ttflist}
    for name in RICHER:
        if name in installed:
            return name, _covered(installed[name])
    return "", frozenset()


@cache
def _announce(text: str) -> None:
    LOG.warning(text)


def readable(text: str) -> str:
    """The text as figures can show it.

    Characters outside the bundled font come from a richer font of the machine, which figures use from then on; where
    there is none, they become 〓.  Either is said once in the log.

    Examples
    --------
    >>> readable("示范园区 CO₂")
    '示范园区 CO₂'
    """
    lacking = {sign for sign in text if ord(sign) >= 32 and ord(sign) not in _basic()}
    if not lacking:
        return text
    name, covered = _richer()
    if name and name not in FAMILIES:
        FAMILIES.append(name)
        mpl.rcParams["font.family"] = list(FAMILIES)
    nowhere = {sign for sign in lacking if ord(sign) not in covered}
    if lacking - nowhere:
        _announce(f"figures take {' '.join(sorted(lacking - nowhere))} from {name}: the bundled font lacks it")
    if nowhere:
        _announce(f"figures show {MISSING} for {' '.join(sorted(nowhere))}: no font of this machine has it")
    return "".join(MISSING if sign in nowhere else sign for sign in text)
