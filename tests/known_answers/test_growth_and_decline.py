"""Parks whose future is known in closed form: the whole chain from drivers to the peak must find it."""

import math

import numpy as np
import pytest
from builders import BAU, FIRST_YEAR, growing, park, projected, quiet
from hypothesis import given, settings
from hypothesis import strategies as st

import pathway_models as pw
from pathway_models.kernels.emissions import add_carrier
from pathway_models.kernels.turning_points import PLATEAU, turning_points

HISTORY = 6
LAST = FIRST_YEAR + HISTORY - 1
whole_chain = settings(max_examples=25, deadline=None)


def future(assumptions, *, growth=0.0, decline=0.0, until=2060):
    """Quiet pathways of a coal park with that record, under assumptions of known growth."""
    time = np.arange(HISTORY)
    activity = 100 * (1 + growth) ** time
    energy = 10 * activity * (1 - decline) ** time
    growing_park = park({"park": {"bituminous": energy}}, activity={"park": activity})
    return projected(growing_park, [BAU], members=3, until=until, change=quiet, assumptions=assumptions)


def statuses(pathways):
    return {row["peak_status"] for row in pw.find_peaks(pathways).summary()}


@whole_chain
@given(growth=st.floats(0.0, 0.15))
def test_growth_met_by_an_equal_decline_of_intensity_is_a_plateau_and_no_peak_year(growth):
    decline = 1 - 1 / (1 + growth)
    rate = math.log1p(growth)
    pathways = future(growing({2000: rate}, {2000: -rate}), growth=growth, decline=decline)
    np.testing.assert_allclose(pathways.total(), 10 * 100 * 90.0, rtol=1e-9)
    peaks = pw.find_peaks(pathways)
    assert statuses(pathways) == {"plateau"}
    assert peaks.censored().all()
    assert peaks.summary()[0]["peak_year_p50"] == ">2055"
    assert peaks.p_peaked_by(2060).tolist() == [0.0]


@whole_chain
@given(start=st.floats(0.02, 0.12), years=st.floats(2.1, 30.0))
def test_linearly_falling_growth_peaks_in_the_last_year_that_still_grows(start, years):
    # Growth in year y is start * (1 - (y - LAST) / years): it reaches zero `years` after the record.
    crossing = LAST + years
    falling = {LAST: start, LAST + 60: start * (1 - 60 / years)}
    pathways = future(growing(falling), growth=math.expm1(start), until=LAST + 60)
    peaks = pw.find_peaks(pathways)
    expected = math.ceil(crossing) - 1
    if abs(crossing - round(crossing)) > 1e-6:
        assert set(peaks.year.ravel().tolist()) == {expected}
        assert statuses(pathways) == {"ahead" if expected < 2030 else "after"}
    grown = sum(start * (1 - step / years) for step in range(1, expected - LAST + 1))
    np.testing.assert_allclose(peaks.value, pathways.total()[..., HISTORY - 1] * math.exp(grown), rtol=1e-6)


def test_growth_that_reaches_exactly_zero_peaks_in_the_year_before_the_tie():
    falling = {LAST: 0.1, LAST + 10: 0.0, LAST + 40: -0.3}
    pathways = future(growing(falling), growth=math.expm1(0.1))
    at = LAST + 10 - FIRST_YEAR
    np.testing.assert_allclose(pathways.total()[..., at], pathways.total()[..., at - 1], rtol=1e-12)
    assert set(pw.find_peaks(pathways).year.ravel().tolist()) == {LAST + 9}


def test_park_still_rising_at_the_horizon_has_no_peak_year():
    pathways = future(growing({2000: 0.02}), growth=0.02)
    peaks = pw.find_peaks(pathways)
    assert statuses(pathways) == {"not_within_horizon"}
    assert np.isinf(peaks.quantiles()).all()
    assert peaks.p_peaked_by(2060).tolist() == [0.0]


def test_park_falling_throughout_is_left_censored_and_counts_as_peaked():
    pathways = future(growing({2000: -0.03}), growth=-0.03)
    peaks = pw.find_peaks(pathways)
    assert statuses(pathways) == {"in_record"}
    assert peaks.p_peaked_by(2029).tolist() == [1.0]


def test_park_that_fell_after_an_observed_maximum_has_peaked_already():
    falling = growing({2000: -0.02})
    burnt = [900.0, 1000.0, 980.0, 950.0, 940.0, 900.0]
    pathways = projected(park({"park": {"bituminous": burnt}}), [BAU], members=3, change=quiet, assumptions=falling)
    assert statuses(pathways) == {"in_record"}
    assert set(pw.find_peaks(pathways).year.ravel().tolist()) == {FIRST_YEAR + 1}


@pytest.mark.parametrize("leading", [(), (4,), (2, 4)])
def test_kernels_accept_any_leading_axes(leading):
    sectors, carriers, years = 3, 2, 5
    activity, intensity = np.full((*leading, sectors, years), 10.0), np.full((sectors, years), 2.0)
    shares = np.broadcast_to(np.array([0.25, 0.75])[:, None], (*leading, sectors, carriers, years))
    energy, emissions, room = np.zeros((3, *leading, years))
    for s in range(sectors):
        for c, factor in zip(range(carriers), (100.0, 0.0), strict=True):
            add_carrier(energy, emissions, (activity * intensity)[..., s, :], shares[..., s, c, :], factor, room)
    np.testing.assert_allclose(energy, sectors * 10 * 2)
    np.testing.assert_allclose(emissions, sectors * 10 * 2 * 0.25 * 100)
    assert (turning_points(emissions).status == PLATEAU).all()
