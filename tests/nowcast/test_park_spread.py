"""How parks depart from nation and region: found again where it is known, and what is stored is what the sites give."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from pathway_models.cli.main import main
from pathway_models.intake.fitted import read_park_spread
from pathway_models.intake.panels import EMISSIONS, ContinentSites
from pathway_models.nowcast.scoring import score_parks
from pathway_models.nowcast.site_changes import LONGEST, SitePanel, fit_park_spread

ROOT = Path(__file__).resolve().parents[2]
PANELS = ROOT / "data" / "panels"


def invented(follow, sites=600, years=14, seed=5):
    """Sites of six countries that follow their country in part, with calm noise of their own."""
    rng = np.random.default_rng(seed)
    places = np.arange(sites) % 6
    country = np.cumsum(rng.normal(0, 0.06, (6, years)), axis=1)
    country -= country.mean(axis=0)
    nation = np.cumsum(np.full(years, -0.03))
    own = np.cumsum(rng.normal(0, 0.02, (sites, years)), axis=1)
    is_park = np.arange(sites) < 240
    # Small sites make the country what it is; parks follow a part of it.
    share = np.where(is_park, follow, 1.0)[:, None]
    size = np.where(is_park, 1e4, 1e6)[:, None]
    return SitePanel(size * np.exp(nation + share * country[places] + own), places.astype(str), is_park)


@pytest.mark.parametrize("follow", [0.2, 0.7])
def test_what_parks_follow_of_their_region_is_found(follow):
    found = fit_park_spread([invented(follow)])
    np.testing.assert_allclose(found.follow, follow, atol=0.1)
    at = np.searchsorted(found.probabilities, [0.25, 0.75])
    width = np.diff(found.quantiles[:, at], axis=1).ravel()
    np.testing.assert_allclose(width, 1.349 * 0.02 * np.sqrt(np.arange(1, LONGEST + 1)), rtol=0.15)


def test_a_walk_is_correlated_as_a_walk():
    found = fit_park_spread([invented(0.5)])
    assert found.correlation[0, 3] == pytest.approx(0.5, abs=0.1)
    assert np.linalg.eigvalsh(found.correlation).min() > 0


def test_sites_that_close_are_not_in_it():
    panel = invented(0.5)
    closed = panel.values.copy()
    closed[:20, 8:] = 0.0
    own, _, _ = SitePanel(closed, panel.regions, panel.is_park).changes(1)
    assert np.isnan(own[:20, 7:]).all()
    assert np.isfinite(own[20:240]).all()


def test_stored_spread_is_sound():
    stored = read_park_spread()
    assert (np.diff(stored.quantiles, axis=1) >= 0).all()
    assert (np.diff(stored.follow) >= 0).all()
    assert (stored.quantiles[:, np.searchsorted(stored.probabilities, 0.5)] == 0).all()


@pytest.mark.slow
@pytest.mark.skipif(not (PANELS / "eu_sites.csv.gz").is_file(), reason="the panels of sites are not here")
def test_stored_spread_is_what_the_sites_give(tmp_path):
    command = [sys.executable, str(ROOT / "scripts" / "fit_park_spread.py"), str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"})
    assert (tmp_path / "park_spread.yml").read_bytes() == (ROOT / "data" / "park_spread.yml").read_bytes()


def panel_of(follow=0.5, power=-0.08):
    """The invented sites as a continent, every third park with a power station that shrinks."""
    made, years = invented(follow), np.arange(2010, 2024)
    stations = np.where((np.arange(600) % 3 == 0)[:, None], 2.0 * made.values[:, :1], 0.0) * np.exp(
        power * (years - 2010)
    )
    emissions = {EMISSIONS: made.values, "power_tco2": stations, "total_tco2": made.values + stations}
    return ContinentSites(years, emissions, made.regions, made.is_park)


def test_the_bridge_of_parks_is_scored_by_what_it_could_know():
    scored = score_parks({"eu_sites": panel_of(), "us_sites": panel_of()}, (1, 5))
    whole = scored[(scored["quantity"] == "industry") & (scored["taught_by"] == "own_past")]
    # Origins of 14 years that have a past of their own: 2011 to 2022 of 13, 2015 to 2018 of 9.
    assert whole.groupby("horizon")["forecasts"].first().to_dict() == {1: 240 * 12, 5: 240 * 4}
    # Countries of the second panel are not told apart: errors of the first, which are, are too small for it.
    known = scored[(scored["quantity"] == "industry") & (scored["panel"] == "eu_sites")]
    assert (abs(known["coverage_90"] - 0.9) < 0.03).all()
    assert (
        scored.loc[(scored["panel"] == "eu_sites") & (scored["taught_by"] == "own_past"), "skill_last_year"] > 0
    ).all()
    told_apart = scored.dropna(subset="skill_one_sector")
    assert set(told_apart["quantity"]) == {"all_sites"}
    assert (told_apart["skill_one_sector"] > 0.2).all()


def test_sectors_that_do_alike_need_not_be_told_apart():
    alike = score_parks({"eu_sites": panel_of(), "us_sites": panel_of(power=-0.03)}, (1,))
    us = alike[(alike["panel"] == "us_sites") & (alike["quantity"] == "all_sites")]
    assert (us["skill_one_sector"].abs() < 0.1).all()


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_scores_of_parks_are_printed(lang, monkeypatch):
    monkeypatch.setattr("pathway_models.intake.panels.read_sites", lambda name: panel_of())
    done = CliRunner().invoke(main, ["nowcast", "--parks", "--lang", lang])
    assert done.exit_code == 0, done.output
    assert ("other continent" if lang == "en" else "另一大洲") in done.output
    assert done.output.count("## ") == 2
