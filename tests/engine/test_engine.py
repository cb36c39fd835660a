"""The ensemble engine: the same numbers whatever is kept, however members are batched, whichever scenarios stand by."""

import pickle
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import BAU, as_stated, coal_park, lever, mixed_park, park, projected, scenario
from slow_packages import SlowPark

import pathway_models as pw
from pathway_models.core.errors import PathwayError, RecordError
from pathway_models.engine import ensemble_summary as outlook
from pathway_models.engine import projecting
from pathway_models.records.pathways import TOTAL

MEMBERS = 37


@pytest.fixture(scope="module", params=["region-d", "demo-steel", "demo-electronics"])
def shipped(request):
    return pw.read_park(request.param)


@pytest.fixture(scope="module")
def chosen(scenarios):
    return scenarios.pick(["bau", "deep", "sinks"])


@pytest.fixture(scope="module")
def whole(shipped, chosen):
    """Draws of a park and its pathways with all members in one batch."""
    draws = pw.sample(shipped, chosen, members=MEMBERS, seed=11)
    return draws, pw.project(shipped, chosen, draws)


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 7, 36])
def test_the_size_of_a_batch_changes_no_bit(shipped, chosen, whole, monkeypatch, size):
    draws, expected = whole
    monkeypatch.setattr(projecting, "BATCH", size)
    found = pw.project(shipped, chosen, draws)
    assert np.array_equal(found.emissions, expected.emissions)
    for name, values in expected.memo_items.items():
        assert np.array_equal(found.memo_items[name], values), name


def test_a_scenario_has_the_same_numbers_alone_and_among_others(shipped, chosen, whole):
    draws, together = whole
    alone = pw.project(shipped, [chosen["deep"]], draws)
    # Carriers that other scenarios bring in stand at zero: sums may turn in their last bit.
    np.testing.assert_allclose(alone.total()[0], together.total()[together.index("deep")], rtol=1e-13)


def test_totals_alone_are_the_sums_over_sources_and_keep_the_sinks(shipped, chosen, whole):
    draws, by_source = whole
    totals = pw.project(shipped, chosen, draws, keep="totals")
    assert totals.sources == (TOTAL,)
    # Sources are added up in another order than the engine steps through.
    np.testing.assert_allclose(totals.total(), by_source.total(), rtol=1e-12)
    assert np.array_equal(totals.memo_items["sinks"], by_source.memo_items["sinks"])
    np.testing.assert_allclose(totals.net(), by_source.net(), rtol=1e-12, atol=1e-12 * by_source.total().max())
    for part in (totals.gross, lambda: totals.scope(1)):
        with pytest.raises(RecordError, match=re.escape("only totals were kept; project with keep='sources'")):
            part()


def test_totals_equal_those_of_one_step_after_the_other(chosen):
    """`SlowPark` shares no code with the engine beyond the baseline paths."""
    a_park = mixed_park()
    draws = pw.sample(a_park, chosen, members=5, seed=2, assumptions=as_stated())
    total = pw.project(a_park, chosen, draws, keep="totals").total()
    for at, one in enumerate(chosen.values()):
        np.testing.assert_allclose(total[at], SlowPark(a_park, draws).run(one)[0], rtol=1e-12)


def test_only_sources_or_totals_can_be_kept():
    with pytest.raises(PathwayError, match=re.escape("keep = 'peaks': expected sources or totals")):
        pw.project(coal_park(), [BAU], pw.sample(coal_park(), [BAU], members=2, seed=0), keep="peaks")


def test_two_variants_of_one_lever_are_two_levers():
    weak, strong = (lever("reduce_intensity", {"reduction": share}) for share in (0.1, 0.4))
    total = projected(coal_park(), [BAU, scenario(weak), scenario(strong)], members=3).total()[..., -1]
    np.testing.assert_allclose(total[1:] / total[0], [[0.9] * 3, [0.6] * 3])


def test_a_park_of_residents_alone_is_projected_by_source(chosen):
    burnt = 100 * 1.01 ** np.arange(6)
    homes = park({"homes": {"natural_gas": burnt, "electricity": burnt}}, kind="population")
    pathways = projected(homes, chosen, members=4)
    assert not pathways.emissions[..., pathways.sources.index("captured"), :].any()
    assert (pathways.memo_items["location_based"] > 0).all()


@pytest.mark.slow
def test_the_economy_stands_beside_where_residents_would_blur_it(shipped_parks, chosen):
    region = shipped_parks["region-d"]
    pathways = projected(region, chosen, members=3)
    economic = [kind == "gdp" or kind == "value_added" for kind in region.activity_kinds]
    observed = region.activity[economic].sum(axis=0)
    np.testing.assert_allclose(pathways.memo_items["economy"][1, 2, : region.years.size], observed, rtol=1e-12)
    assert (pathways.memo_items["economy"] < pathways.memo_items["activity"]).all()
    assert "economy" not in projected(shipped_parks["demo-steel"], chosen, members=3).memo_items


def test_a_survey_has_the_numbers_of_projecting_and_keeps_no_path(shipped, chosen, whole):
    draws, _ = whole
    found = pw.survey(shipped, chosen, draws, probabilities=(0.05, 0.5, 0.9))
    totals = pw.project(shipped, chosen, draws, keep="totals")
    total, peaks = totals.total(), pw.find_peaks(totals)
    for name in ("year", "status", "value", "plateau_first", "plateau_last"):
        assert np.array_equal(getattr(found.peaks, name), getattr(peaks, name)), name
    assert np.array_equal(found.quantiles, np.quantile(total, (0.05, 0.5, 0.9), axis=1).transpose(1, 0, 2))
    np.testing.assert_allclose(found.mean, total.mean(axis=1), rtol=1e-13)
    ahead = totals.years > totals.last_observed_year
    np.testing.assert_allclose(found.cumulative, total[..., ahead].sum(axis=-1), rtol=1e-13)
    assert found.members == MEMBERS
    assert "p05, p50, p90" in repr(found)


@pytest.mark.slow
@pytest.mark.parametrize("numbers", [1, 20 * MEMBERS, 100 * MEMBERS])
def test_a_survey_with_little_room_steps_through_more_than_once_and_finds_the_same(
    shipped, chosen, whole, monkeypatch, numbers
):
    draws, _ = whole
    expected = pw.survey(shipped, chosen, draws)
    if numbers == 1:
        chosen = chosen.pick(["deep"])
        expected = pw.survey(shipped, chosen, draws)
    monkeypatch.setattr(outlook, "ROOM", 8 * numbers)
    found = pw.survey(shipped, chosen, draws)
    for name in ("quantiles", "mean", "cumulative"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
    assert np.array_equal(found.peaks.year, expected.peaks.year)


def test_draws_without_a_scenarios_lever_are_refused_by_a_survey_too(chosen):
    draws = pw.sample(coal_park(), [BAU], members=2, seed=0)
    with pytest.raises(PathwayError, match=re.escape("were not drawn; sample the park with these scenarios")):
        pw.survey(coal_park(), chosen, draws)


def test_records_survive_the_way_to_another_process(chosen):
    draws = pw.sample(coal_park(), chosen, members=3, seed=0)
    again = pickle.loads(pickle.dumps((coal_park(), dict(chosen), draws)))
    assert again[1].keys() == dict(chosen).keys()
    with pytest.raises(TypeError):
        again[2].uniforms["new"] = 0.0
    expected = pw.project(coal_park(), chosen, draws)
    assert np.array_equal(pw.project(*again).emissions, expected.emissions)


def test_committed_numbers_of_a_member_do_not_depend_on_the_others(shipped, chosen, whole):
    draws, expected = whole
    few = pw.sample(shipped, chosen, members=9, seed=11)
    assert np.array_equal(pw.project(shipped, chosen, few).emissions, expected.emissions[:, :9])
    later = replace(
        draws,
        members=MEMBERS - 9,
        uniforms={name: values[9:] for name, values in draws.uniforms.items()},
        normals={name: values[9:] for name, values in draws.normals.items()},
        shocks={name: values[9:] for name, values in draws.shocks.items()},
        bridge=draws.bridge and draws.bridge.of(np.arange(9, draws.members)),
    )
    assert np.array_equal(pw.project(shipped, chosen, later).emissions, expected.emissions[:, 9:])


#: Files outside kernels and records in the order in which a park passes them; no call goes back up.
WAY_DOWN = (
    "engine/projecting",
    "baseline/scenario_drivers",
    "engine/package_tree",
    "engine/chain",
    "engine/batches",
    "engine/ramps",
    "baseline/plans",
    "baseline/grid",
    "baseline/paths",
    "baseline/bridges",
    "laws/register",
    "laws/levels",
    "laws/damped_trend",
)


def test_a_park_passes_thirteen_files_and_none_calls_one_above_it(scenarios):
    """From `project` on, by a trace of all calls: whoever reads engine and baseline reads downwards only."""
    park, chosen = mixed_park(), scenarios.pick(["bau", "deep"])
    draws = pw.sample(park, chosen, members=5, seed=1)
    package, calls = Path(pw.__file__).parent, set()
    rooms = {package / "engine", package / "baseline"}

    def seen(frame, event, _):
        files = [Path(one.f_code.co_filename).with_suffix("") for one in (frame.f_back or frame, frame)]
        if event == "call" and all(rooms & set(file.parents) for file in files):
            calls.add(tuple("/".join(file.parts[-2:]) for file in files))

    sys.setprofile(seen)
    try:
        pw.project(park, chosen, draws)
    finally:
        sys.setprofile(None)
    assert {name for pair in calls for name in pair} == set(WAY_DOWN)
    assert [pair for pair in calls if WAY_DOWN.index(pair[1]) < WAY_DOWN.index(pair[0])] == []
