"""Units: inputs are converted on reading, so that every quantity has one unit inside the package.

Canonical units: TJ (energy), tCO2 (emissions), MWh (electricity), t (mass),
10^4 Nm3 (gas volume), million CNY (money), ha (area), persons, share (0-1),
tCO2/TJ, tCO2/MWh, tCO2/t.

Volume and mass become energy only through a calorific value, which is a *factor*
with a source and not a unit; that step belongs to the factor sets.

Sources: GB/T 2589-2020 for the standard coal equivalent (29.3076 GJ/tce);
SI for the rest.  The test suite holds every row against ``pint``-independent
arithmetic written out in ``tests/core/test_units.py``.
"""

from functools import cache
from types import MappingProxyType

#: Country, ISO 3166, whose rules hold where none is named.
HOME = "CN"
#: Energy of one tonne of standard coal equivalent, TJ (GB/T 2589-2020: 29.3076 GJ).
TJ_PER_TCE = 0.0293076
#: Energy of one megawatt hour, TJ.
TJ_PER_MWH = 0.0036
#: Mass of CO2 per mass of carbon.
CO2_PER_C = 44.0 / 12.0

#: Accepted spellings: unit -> (canonical unit, multiplier).
CONVERSIONS = MappingProxyType(
    {
        # energy -> TJ
        "TJ": ("TJ", 1.0),
        "GJ": ("TJ", 1e-3),
        "MJ": ("TJ", 1e-6),
        "百万千焦": ("TJ", 1e-3),
        "吉焦": ("TJ", 1e-3),
        "tce": ("TJ", TJ_PER_TCE),
        "吨标准煤": ("TJ", TJ_PER_TCE),
        "万tce": ("TJ", TJ_PER_TCE * 1e4),
        "万吨标准煤": ("TJ", TJ_PER_TCE * 1e4),
        # electricity -> MWh
        "MWh": ("MWh", 1.0),
        "kWh": ("MWh", 1e-3),
        "GWh": ("MWh", 1e3),
        "万kWh": ("MWh", 10.0),
        "万千瓦时": ("MWh", 10.0),
        "亿kWh": ("MWh", 1e5),
        "亿千瓦时": ("MWh", 1e5),
        # mass -> t
        "t": ("t", 1.0),
        "吨": ("t", 1.0),
        "kg": ("t", 1e-3),
        "万t": ("t", 1e4),
        "万吨": ("t", 1e4),
        # gas volume -> 10^4 Nm3
        "10^4 Nm3": ("10^4 Nm3", 1.0),
        "万Nm3": ("10^4 Nm3", 1.0),
        "万标立方米": ("10^4 Nm3", 1.0),
        "Nm3": ("10^4 Nm3", 1e-4),
        "亿Nm3": ("10^4 Nm3", 1e4),
        # emissions -> tCO2
        "tCO2": ("tCO2", 1.0),
        "万tCO2": ("tCO2", 1e4),
        "MtCO2": ("tCO2", 1e6),
        # money -> million CNY
        "million CNY": ("million CNY", 1.0),
        "万元": ("million CNY", 1e-2),
        "亿元": ("million CNY", 1e2),
        # area -> ha
        "ha": ("ha", 1.0),
        "公顷": ("ha", 1.0),
        "km2": ("ha", 1e2),
        "平方公里": ("ha", 1e2),
        "亩": ("ha", 1.0 / 15.0),
        # people
        "persons": ("persons", 1.0),
        "人": ("persons", 1.0),
        "万人": ("persons", 1e4),
        # factors
        "tCO2/TJ": ("tCO2/TJ", 1.0),
        "tCO2/GJ": ("tCO2/TJ", 1e3),
        "tCO2/tce": ("tCO2/TJ", 1.0 / TJ_PER_TCE),
        "tCO2/MWh": ("tCO2/MWh", 1.0),
        "kgCO2/kWh": ("tCO2/MWh", 1.0),
        "tCO2/t": ("tCO2/t", 1.0),
        "tCO2/ha": ("tCO2/ha", 1.0),
        # numbers without dimension
        "share": ("share", 1.0),
        "index": ("index", 1.0),
    }
)


def to_canonical(value: float, unit: str, expected: str) -> float:
    """Convert a value to the canonical unit expected of it.

    Parameters
    ----------
    value : float
        The value in ``unit``.
    unit : str
        One of the spellings in `CONVERSIONS`.
    expected : str
        The canonical unit the quantity must have, e.g. ``"TJ"``.

    Returns
    -------
    float
        The value in ``expected``.

    Raises
    ------
    ValueError
        The unit is unknown, or measures something else.

    Examples
    --------
    >>> round(to_canonical(1.0, "万tce", "TJ"), 3)
    293.076
    """
    try:
        canonical, multiplier = CONVERSIONS[unit]
    except KeyError:
        raise ValueError(f"unknown unit {unit!r}") from None
    if canonical != expected:
        raise ValueError(f"unit {unit!r} measures {canonical}, not {expected}")
    return value * multiplier


@cache
def units_of(expected: str) -> tuple[str, ...]:
    """List the accepted spellings of a canonical unit.

    Examples
    --------
    >>> units_of("ha")
    ('ha', '公顷', 'km2', '平方公里', '亩')
    """
    return tuple(unit for unit, (canonical, _) in CONVERSIONS.items() if canonical == expected)
