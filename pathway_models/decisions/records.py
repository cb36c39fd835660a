"""Results of the analyses beside the search: attribution, abatement costs, sensitivity, assets, carbon exposure."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.core import PathwayError, ScenarioError
from pathway_models.kernels.costs import internal_rates, levelised, payback
from pathway_models.kernels.turning_points import PeakRule
from pathway_models.records import Account, Asset, Grid, Identified, Investment, Lever, Measure, ParkIdentity

#: Quantities beside the emissions of each year, in the order of their columns.
QUANTITIES = ("cumulative", "peak_level", "years_gained", "probability")


@dataclass(frozen=True, eq=False)
class Attribution(Identified):
    """Shares of a scenario's effect.

    Parameters
    ----------
    identity : ParkIdentity
    scenario : str
    players : (n,) str
        Families or levers.
    names_en, names_zh : (n,) str
    families : (n,) str
        Of the players.
    years : (Y,) int
        Projected years.
    before : int
        Year of the probability.
    shares : (n, Y + 4)
        Mean tCO2/yr avoided in each year, then `QUANTITIES`: tCO2, tCO2/yr, years, share of members.
    without, reached : (Y + 4,)
        Mean values without levers and with all; shares add up to ``without - reached`` for tonnes and years, and to
        ``reached - without`` for the probability.
    standard_error : (n, Y + 4) or None
        Of sampled shares; None where all coalitions were evaluated.
    alone, lost : (n, Y + 4) or None
        One at a time, and leave-one-out, for comparison with the shares; they do not add up.
    censored : (without, with all)
        Share of members without a peak inside the horizon.
    """

    identity: ParkIdentity
    scenario: str
    players: tuple[str, ...]
    names_en: tuple[str, ...]
    names_zh: tuple[str, ...]
    families: tuple[str, ...]
    years: np.ndarray
    before: int
    shares: np.ndarray
    without: np.ndarray
    reached: np.ndarray
    standard_error: np.ndarray | None
    alone: np.ndarray
    lost: np.ndarray
    censored: tuple[float, float]

    @property
    def last_peak_year(self) -> int:
        """Last year that a peak can be seen in; a member without a peak counts as the year after it."""
        return int(self.years[-1]) - PeakRule().follow

    def column(self, quantity: str | int) -> int:
        """Find the column of a year's emissions (by its number) or of one of `QUANTITIES`.

        Raises
        ------
        ScenarioError
            There is no such year or quantity.
        """
        if quantity in QUANTITIES:
            return self.years.size + QUANTITIES.index(str(quantity))
        if quantity in self.years:
            return int(quantity) - int(self.years[0])
        known = f"a year from {self.years[0]} to {self.years[-1]}, {', '.join(QUANTITIES)}"
        raise ScenarioError(f"no attribution of {quantity!r}; there are {known}")

    def whole(self) -> np.ndarray:
        """Compute the effect of all players together: (Y + 4,)."""
        sign = np.append(np.ones(self.years.size + 3), -1.0)
        return sign * (self.without - self.reached)

    def table(self, year: int = 2035) -> list[dict[str, object]]:
        """List one row a player and one for their sum: tonnes in a year, cumulative, peak level, years, probability."""
        names = {"avoided_tco2": year} | {name: name for name in QUANTITIES}
        columns = {key: self.column(quantity) for key, quantity in names.items()}
        rows = [
            {"player": player, "name_en": self.names_en[at], "name_zh": self.names_zh[at]}
            | {key: float(self.shares[at, column]) for key, column in columns.items()}
            for at, player in enumerate(self.players)
        ]
        total = {key: float(self.whole()[column]) for key, column in columns.items()}
        return [*rows, {"player": "all", "name_en": "all together", "name_zh": "合计"} | total]

    def comparison(self, quantity: str | int) -> list[dict[str, object]]:
        """Compare Shapley shares with leave-one-out and one-at-a-time for one quantity, with sums and the whole."""
        at = self.column(quantity)
        ways = {"shapley": self.shares, "leave_one_out": self.lost, "one_at_a_time": self.alone}
        rows: list[dict[str, object]] = [
            {"player": player} | {way: float(values[n, at]) for way, values in ways.items()}
            for n, player in enumerate(self.players)
        ]
        rows.append({"player": "sum"} | {way: float(values[:, at].sum()) for way, values in ways.items()})
        return [*rows, {"player": "whole"} | dict.fromkeys(ways, float(self.whole()[at]))]

    def __repr__(self) -> str:
        kind = "exact" if self.standard_error is None else "sampled"
        gained, won = self.whole()[[-2, -1]]
        return (
            f"<Attribution {self.park_id}, {self.scenario}: {len(self.players)} players, {kind};"
            f" {gained:.1f} years gained, {100 * won:+.0f} points before {self.before}>"
        )


READINGS = ("stand_alone", "retrospective", "shapley")


@dataclass(frozen=True, eq=False)
class Reading:
    """One reading of the curve, member by member.

    Parameters
    ----------
    tonnes : (lever, member)
        tCO2/yr, level, with the same discounted sum as the tonnes avoided.
    cost : (lever, member)
        Million CNY/yr, level likewise; only the known part where the lever's cost is not known.
    order : (lever,) int
        Levers by mean height, those of unknown cost last.
    """

    tonnes: np.ndarray
    cost: np.ndarray
    order: np.ndarray

    def heights(self) -> np.ndarray:
        """Compute CNY/tCO2 by lever and member; NaN where a member avoids nothing."""
        return 1e6 * levelised(self.cost, self.tonnes)


@dataclass(frozen=True, eq=False)
class Macc(Identified):
    """Marginal abatement cost curve of a scenario's levers.

    Parameters
    ----------
    identity : ParkIdentity
    scenario : str
    levers, names_en, names_zh, families : (n,) str
    known : (n,) bool
    assumed : (n,) bool
        Levers whose cost rests on assumptions of this project.
    readings : mapping reading -> Reading
    weights : (member,)
        Of the members in means.
    price_year : int
    """

    identity: ParkIdentity
    scenario: str
    levers: tuple[str, ...]
    names_en: tuple[str, ...]
    names_zh: tuple[str, ...]
    families: tuple[str, ...]
    known: np.ndarray
    assumed: np.ndarray
    readings: dict[str, Reading]
    weights: np.ndarray
    price_year: int

    def reading(self, name: str) -> Reading:
        """Return one of `READINGS`.

        Raises
        ------
        PathwayError
            There is no such reading.
        """
        if name not in self.readings:
            raise PathwayError(f"no reading {name!r}; there are {', '.join(READINGS)}")
        return self.readings[name]

    def table(self, name: str = "shapley") -> list[dict[str, object]]:
        """List one row a lever in the order of the curve: width, height, their ranges, chance of its place.

        ``place_chance`` is the share of members in which the lever has the same place in the order.
        """
        reading = self.reading(name)
        heights, rows = reading.heights(), []
        # Levers of unknown cost are last in the order and have no place in it.
        ranks = np.full(heights.shape, -1)
        comparable = np.where(np.isnan(heights), np.inf, heights)[self.known]
        ranks[self.known] = np.argsort(np.argsort(comparable, axis=0), axis=0)
        for at, i in enumerate(reading.order):
            width = reading.tonnes[i]
            mean_width, mean_cost = float(width @ self.weights), float(reading.cost[i] @ self.weights)
            low, high = np.quantile(width, [0.05, 0.95])
            row = {
                "lever": self.levers[i],
                "name_en": self.names_en[i],
                "name_zh": self.names_zh[i],
                "family": self.families[i],
                "tco2_per_year": mean_width,
                "tco2_p05": float(low),
                "tco2_p95": float(high),
                "cost_known": bool(self.known[i]),
                "assumed": bool(self.assumed[i]),
                "million_cny_per_year": mean_cost if self.known[i] else None,
            }
            place = float((ranks[i] == at).mean())
            rows.append(row | _height(heights[i], mean_cost, mean_width, bool(self.known[i]), place))
        return rows

    def curve(self, name: str = "shapley") -> list[dict[str, object]]:
        """List the rows of levers that avoid emissions, of which figures and sentences of the curve are made."""
        return [row for row in self.table(name) if float(str(row["tco2_per_year"])) > 0]


def _height(heights: np.ndarray, cost: float, tonnes: float, known: bool, place: float) -> dict[str, object]:
    """Compute the height of one block with its range; None where the cost is not known or nothing is avoided."""
    usable = heights[~np.isnan(heights)]
    if not known or tonnes <= 0 or usable.size == 0:
        return dict.fromkeys(("cny_per_tco2", "cny_p05", "cny_p25", "cny_p75", "cny_p95", "place_chance"))
    ends = np.quantile(usable, [0.05, 0.25, 0.75, 0.95]).tolist()
    ranges = dict(zip(("cny_p05", "cny_p25", "cny_p75", "cny_p95"), ends, strict=True))
    return {"cny_per_tco2": 1e6 * cost / tonnes} | ranges | {"place_chance": place}


OUTPUTS = ("peak_year", "peaked_before", "log_peak_level")


@dataclass(frozen=True)
class Input:
    """One uncertain input.

    Parameters
    ----------
    name : str
        Name of the draw, e.g. ``"ccus:capture_rate"``; ``"shocks"`` for the yearly ones.
    identifier : str
        The same as a Python identifier, for other packages.
    group : str
        Way in which it could be known better, a key of `sensitivity.LEARNING`.
    label_en, label_zh : str
    can_be_learnt : bool
        Whether the park itself could know it better.
    """

    name: str
    identifier: str
    group: str
    label_en: str
    label_zh: str
    can_be_learnt: bool


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Indices of every input, or group of inputs, for every output.

    Parameters
    ----------
    method : {"sobol", "given_data"}
    names, labels_en, labels_zh : (n,) str
    first : (n, 3)
        Share of an output's variance explained by the input alone; columns as in `OUTPUTS`.
    first_low, first_high : (n, 3)
        90 % interval.
    total, total_low, total_high : (n, 3) or None
        With all interactions; only Sobol.
    runs : int
        Members evaluated.
    p_before : float
        Share of members that peak in time.
    """

    method: str
    names: tuple[str, ...]
    labels_en: tuple[str, ...]
    labels_zh: tuple[str, ...]
    first: np.ndarray
    first_low: np.ndarray
    first_high: np.ndarray
    total: np.ndarray | None
    total_low: np.ndarray | None
    total_high: np.ndarray | None
    runs: int
    p_before: float

    @property
    def leading(self) -> np.ndarray:
        """Indices by which inputs are ordered: total ones where there are any, else first-order ones."""
        return self.first if self.total is None else self.total

    def table(self, output: str = "peaked_before") -> list[dict[str, object]]:
        """List one row an input, the strongest first.

        Raises
        ------
        PathwayError
            There is no such output.
        """
        if output not in OUTPUTS:
            raise PathwayError(f"no output {output!r}; there are {', '.join(OUTPUTS)}")
        at = OUTPUTS.index(output)
        parts = {"first": self.first, "first_low": self.first_low, "first_high": self.first_high}
        if self.total is not None:
            parts |= {"total": self.total, "total_low": self.total_low, "total_high": self.total_high}
        return [
            {"input": self.names[i], "name_en": self.labels_en[i], "name_zh": self.labels_zh[i]}
            | {key: float(values[i, at]) for key, values in parts.items()}
            for i in np.argsort(-self.leading[:, at], kind="stable")
        ]


@dataclass(frozen=True)
class DiscoveredRule:
    """Rule for missing the target: bounds on a few inputs.

    Parameters
    ----------
    bounds : tuple of (input, low, high)
        Ranks between which the input lies inside the box.
    coverage, density, base : float
        Share of all failures inside; share of the inside that fails; share of all members that fail.
    """

    bounds: tuple[tuple[Input, float, float], ...]
    coverage: float
    density: float
    base: float


@dataclass(frozen=True)
class Worth:
    """Value of knowing one input.

    Parameters
    ----------
    input : Input
    doubt : float
        Share of the variance of peaking in time that knowing the input would remove.
    spread : float
        95th percentile of that share for a meaningless input: lower values are noise.
    how_en, how_zh : str
        Way in which it could be learnt.
    """

    input: Input
    doubt: float
    spread: float
    how_en: str
    how_zh: str


@dataclass(frozen=True)
class Fitted:
    """A measure fitted to the age of the assets it replaces.

    Parameters
    ----------
    measure : Measure
        Delayed until no unit is replaced before it is due.
    years_later : int
        Delay; 0 where none was needed.
    early : tuple of str
        Units that the undelayed measure would stop before they are due.
    early_cost : float or None
        Book value of those units when the lever reaches them, million CNY; None where any of it is not
        known. ASSUME: a unit stops as a whole as soon as some of its energy is replaced, which makes it an upper bound.
    """

    measure: Measure
    years_later: int
    early: tuple[str, ...]
    early_cost: float | None


@dataclass(frozen=True)
class Waiting:
    """One setting of a lever fitted to the age of the assets it replaces.

    Parameters
    ----------
    lever : Lever
    option : str
        Label of the option in its block.
    fitted : Fitted
    """

    lever: Lever
    option: str
    fitted: Fitted


@dataclass(frozen=True, eq=False)
class AssetPlan:
    """A grid whose substitutions wait for replacement, with reinvestment windows and locked-in emissions.

    Parameters
    ----------
    assets : tuple of Asset
    grid : Grid
    waiting : tuple of Waiting
        Every setting of every substitution that replaces listed units, also those without a delay.
    free : tuple of Lever
        Substitutions of carriers that no listed unit uses, which are not delayed.
    windows : list of dict
        Rows of `windows`.
    years : (Y,) int
        Projected years.
    locked_in : (Y,)
        tCO2/yr of today's units, each run to the end of its lifetime.
    """

    assets: tuple[Asset, ...]
    grid: Grid
    waiting: tuple[Waiting, ...]
    free: tuple[Lever, ...]
    windows: list[dict[str, object]]
    years: np.ndarray
    locked_in: np.ndarray


@dataclass(frozen=True, eq=False)
class PackageEconomics:
    """Cash flow of a package, investment and energy apart; million CNY of the price year, means over central members.

    Parameters
    ----------
    years : (Y,) int
        From the year before the first projected one, since equipment is bought in the year before it works.
    investment, operation, energy_bought, energy_saved : (Y,)
        Paid, each at or above zero; ``operation`` is upkeep and running cost without energy.
    left : float
        Value of the equipment in the last year: the annuities still to come, discounted to it.
    by_lever : mapping lever -> (investment, operation)
        Present values.
    discount : (Y,)
    rate : float
    annuity : float
        Level yearly payment with the same present value as the package's cost.
    priced : tuple of str
        Levers in the cash flow.
    left_out : tuple of str
        Levers of the package without a price, which are not in the cash flow.
    """

    years: np.ndarray
    investment: np.ndarray
    operation: np.ndarray
    energy_bought: np.ndarray
    energy_saved: np.ndarray
    left: float
    by_lever: Mapping[str, tuple[float, float]]
    discount: np.ndarray
    rate: float
    annuity: float
    priced: tuple[str, ...]
    left_out: tuple[str, ...]

    def flow(self) -> np.ndarray:
        """Net cash flow by year, with the residual value of the equipment in the last: (Y,)."""
        net = self.energy_saved - self.energy_bought - self.operation - self.investment
        net[-1] += self.left
        return net

    def present_values(self) -> dict[str, float]:
        """Present values of the parts and of the whole, which is their sum."""
        parts = {
            "investment": -self.investment @ self.discount,
            "left_at_the_end": self.left * self.discount[-1],
            "operation": -self.operation @ self.discount,
            "energy_bought": -self.energy_bought @ self.discount,
            "energy_saved": self.energy_saved @ self.discount,
        }
        found = {name: float(value) + 0.0 for name, value in parts.items()}
        return found | {"net": sum(found.values())}

    def internal_rates(self) -> tuple[float, ...]:
        """Every internal rate of return of the mean flow."""
        return tuple(map(float, internal_rates(self.flow())))

    def payback(self) -> float:
        """Years from the first payment until the mean flow has paid back; infinite where it never does."""
        flow = self.flow()
        paid = np.flatnonzero(flow)
        return payback(flow[paid[0] :]) if paid.size else 0.0


@dataclass(frozen=True)
class CarbonExposure:
    """Cost of a carbon price to the park, million CNY of the price year: (member, year).

    Parameters
    ----------
    years : (Y,) int
    without, with_package : (member, year)
        Emissions not covered by free allocation times the price, without and with the package.
    price : (member, year), million CNY/tCO2
    """

    years: np.ndarray
    without: np.ndarray
    with_package: np.ndarray
    price: np.ndarray


@dataclass(frozen=True)
class ProjectEffect:
    """Effect of one project on emissions: tCO2/yr, below zero where it lowers them, None where it is not known.

    Parameters
    ----------
    investment : Investment
    tied_to : {"lever", "load", ""}
        Empty for a project that names neither and cannot be evaluated.
    alone : float or None
        By itself: for a lever as stated by its owner, for a load by the engine.
    together : float or None
        Beside all the other projects of the list.
    lever_alone : float or None
        Of a lever: effect of its weakest setting on the whole park by the engine, for comparison with the projects.
    sources : mapping source -> float
        Of a load at full size, by the account of the evaluation.
    products : mapping product -> float
        Its emissions per unit of product, where the load makes a product.
    """

    investment: Investment
    tied_to: str
    alone: float | None = None
    together: float | None = None
    lever_alone: float | None = None
    sources: Mapping[str, float] | None = None
    products: Mapping[str, float] | None = None

    @property
    def total(self) -> float | None:
        """Sum the sources of a load."""
        return sum(self.sources.values()) if self.sources is not None else None


@dataclass(frozen=True, eq=False)
class ProjectEffects(Identified):
    """Effects of a list of projects in one year.

    Parameters
    ----------
    identity : ParkIdentity
    year : int
    account : Account
        Of the structure of loads; effects are in the account of the projections, the park's inventory.
    effects : tuple of ProjectEffect
        In the order of the list.
    members, seed : int
    """

    identity: ParkIdentity
    year: int
    account: Account
    effects: tuple[ProjectEffect, ...]
    members: int
    seed: int
