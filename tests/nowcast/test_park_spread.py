"""How parks depart from nation and region: found again where it is known, and what is stored is what the sites give."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pathway_models.intake.china.nowcast import read_park_spread
from pathway_models.nowcast.park_spread import LONGEST, SitePanel, fit_park_spread

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
