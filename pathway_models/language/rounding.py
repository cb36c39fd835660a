"""Formatting of numbers: shares that never round to certainty, emissions in a unit of their size, stable text."""

import math
from dataclasses import dataclass

from pathway_models.language.words import check_language, say, word

#: Emissions from which English texts use million tonnes, tCO2.
MILLION = 1e6
#: Money from which English texts use billions, million CNY.
LARGE_MONEY = 1e5
#: Emissions from which Chinese texts use 亿, such as the sum of all provinces, tCO2.
BILLIONS = 1e10


@dataclass(frozen=True)
class Scale:
    """A unit for emissions of one size.

    Parameters
    ----------
    divisor : float
        tCO2 in one unit.
    unit : str
        Name of the unit, without the year.
    """

    divisor: float
    unit: str


def scale_of(emissions: float, lang: str) -> Scale:
    """Choose the unit of emissions by their size: 万t, or 亿t of a nation, in Chinese; Mt or kt in English.

    Parameters
    ----------
    emissions : float
        The largest value shown, tCO2 (per year).

    Examples
    --------
    >>> scale_of(7.2e8, "en").unit, scale_of(4.0e5, "en").unit, scale_of(7.2e8, "zh").unit
    ('Mt CO₂', 'kt CO₂', '万tCO₂')
    """
    if check_language(lang) == "zh":
        return Scale(1e8, word("yt", lang)) if abs(emissions) >= BILLIONS else Scale(1e4, word("wt", lang))
    return Scale(1e6, word("Mt", lang)) if abs(emissions) >= MILLION else Scale(1e3, word("kt", lang))


def significant(value: float, digits: int = 3) -> str:
    """Write a number with ``digits`` significant digits and thousands separators, never in powers of ten.

    Examples
    --------
    >>> significant(85226.88), significant(0.012345), significant(-3.0), significant(0.0)
    ('85,200', '0.0123', '-3.00', '0')
    """
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    return f"{round(value, places):,.{max(places, 0)}f}"


def money_text(million: float, lang: str) -> str:
    """Write an amount of money in the unit of its language.

    Examples
    --------
    >>> money_text(1234.0, "en"), money_text(-2.58e6, "en"), money_text(1234.0, "zh")
    ('1,230 million CNY', '-2,580 billion CNY', '12.3亿元')
    """
    is_large = abs(million) >= LARGE_MONEY
    english = f"{significant(million / 1000)} billion CNY" if is_large else f"{significant(million)} million CNY"
    return say(lang, en=english, zh=f"{significant(million / 100)}亿元")


def emissions_text(emissions: float, lang: str, digits: int = 3, *, beside: float = 0.0) -> str:
    """Write emissions with their unit.

    Parameters
    ----------
    emissions : float
        tCO2.
    lang : {"en", "zh"}
    digits : int
        Significant ones.
    beside : float
        The largest amount that stands in the same sentence or row, tCO2: both are written in one unit.

    Examples
    --------
    >>> emissions_text(7.2336e8, "en"), emissions_text(7.2336e8, "zh")
    ('723 Mt CO₂', '72,300万tCO₂')
    >>> emissions_text(9.8e5, "en"), emissions_text(9.8e5, "en", beside=1.2e6)
    ('980 kt CO₂', '0.980 Mt CO₂')
    """
    scale = scale_of(max(abs(emissions), abs(beside)), lang)
    # 万 is a word of the number: no space before it.
    return f"{significant(emissions / scale.divisor, digits)}{say(lang, en=' ', zh='')}{scale.unit}"


def share_text(share: float, lang: str) -> str:
    """Write a share of members in percent; 0 % stands for none only, 100 % for all only.

    Examples
    --------
    >>> share_text(0.999, "en"), share_text(1.0, "en"), share_text(0.001, "zh"), share_text(0.473, "zh")
    ('>99 %', '100 %', '<1%', '47%')

    Raises
    ------
    ValueError
        The share is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share!r}")
    gap = "" if check_language(lang) == "zh" else " "
    if share in (0, 1):
        return f"{share:.0%}".replace("%", f"{gap}%")
    # A rounded certainty would claim more than the members say.
    if share > 0.99:
        return f">99{gap}%"
    return f"<1{gap}%" if share < 0.01 else f"{percent(share)}{gap}%"


def percent(share: float) -> str:
    """Write a share in whole percent, the same for a counted share and for a difference of counted shares.

    Examples
    --------
    >>> percent(0.325), percent(0.925 - 0.6), f"{100 * (0.925 - 0.6):.0f}"
    ('32', '32', '33')
    """
    return f"{round(100 * share, 6):.0f}"


def change_text(change: float, lang: str, digits: int = 1, sign: str = "+") -> str:
    """Write a relative change in percent with its sign; ``sign="-"`` shows a negative sign only.

    NaN, a change from zero, is ``-``.

    Examples
    --------
    >>> change_text(-0.1234, "en"), change_text(0.05, "zh"), change_text(-0.00001, "zh")
    ('-12.3 %', '+5.0%', '0.0%')
    """
    gap = "" if check_language(lang) == "zh" else " "
    if math.isnan(change):
        return "-"
    rounded = round(100 * change, digits)
    return f"{rounded:{sign}.{digits}f}{gap}%" if rounded else f"{0:.{digits}f}{gap}%"


def stable_text(value: object, digits: int = 6) -> str:
    """Write a value of a table so that two runs give the same bytes.

    Floats have ``digits`` significant digits and no powers of ten, so that the last bits of a sum, which depend
    on the processor, never reach a file.

    Examples
    --------
    >>> stable_text(723361123.456), stable_text(0.1 + 0.2), stable_text(True), stable_text(">2060")
    ('723361000', '0.3', 'true', '>2060')
    """
    import numpy as np  # deferred: words and shares, which every command needs, start without it

    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        text = np.format_float_positional(value, precision=digits, unique=False, fractional=False, trim="-")
        return "0" if text == "-0" else text
    return "" if value is None else str(value)


def error_text(error: float) -> str:
    """Write a sampling error of a share in points, with two digits at most; empty where it is not known.

    Examples
    --------
    >>> error_text(0.0158), error_text(0.0004), error_text(float("nan"))
    (' ±1.6', ' ±0.1', '')
    """
    return "" if error != error else f" ±{max(100 * error, 0.1 if error else 0.0):.1f}"
