"""A fleet's total is the sum of its parks' members, and its band has the coverage it claims."""

from dataclasses import replace

import numpy as np
import pytest

import pathway_models as pw
from pathway_models.core.errors import PathwayError
from pathway_models.fleet.band_coverage import independent_total
from pathway_models.fleet.totals import fleet_total
from pathway_models.intake.register import read_register

MEMBERS = 200


def invented_parks():
    return [entry.park_id for entry in read_register() if entry.invented]


def ensembles(scenarios, seed, members=MEMBERS, names=None):
    chosen = scenarios.pick(["bau"])
    for name in names or invented_parks():
        park = pw.read_park(name)
        yield pw.project(park, chosen, pw.sample(park, chosen, members=members, seed=seed, until=2040))


@pytest.fixture(scope="module")
def parks(scenarios):
    return list(ensembles(scenarios, seed=1))


def test_total_is_the_sum_of_the_same_members(parks):
    fleet = fleet_total(parks)
    at = [int(np.flatnonzero(one.years == 2035)[0]) for one in parks]
    by_hand = sum(one.total()[0, 17, place] for one, place in zip(parks, at, strict=True))
    assert fleet.total[0, 17, int(np.flatnonzero(fleet.years == 2035)[0])] == pytest.approx(by_hand, rel=1e-12)
    assert fleet.shares.sum(axis=0) == pytest.approx(1.0)
    assert fleet.parks == tuple(one.park_id for one in parks)


def test_one_park_is_its_own_fleet(parks):
    fleet = fleet_total(parks[:1])
    assert (fleet.total == parks[0].total()).all()
    assert fleet.peaks().year.tolist() == pw.find_peaks(parks[0]).year.tolist()


def test_order_of_parks_changes_nothing(parks):
    turned = fleet_total(parks[::-1])
    assert turned.total == pytest.approx(fleet_total(parks).total, rel=1e-12)


def alike(scenarios, seed, count=40):
    """INVENTED parks of one size, so that none outweighs what they have in common."""
    chosen, model = scenarios.pick(["bau"]), pw.read_park("demo-electronics")
    for number in range(count):
        park = replace(model, park_id=f"park-{number}")
        yield pw.project(park, chosen, pw.sample(park, chosen, members=MEMBERS, seed=seed, until=2040))


@pytest.mark.slow
def test_fleet_band_covers_what_happens_where_independent_bands_do_not(scenarios):
    """Another seed is 200 other national futures, each a world whose shocks all parks share."""
    parks = list(alike(scenarios, seed=1))
    truth = fleet_total(alike(scenarios, seed=2)).total[0, :, -1]

    def coverage(total):
        low, high = np.quantile(total[0, :, -1], (0.05, 0.95))
        return ((truth >= low) & (truth <= high)).mean()

    # Two ensembles of 200: the standard error of a coverage of 0.90 is 0.03.
    assert coverage(fleet_total(parks).total) == pytest.approx(0.90, abs=0.09)
    assert coverage(independent_total(parks)) < 0.82


def test_sum_of_quantiles_is_wider_than_the_band(parks):
    """Hold for its width, not for each end: a few members in a hundred multiply, fewer than a park's own p95 sees."""
    ends = (0.05, 0.95)
    low, high = fleet_total(parks).band(ends)[:, 0, -1]
    added_low, added_high = sum(np.quantile(one.total()[0, :, -1], ends) for one in parks)
    assert added_low < low
    assert added_high - added_low > high - low


def test_what_cannot_be_added_is_refused_with_all_reasons(parks, scenarios):
    other = list(ensembles(scenarios, seed=9, members=50, names=["demo-steel"]))
    with pytest.raises(PathwayError, match=r"demo-steel stands there twice.*seed 9.*members 50"):
        fleet_total([*parks, *other])
    with pytest.raises(PathwayError, match="no park"):
        fleet_total([])
