"""Check that results are plausible, over every park, scenario and year (``docs/guard.md`` has the kinds of checks)."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from pathway_models.engine import projecting, sampling
from pathway_models.intake.guard import read_guard
from pathway_models.inventory.accounts import take_inventory
from pathway_models.peaks.finding import find_peaks
from pathway_models.records import Assumptions, Park, Scenarios
from pathway_models.records.guard import Check, Guard, Key, Results, fits

#: Quantiles of the total that are kept by year.
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Quantity with the last year of the record.
LAST_YEAR = "last_observed_year"


@dataclass(frozen=True)
class Breach:
    """One figure that breaches a check; without a key where the check found no figures."""

    check: Check
    key: Key | None
    value: float
    expected: str


@dataclass(frozen=True)
class Verdict:
    """Outcome of all checks.

    Parameters
    ----------
    name : str
        Of the results.
    looked_at : tuple of (Check, int)
        Each check with the number of comparisons it made.
    breaches : tuple of Breach
    """

    name: str
    looked_at: tuple[tuple[Check, int], ...]
    breaches: tuple[Breach, ...]

    @property
    def passed(self) -> bool:
        """Tell whether no check of severity error was breached."""
        return all(breach.check.severity != "error" for breach in self.breaches)

    def count(self, check: Check) -> int:
        """Count the breaches of a check."""
        return sum(breach.check is check for breach in self.breaches)

    def __repr__(self) -> str:
        compared = sum(count for _, count in self.looked_at)
        state = "passed" if self.passed else "FAILED"
        return (
            f"<Verdict {self.name}: {state}, {len(self.looked_at)} checks, {compared:,} comparisons,"
            f" {len(self.breaches)} breaches>"
        )


#: Comparisons of a check: figure, value, whether it holds, expectation.
Compared = Iterator[tuple[Key, float, bool, str]]


def guard(results: Results, checks: Guard | None = None) -> Verdict:
    """Check all results, with the shipped checks by default; the verdict keeps their order."""
    looked_at, breaches = [], []
    for check in (checks or read_guard()).checks:
        count = 0
        for key, value, holds, expected in _KINDS[check.kind](results, check):
            count += 1
            if not holds:
                breaches.append(Breach(check, key, value, expected))
        looked_at.append((check, count))
        if not count and _applies(results, check):
            breaches.append(Breach(check, None, math.nan, f"figures of {', '.join(check.quantities)}"))
    return Verdict(results.name, tuple(looked_at), tuple(breaches))


def _applies(results: Results, check: Check) -> bool:
    """Tell whether a check must find figures; with fewer than two of its scenarios it need not."""
    present = sum(name in results.scenarios() for name in check.scenarios)
    return not check.optional and (not check.scenarios or present >= 2)


def _chosen(results: Results, check: Check) -> Iterator[tuple[Key, float]]:
    names = {name for name in results.quantities() if fits(name, check.quantities)}
    return ((key, value) for key, value in results.figures.items() if key.quantity in names)


def _room(check: Check, *values: float) -> float:
    return check.tolerance * max((abs(value) for value in values if math.isfinite(value)), default=0.0)


def _bounds(results: Results, check: Check) -> Compared:
    low = -math.inf if check.low is None else check.low
    high = math.inf if check.high is None else check.high
    for key, value in _chosen(results, check):
        # NaN is in no bounds.
        yield key, value, low <= value <= high, f"{low:g} to {high:g}"


def _rising(results: Results, check: Check) -> Compared:
    for key, value in results.figures.items():
        if key.quantity not in check.quantities[:-1]:
            continue
        following = check.quantities[check.quantities.index(key.quantity) + 1]
        other = results.figures.get(key._replace(quantity=following))
        if other is not None:
            yield key, value, value <= other + _room(check, value, other), f"at most {following} = {other:g}"


def _never_above(results: Results, check: Check) -> Compared:
    order = [name for name in check.scenarios if name in results.scenarios()]
    above = dict(pairwise(order))
    for key, value in _chosen(results, check):
        other = results.figures.get(key._replace(scenario=above.get(key.scenario, "")))
        if other is not None:
            holds = value <= other + _room(check, value, other)
            yield key, value, holds, f"at most {above[key.scenario]} = {other:g}"


def _same(results: Results, check: Check) -> Compared:
    order = [name for name in check.scenarios if name in results.scenarios()]
    for key, value in _chosen(results, check):
        other = results.figures.get(key._replace(scenario=order[0])) if key.scenario in order[1:] else None
        if other is not None:
            yield key, value, _equal(check, value, other), f"as {order[0]} = {other:g}"


def _equal(check: Check, value: float, other: float) -> bool:
    return value == other or abs(value - other) <= _room(check, value, other)


def _same_in_record(results: Results, check: Check) -> Compared:
    first: dict[Key, tuple[str, float]] = {}
    for key, value in _chosen(results, check):
        if 0 < key.year <= results.last_observed.get(key.park, 0):
            scenario, other = first.setdefault(key._replace(scenario=""), (key.scenario, value))
            if scenario != key.scenario:
                yield key, value, _equal(check, value, other), f"as {scenario} = {other:g}"


def _continuous(results: Results, check: Check) -> Compared:
    largest = check.largest or 0.0
    for key, value in _chosen(results, check):
        if key.year and key.year == results.last_observed.get(key.park):
            after = results.figures.get(key._replace(year=key.year + 1))
            if after is not None:
                expected = f"{value:g} within {largest:.0%}"
                yield key._replace(year=key.year + 1), after, abs(after - value) <= largest * abs(value), expected


def _adds_up(results: Results, check: Check) -> Compared:
    for key, value in results.figures.items():
        if key.quantity == check.total:
            parts = [results.figures.get(key._replace(quantity=name)) for name in check.quantities]
            if None not in parts:
                total = float(sum(part for part in parts if part is not None))
                yield key, value, _equal(check, value, total), f"the sum of parts, {total:g}"


_KINDS: dict[str, Callable[[Results, Check], Compared]] = {
    "bounds": _bounds,
    "rising": _rising,
    "never_above": _never_above,
    "same": _same,
    "same_in_record": _same_in_record,
    "continuous": _continuous,
    "adds_up": _adds_up,
}


def guard_results(
    parks: Sequence[Park],
    scenarios: Scenarios,
    *,
    members: int = 50,
    seed: int = 20240401,
    until: int = 2060,
    assumptions: Assumptions | None = None,
) -> Results:
    """Compute the figures of some parks as a run would write them, with the shipped assumptions by default."""
    figures: dict[Key, float] = {}
    for park in parks:
        figures |= _figures(park, scenarios, members=members, seed=seed, until=until, assumptions=assumptions)
    about = {"members": str(members), "seed": str(seed), "until": str(until)}
    return Results("computed", figures, {park.park_id: park.last_observed_year for park in parks}, about)


def _figures(park: Park, scenarios: Scenarios, **drawn: Any) -> dict[Key, float]:
    pathways = projecting.project(park, scenarios, sampling.sample(park, scenarios, **drawn))
    known = {"emissions_last_tco2": float(take_inventory(park).total()[-1]), LAST_YEAR: park.last_observed_year}
    figures: dict[Key, float] = {}
    for row in find_peaks(pathways).summary():
        numbers = {name: as_figure(value) for name, value in {**known, **row}.items()}
        for name, number in numbers.items():
            if number is not None:
                figures[Key(park.park_id, str(row["scenario"]), name, 0)] = number
    levels = np.quantile(pathways.total(), LEVELS, axis=1)
    yearly = {f"p{round(100 * level):02d}_tco2": values for level, values in zip(LEVELS, levels, strict=True)}
    middle = np.median(pathways.emissions, axis=1)
    yearly |= {f"source_{source}": middle[:, at] for at, source in enumerate(pathways.sources)}
    for name, values in yearly.items():
        for (s, y), value in np.ndenumerate(values):
            figures[Key(park.park_id, pathways.scenarios[s], name, int(pathways.years[y]))] = float(value)
    return figures


def as_figure(value: object) -> float | None:
    """Read a value of a table as a number: infinite for ">2060", None for a text.

    Examples
    --------
    >>> as_figure(">2060"), as_figure("2031"), as_figure("within_horizon"), as_figure("")
    (inf, 2031.0, None, None)
    """
    if isinstance(value, str) and value[:1] == ">" and value[1:].isdigit():
        return math.inf
    try:
        return float(str(value))
    except ValueError:
        return None
