"""Style of all figures: the bundled Chinese font, and a palette that colour-blind readers can distinguish.

Characters that the bundled font lacks are taken from a font of the machine or replaced, never drawn as a box; the
log says so once.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.colors import to_hex, to_rgb
from matplotlib.ft2font import FT2Font

FONTS = Path(__file__).with_name("fonts")
FONT_FILES = (FONTS / "NotoSansSC-Regular-subset.otf", FONTS / "NotoSansSC-Bold-subset.otf")

# matplotlib falls back glyph by glyph only along an explicit list of families: with a generic family
# ("sans-serif") a character that the first font lacks becomes a box.
FAMILIES = ["Noto Sans SC", "DejaVu Sans"]

# Okabe and Ito (2008), "Color Universal Design", jfly.uni-koeln.de/color (from background knowledge), for what is
# neither lever nor scenario: panels, horizons, places; yellow last, as it is faint on white.
OKABE_ITO = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
LINE_STYLES = ("solid", "dashed", "dotted", "dashdot")

#: The palette of what the answer is about, in one place: a family of levers has one colour in every figure and page,
#: and so has the scenario that moves this family alone.  Families and scenarios stay apart for all readers,
#: those who see no red or no green included; a test measures it.
FAMILY_COLOURS = {
    "structure": "#7A46AF",
    "efficiency": "#4070D8",
    "management": "#6F4B47",
    "substitution": "#F0A03C",
    "process": "#44BAA2",
    "ccus": "#D459AF",
    "sinks": "#94952B",
}
#: Without measures, and with the advised package; also without and with plans, projects and packages.
WITHOUT, WITH = "#7F7F7F", "#0A844E"
#: Shipped scenarios that move several families, in their order.
SEVERAL_COLOURS = ("#56A9E9", "#16265C")
#: Scenarios of a user's file, and packages assembled by hand.
OWN_COLOURS = ("#AD2710", "#007C89")
#: The three shares of the answer, with the colour of the number in each: as on the cards of pages.
SHARE_COLOURS = {
    "p_past": ("#5f7488", "white"),
    "p_ahead": ("#127a57", "white"),
    "p_not_before": ("#ead9c4", "#5a4327"),
}
#: Shades of one family's levers beside one another, from the family's own colour to white, and their hatches.
SHADES = ((0.0, ""), (0.45, ""), (0.0, "////"), (0.45, "////"), (0.0, "...."), (0.45, "...."), (0.7, ""), (0.7, "////"))

FONT_SIZE = {"en": 10.0, "zh": 10.5}  # points; 10.5 is 五号, the body size of Chinese official documents

NARROW = (5.2, 3.4)  # inches: half a page
WIDE = (8.0, 4.4)  # inches: a page's width, and the default

SETTINGS = {
    "font.family": FAMILIES,
    "axes.unicode_minus": False,
    "axes.formatter.useoffset": False,
    "axes.prop_cycle": cycler(color=OKABE_ITO),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#D9D9D9",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "figure.figsize": list(WIDE),
    "figure.dpi": 100,
    "figure.constrained_layout.use": False,
    "savefig.dpi": 200,
    # Sheets keep all they show within their margins; a tight box would draw every figure twice to find that out.
    "savefig.bbox": None,
    "savefig.facecolor": "white",
    "svg.hashsalt": "pathway_models",  # the same figure gives the same bytes
}

#: Notebook pictures are drawn once, at a compression that pays (level 6 takes twice the time and saves nothing).
NOTEBOOK_FIGURES = {"bbox_inches": None, "pil_kwargs": {"compress_level": 3}}
INLINE = "matplotlib_inline.backend_inline"


@cache
def register_fonts() -> None:
    """Make the bundled fonts known to matplotlib, once a process."""
    for file in FONT_FILES:
        font_manager.fontManager.addfont(file)


def use_style(lang: str = "en") -> None:
    """Set the look of all figures drawn from now on.

    Parameters
    ----------
    lang : {"en", "zh"}
        Language of the labels: it sets the size of the text. Both languages use the same fonts, so that a
        Chinese park name in an English figure is drawn as well.

    Raises
    ------
    ValueError
        When the language is neither ``"en"`` nor ``"zh"``.

    Examples
    --------
    >>> use_style("zh")
    >>> mpl.rcParams["font.family"]
    ['Noto Sans SC', 'DejaVu Sans']
    """
    if lang not in FONT_SIZE:
        raise ValueError(f"figures speak {' or '.join(FONT_SIZE)}, not {lang!r}")
    register_fonts()
    mpl.rcParams.update(SETTINGS | {"font.size": FONT_SIZE[lang]})
    _draw_once_in_notebooks()


def _draw_once_in_notebooks() -> None:
    """Replace the tight bounding box of notebook figures, unless the user has set options."""
    if mpl.get_backend(auto_select=False) not in ("inline", f"module://{INLINE}"):
        return
    settings = import_module(INLINE).InlineBackend.instance()
    if settings.print_figure_kwargs == {"bbox_inches": "tight"} and settings.figure_formats == {"png"}:
        settings.print_figure_kwargs = NOTEBOOK_FIGURES


def lever_fills(families: Sequence[str]) -> list[tuple[str, str]]:
    """Return colour and hatch of each lever: the colour of its family, shaded or hatched beside others of its family.

    Parameters
    ----------
    families : sequence of str
        Of the levers in their order.

    Examples
    --------
    >>> lever_fills(["ccus", "sinks", "ccus"])
    [('#d459af', ''), ('#94952b', ''), ('#e7a4d3', '')]
    """
    met: Counter[str] = Counter()
    fills = []
    for family in families:
        paler, hatch = SHADES[met[family] % len(SHADES)]
        met[family] += 1
        colour = np.array(to_rgb(FAMILY_COLOURS[family]))
        fills.append((to_hex(colour + paler * (1 - colour)), hatch))
    return fills


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
#: Replacement for a character that no font has.
MISSING = "〓"


@cache
def _covered(path: str) -> frozenset[int]:
    """Return the code points of a font file."""
    return frozenset(FT2Font(path).get_charmap())


@cache
def _basic() -> frozenset[int]:
    """Return the code points of the fonts that are always there."""
    register_fonts()
    always = [str(FONT_FILES[0]), font_manager.findfont("DejaVu Sans")]
    return frozenset().union(*(_covered(path) for path in always))


@cache
def _richer() -> tuple[str, frozenset[int]]:
    """Find the first richer font of this machine and its code points; an empty name where there is none."""
    installed = {font.name: font.fname for font in font_manager.fontManager.ttflist}
    for name in RICHER:
        if name in installed:
            return name, _covered(installed[name])
    return "", frozenset()


@cache
def _announce(text: str) -> None:
    LOG.warning(text)


def readable(text: str) -> str:
    """Return a text in characters that figures can draw.

    Characters outside the bundled font come from a richer font of the machine, which figures use from then on; where
    there is none, they become 〓.  Either is logged once.

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
