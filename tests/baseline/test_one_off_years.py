"""Years set aside lend no growth to the trend; what was observed stays observed."""

import re
from dataclasses import replace

import numpy as np
import pytest
import yaml
from builders import BAU, SEED, coal_park, mixed_park, quiet
from data_reading import DATA
from one_off_years import one_off_scores

import pathway_models as pw
from pathway_models.baseline.laws.damped_trend import tilted
from pathway_models.baseline.laws.levels import CENTRE, SCALE, features
from pathway_models.baseline.plans import baseline_paths
from pathway_models.core.errors import InputError, RecordError
from pathway_models.intake.assumptions import read_assumptions, read_baselines
from pathway_models.intake.panels import read_panel
from pathway_models.inventory.accounts import take_inventory
from pathway_models.kernels.growth import expected_change, record_growth
from pathway_models.records.growth_laws import History


def paths_of(park, *, members=30, change=None, assumptions=None):
    assumed = read_assumptions() if assumptions is None else assumptions
    draws = pw.sample(park, [BAU], members=members, seed=SEED, until=2045, assumptions=assumed)
    draws = change(draws) if change else draws
    return baseline_paths(park, draws, slice(None), assumed)


def growing(values, **more):
    """A coal park whose energy and activity take the given values."""
    values = np.asarray(values, float)
    return coal_park(len(values), 10 * values, activity={"park": values}, **more)


def with_dip(at, depth=0.8):
    """3 % growth a year, 2015-2020, with one year below it."""
    values = 100 * 1.03 ** np.arange(6)
    values[at] *= depth
    return growing(values)


SMOOTH = growing(100 * 1.03 ** np.arange(6))


def test_no_year_is_set_aside_unless_named(region_d):
    assert region_d.one_off_years == ()
    same = pw.set_aside(pw.set_aside(region_d, [2020]), [])
    assert np.array_equal(paths_of(same).activity, paths_of(region_d).activity)


def test_a_dip_inside_the_record_that_is_set_aside_leaves_the_expected_growth_of_the_smooth_record():
    """A law that takes the record's growth as it is: without noise the two forecasts are the same."""
    law = replace(read_baselines().trends["activity"], slope_noise=0.0)
    kept = np.arange(6) != 3
    smooth, dipped = (np.log(one.activity[0]) for one in (SMOOTH, with_dip(3)))
    expected = expected_change(smooth, 30, law)
    assert np.allclose(expected_change(tilted(dipped, kept, law), 30, law), expected, rtol=1e-12)
    assert not np.allclose(expected_change(dipped, 30, law), expected, rtol=1e-2)


@pytest.mark.parametrize("at", range(6))
def test_growth_is_that_of_the_other_years_and_noise_that_of_all(at):
    """0.03 a year around any single dip; the dip's scatter stays in the width of the forecast."""
    law = read_baselines().trends["activity"]
    logs = np.log(with_dip(at).activity[0])
    growth, noise, _ = record_growth(tilted(logs, np.arange(6) != at, law), law)
    assert growth == pytest.approx(np.log(1.03), rel=1e-9)
    assert noise == pytest.approx(record_growth(logs, law)[1], rel=1e-9)
    assert noise > 1.5 * record_growth(np.log(SMOOTH.activity[0]), law)[1]


def test_two_years_in_a_row_at_either_end_are_set_aside_alike():
    law = read_baselines().trends["activity"]
    for first, odd in ((0, [0, 1]), (0, [4, 5]), (0, [2, 3])):
        values = 100 * 1.03 ** np.arange(first, 6)
        values[odd] *= [0.7, 0.9]
        kept = ~np.isin(np.arange(6), odd)
        assert record_growth(tilted(np.log(values), kept, law), law)[0] == pytest.approx(np.log(1.03), rel=1e-9)


def test_the_forecast_jumps_off_from_the_last_observed_level_even_of_a_one_off_year():
    """Level as observed, growth of the years before: the dip stays, the fall is not taken for a trend."""
    dipped, old = with_dip(5, 0.8), pw.with_law(read_assumptions(), "parks_0_2")
    as_it_is, aside = (
        paths_of(one, change=quiet, assumptions=old).activity[0, 0] for one in (dipped, pw.set_aside(dipped, [2020]))
    )
    assert np.array_equal(as_it_is[:6], aside[:6])
    assert aside[6] / aside[5] > as_it_is[6] / as_it_is[5]
    assert aside[6] < 100 * 1.03**5


def test_the_law_in_levels_reads_growth_from_the_kept_years_and_noise_from_all():
    """A dip inside the record: growth as without it, noise as with it."""
    smooth, dipped = (np.log(one.activity) for one in (SMOOTH, with_dip(3)))
    kept = np.arange(6) != 3
    (x, v), (x_smooth, _), (x_dipped, v_dipped) = (
        features(History(logs, np.array([2020]), kept=years))
        for logs, years in ((dipped, kept), (smooth, None), (dipped, None))
    )
    growth = [CENTRE.index(name) for name in ("recent growth", "mean growth", "last change")]
    assert np.allclose(x[:, growth], x_smooth[:, growth])
    assert not np.allclose(x[:, growth[0]], x_dipped[:, growth[0]], rtol=0.1)
    noise = SCALE.index("log sd of changes")
    assert v[:, noise] == v_dipped[:, noise]


def test_observed_years_inventories_and_observed_totals_stay():
    park = mixed_park()
    aside = pw.set_aside(park, [2018, 2020])
    draws = pw.sample(aside, [BAU], members=10, seed=SEED, until=2030)
    totals = [pw.project(one, [BAU], draws).total()[0, :, :6] for one in (park, aside)]
    assert np.array_equal(*totals)
    assert np.array_equal(take_inventory(park).total(), take_inventory(aside).total())


def test_a_carrier_missing_in_a_one_off_year_only_still_drifts():
    park = mixed_park()
    energy = park.energy.copy()
    energy[0, park.carriers.index("natural_gas"), 3] = 0.0
    gapped = replace(park, energy=energy)
    # Under the law of version 0.2, whose mix drifts.
    old = pw.with_law(read_assumptions(), "parks_0_2")
    names = [
        pw.sample(one, [BAU], members=1, seed=0, assumptions=old).shocks
        for one in (gapped, pw.set_aside(gapped, [2018]))
    ]
    shares = [
        paths_of(one, assumptions=old).shares[:, 0, park.carriers.index("natural_gas"), -1]
        for one in (gapped, pw.set_aside(gapped, [2018]))
    ]
    assert names[0].keys() == names[1].keys()
    assert np.ptp(shares[1] / shares[0]) > 1e-3


def test_setting_aside_2009_or_2020_pays_a_little_and_keeps_the_bands_where_it_is_measured():
    """Countries since 1995, the laws of version 0.2; docs/baseline.md has the table (benchmarks/one_off_years.py)."""
    panel, laws = read_panel("countries"), read_baselines().trends
    inside = one_off_scores(panel, laws["emissions"], (2009,), (2010, 2011, 2012))
    assert all(0.0 < one.skill < 0.03 for one in inside)
    last = one_off_scores(panel, laws["emissions"], (2020,), (2020,), horizons=(1,))[0]
    assert last.skill > 0.05
    lasting = one_off_scores(panel, laws["activity"], (2009,), (2009,), quantity="gdp_million_usd_2015")
    # The crisis of 2009 was no one-off for the growth of economies: calling it one costs skill, and the table says so.
    assert all(one.skill < 0.0 for one in lasting)
    for one in (*inside, last, *lasting):
        assert one.covered_aside > min(0.9, one.covered - 0.03)
    nothing = one_off_scores(panel, laws["emissions"], (), (2015,), horizons=(1, 3))
    assert all(one.skill == 0.0 and one.covered == one.covered_aside for one in nothing)


def test_years_that_cannot_be_set_aside_are_refused(region_d):
    with pytest.raises(RecordError, match=re.escape("2031 not among the observed years 2015-2020")):
        pw.set_aside(mixed_park(), [2031])
    with pytest.raises(RecordError, match="2 years are left, expected at least 3"):
        pw.set_aside(mixed_park(), [2015, 2016, 2017, 2018])


def described(folder, years):
    for name in ("demo-cement.csv", "demo-cement.yml"):
        text = (DATA / "parks" / name).read_text(encoding="utf-8")
        if name.endswith("yml"):
            text = yaml.safe_dump(yaml.safe_load(text) | {"one_off_years": years}, allow_unicode=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "demo-cement.csv"


def test_the_description_of_a_park_names_them(tmp_path):
    assert pw.read_park(described(tmp_path, [2020])).one_off_years == (2020,)
    park = pw.read_park(tmp_path / "demo-cement.csv")
    assert "set aside: 2020" in repr(park)
    assert sum(note.startswith("SET ASIDE: 2020") for note in park.notes) == 1
    assert not any(note.startswith("SET ASIDE") for note in pw.set_aside(park, []).notes)


@pytest.mark.parametrize("years", [[1999], [2016, 2017, 2018]])
def test_wrong_years_of_a_description_are_a_fault_of_the_file(tmp_path, years):
    with pytest.raises(InputError) as refused:
        pw.read_park(described(tmp_path, years))
    fault = refused.value.faults[0]
    assert (fault.code, fault.file) == ("one_off_years", "demo-cement.yml")
