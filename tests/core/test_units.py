"""Conversions written out by hand, from the definitions: SI, GB/T 2589-2020, 1 mu = 1/15 ha."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway_models.core.units import CO2_PER_C, CONVERSIONS, TJ_PER_MWH, TJ_PER_TCE, to_canonical, units_of

#: spelling -> (canonical unit, value of one), each worked out from the definition beside it.
BY_HAND = {
    "TJ": ("TJ", 1.0),
    "GJ": ("TJ", 1e9 / 1e12),
    "MJ": ("TJ", 1e6 / 1e12),
    "百万千焦": ("TJ", 1e6 * 1e3 / 1e12),
    "吉焦": ("TJ", 1e9 / 1e12),
    "tce": ("TJ", 29307.6e6 / 1e12),  # 29,307.6 kJ a kilogram
    "吨标准煤": ("TJ", 29307.6e6 / 1e12),
    "万tce": ("TJ", 1e4 * 29307.6e6 / 1e12),
    "万吨标准煤": ("TJ", 1e4 * 29307.6e6 / 1e12),
    "MWh": ("MWh", 1.0),
    "kWh": ("MWh", 1 / 1000),
    "GWh": ("MWh", 1000.0),
    "万kWh": ("MWh", 10_000 / 1000),
    "万千瓦时": ("MWh", 10_000 / 1000),
    "亿kWh": ("MWh", 100_000_000 / 1000),
    "亿千瓦时": ("MWh", 100_000_000 / 1000),
    "t": ("t", 1.0),
    "吨": ("t", 1.0),
    "kg": ("t", 1 / 1000),
    "万t": ("t", 10_000.0),
    "万吨": ("t", 10_000.0),
    "10^4 Nm3": ("10^4 Nm3", 1.0),
    "万Nm3": ("10^4 Nm3", 1.0),
    "万标立方米": ("10^4 Nm3", 1.0),
    "Nm3": ("10^4 Nm3", 1 / 10_000),
    "亿Nm3": ("10^4 Nm3", 100_000_000 / 10_000),
    "tCO2": ("tCO2", 1.0),
    "万tCO2": ("tCO2", 10_000.0),
    "MtCO2": ("tCO2", 1_000_000.0),
    "million CNY": ("million CNY", 1.0),
    "万元": ("million CNY", 10_000 / 1_000_000),
    "亿元": ("million CNY", 100_000_000 / 1_000_000),
    "ha": ("ha", 1.0),
    "公顷": ("ha", 1.0),
    "km2": ("ha", 1e6 / 1e4),
    "平方公里": ("ha", 1e6 / 1e4),
    "亩": ("ha", 1 / 15),
    "persons": ("persons", 1.0),
    "人": ("persons", 1.0),
    "万人": ("persons", 10_000.0),
    "tCO2/TJ": ("tCO2/TJ", 1.0),
    "tCO2/GJ": ("tCO2/TJ", 1e12 / 1e9),
    "tCO2/tce": ("tCO2/TJ", 1e12 / 29307.6e6),
    "tCO2/MWh": ("tCO2/MWh", 1.0),
    "kgCO2/kWh": ("tCO2/MWh", (1 / 1000) / (1 / 1000)),
    "tCO2/t": ("tCO2/t", 1.0),
    "tCO2/ha": ("tCO2/ha", 1.0),
    "share": ("share", 1.0),
    "index": ("index", 1.0),
}


def test_every_accepted_spelling_is_worked_out_by_hand():
    assert set(CONVERSIONS) == set(BY_HAND)


@pytest.mark.parametrize("unit", BY_HAND)
def test_one_of_a_unit_in_canonical_units(unit):
    canonical, one = BY_HAND[unit]
    assert CONVERSIONS[unit][0] == canonical
    assert to_canonical(1.0, unit, canonical) == pytest.approx(one, rel=1e-12)


def test_constants():
    assert pytest.approx(0.0293076, rel=1e-12) == TJ_PER_TCE
    assert pytest.approx(3.6e9 / 1e12, rel=1e-12) == TJ_PER_MWH
    assert pytest.approx(44 / 12, rel=1e-12) == CO2_PER_C


@given(value=st.floats(-1e12, 1e12), unit=st.sampled_from(sorted(CONVERSIONS)))
def test_conversion_is_proportional(value, unit):
    canonical = CONVERSIONS[unit][0]
    assert to_canonical(value, unit, canonical) == pytest.approx(value * to_canonical(1.0, unit, canonical), rel=1e-12)


def test_an_unknown_unit_is_named():
    with pytest.raises(ValueError, match=re.escape("unknown unit 'pounds'")):
        to_canonical(1.0, "pounds", "t")


def test_a_unit_of_something_else_is_refused():
    with pytest.raises(ValueError, match=re.escape("unit '万t' measures t, not TJ")):
        to_canonical(1.0, "万t", "TJ")


def test_units_of_lists_every_spelling_once():
    canonical = {unit for unit, _ in CONVERSIONS.values()}
    listed = [unit for name in canonical for unit in units_of(name)]
    assert sorted(listed) == sorted(CONVERSIONS)
