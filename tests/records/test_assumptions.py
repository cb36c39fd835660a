"""What a projection assumes is one record: read once, hashed, handed down, and named by every result."""

import builtins
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import BAU, SEED, coal_park

import pathway_models as pw
from pathway_models.engine import projecting, sampling
from pathway_models.engine.packages import PackageEngine
from pathway_models.intake.factors.tables import default_factor, factor_sets, read_carriers
from pathway_models.records.levers import Triangle
from pathway_models.records.park import ParkIdentity


@pytest.fixture(scope="module")
def shipped():
    return pw.read_assumptions()


@pytest.fixture(scope="module")
def level_grid(shipped):
    """The shipped assumptions with a grid factor that stays."""
    return replace(shipped, uncertainties=replace(shipped.uncertainties, grid_decline=Triangle(0.0, 0.0, 0.0)))


def test_the_hash_is_that_of_the_content(shipped, level_grid):
    assert pickle.loads(pickle.dumps(shipped)).hash == shipped.hash == replace(shipped).hash
    assert len({shipped.hash, level_grid.hash, replace(shipped, law="persistence").hash}) == 3
    assert shipped.label == f"shipped ({shipped.hash[:12]})"
    assert level_grid.label == f"own ({level_grid.hash[:12]})"


def test_the_record_says_what_is_assumed(shipped):
    said = repr(shipped)
    for part in ("growth law levels, parameters 2.0", "1.1% to 3.6% a year", "heat 10%"):
        assert part in said


def test_results_say_what_they_were_made_under(region_d, shipped, level_grid):
    draws = pw.sample(region_d, [BAU], members=3, seed=SEED)
    assert f"assumptions: {shipped.label}" in repr(draws)
    assert pw.project(region_d, [BAU], draws).assumptions == shipped.label
    other = pw.project(region_d, [BAU], draws, assumptions=level_grid)
    assert f"assumptions: {level_grid.label}>" in repr(other)


def test_left_out_the_shipped_ones_are_used_and_the_draws_hand_theirs_on(region_d, scenarios, shipped, level_grid):
    chosen = scenarios.pick(["bau", "deep"])
    left_out = pw.project(region_d, chosen, pw.sample(region_d, chosen, members=5, seed=SEED))
    given = pw.project(region_d, chosen, pw.sample(region_d, chosen, members=5, seed=SEED, assumptions=shipped))
    np.testing.assert_array_equal(left_out.emissions, given.emissions)
    draws = pw.sample(region_d, chosen, members=5, seed=SEED, assumptions=level_grid)
    handed_on = pw.project(region_d, chosen, draws)
    np.testing.assert_array_equal(
        handed_on.emissions, pw.project(region_d, chosen, draws, assumptions=level_grid).emissions
    )
    assert (handed_on.emissions != left_out.emissions).any()
    engine = PackageEngine(region_d, chosen["deep"], draws)
    np.testing.assert_allclose(engine.totals([chosen["deep"]])[0], handed_on.total()[1], rtol=1e-12)
    np.testing.assert_allclose(
        pw.survey(region_d, chosen, draws).peaks.value, pw.find_peaks(handed_on).value, rtol=1e-12
    )


def test_a_projection_reads_nothing_behind_the_callers_back(region_d, scenarios, shipped, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError(f"read {args}")

    chosen = scenarios.pick(["bau", "deep"])
    pw.project(region_d, chosen, pw.sample(region_d, chosen, members=2, seed=SEED))  # everything is imported
    for module in (sampling, projecting):
        monkeypatch.setattr(module, "read_assumptions", refuse)
    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr("pathway_models.core.files.data_folder", refuse)
    draws = pw.sample(region_d, chosen, members=2, seed=SEED, assumptions=shipped)
    assert pw.project(region_d, chosen, draws).members == 2
    assert pw.survey(region_d, chosen, draws).peaks.members == 2


def test_default_factors_are_those_of_the_factor_sets(shipped):
    for name in (*factor_sets(), "a set nobody has"):
        for carrier in read_carriers().values():
            assert shipped.default_factor(name, carrier.carrier) == default_factor(name, carrier)


# --- which park a record is of


def test_every_record_carries_the_identity_of_its_park(region_d, scenarios):
    chosen = scenarios.pick(["bau", "deep"])
    draws = pw.sample(region_d, chosen, members=4, seed=SEED)
    pathways = pw.project(region_d, chosen, draws)
    peaks = pw.find_peaks(pathways)
    records = (draws, pathways, peaks, pw.survey(region_d, chosen, draws).peaks, pw.take_inventory(region_d),
               pw.gaps(region_d, pathways, peaks), pw.decompose_past(region_d))  # fmt: skip
    for record in records:
        assert record.identity == region_d.identity, type(record)
        assert record.park_id == "region-d"


def test_a_figure_of_ones_own_park_needs_no_park_beside_the_record():
    park = replace(coal_park(), park_id="nobodys", name_en="Nobody's park", invented=True)
    pathways = pw.project(park, [BAU], pw.sample(park, [BAU], members=4, seed=SEED))
    title = " ".join(text.get_text() for text in pw.plotting.fan(pathways, BAU.scenario_id).texts)
    assert "Nobody's park" in title
    assert "INVENTED" in title


def test_an_id_alone_is_an_identity_of_which_no_more_is_known():
    assert ParkIdentity.of("here") == ParkIdentity("here")
    assert ParkIdentity("here").invented is None
