"""Drivers of a park's observed emissions: exact LMDI over the Kaya factors, and Tapio decoupling.

    emissions = sum activity x sector share x intensity x carrier share x factor  +  conversion balance

Ang, B.W. (2004) Energy Policy 32, 1131-1139, doi 10.1016/S0301-4215(03)00076-4; Tapio, P. (2005) Transport
Policy 12, 137-151, doi 10.1016/j.tranpol.2005.01.001 (both DOIs from background knowledge).
"""

from dataclasses import dataclass

import numpy as np

from pathway_models.core.arrays import YEAR, frozen_array, rising_years
from pathway_models.core.errors import PathwayError
from pathway_models.intake.factors.ids import SCOPE_2
from pathway_models.inventory.account import take_inventory
from pathway_models.kernels.decomposition import lmdi
from pathway_models.records.park import Identified, Park, ParkIdentity

#: Effects in the order of the chain; ``balance`` is what no factor drives: the carbon balance of conversion, and
#: credits for power and heat sold.
EFFECTS = ("activity", "structure", "intensity", "mix", "fuel_factor", "grid_factor", "balance")
#: Activity kinds that measure an economy, in the order of preference.
ECONOMIC = ("value_added", "gdp")
#: Elasticities between which emissions move in step with activity (Tapio 2005).
COUPLED = (0.8, 1.2)
TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Decomposition(Identified):
    """Year-by-year effects of each driver on a park's observed emissions.

    Parameters
    ----------
    identity : ParkIdentity
    years : (H,) int
    effects : (E,) tuple of str
    values : (effect, H - 1), tCO2/yr
        Change from each year to the next that the driver accounts for.
    emissions : (H,), tCO2/yr
        Total of the inventory.
    """

    identity: ParkIdentity
    years: np.ndarray
    effects: tuple[str, ...]
    values: np.ndarray
    emissions: np.ndarray

    def __post_init__(self) -> None:
        super().__post_init__()
        put = object.__setattr__
        put(self, "years", rising_years("years", self.years))
        shape = (len(self.effects), self.years.size - 1)
        put(self, "values", frozen_array("values", self.values, shape))
        put(self, "emissions", frozen_array("emissions", self.emissions, (self.years.size,)))

    def sums(self) -> dict[str, float]:
        """Sum the yearly effects of each driver over the whole record, tCO2/yr."""
        return dict(zip(self.effects, self.values.sum(axis=YEAR).tolist(), strict=True))

    def residual(self) -> float:
        """Return the largest yearly change that no effect accounts for, as a share of emissions; rounding only."""
        left = np.diff(self.emissions) - self.values.sum(axis=0)
        return float(np.abs(left).max(initial=0.0) / np.abs(self.emissions).max())

    def __repr__(self) -> str:
        parts = ", ".join(f"{name} {value / 1e4:+,.1f}" for name, value in self.sums().items())
        return f"<Decomposition {self.park_id}: {self.years[0]}-{self.years[-1]}, 万tCO2/yr\n  {parts}>"


def decompose_past(park: Park) -> Decomposition:
    """Decompose the observed change of a park's emissions by driver, year by year.

    Sectors whose activity has the same measure share one activity (say, value added) and have shares of it;
    residents with their population are an activity of their own.  Output of a process per activity counts
    as intensity, its factor with those of the fuels.  Where activity is measured by energy itself there is
    no intensity to change, and the whole change of use is activity.

    Returns
    -------
    Decomposition
        Effects add up to the change of the inventory's total.
    """
    drivers = _drivers(park)
    before, after = drivers[..., :-1].copy(), drivers[..., 1:].copy()
    for factor in (EFFECTS.index("fuel_factor"), EFFECTS.index("grid_factor")):
        # A carrier that is not used has no factor: it takes the one of the year in which it is used, so
        # that its coming or going is a change of the mix and not of a factor.
        unused_before, unused_after = (before[:4] == 0).any(axis=0), (after[:4] == 0).any(axis=0)
        b, a = before[factor].copy(), after[factor].copy()
        before[factor], after[factor] = np.where(unused_before, a, b), np.where(unused_after, b, a)
    effects = lmdi(before, after)
    is_balance = [process.is_balance for process in park.processes]
    balance = (park.outputs * park.process_factors)[is_balance].sum(axis=0)
    return Decomposition(
        identity=park.identity,
        years=park.years,
        effects=EFFECTS,
        values=np.concatenate([effects, np.diff(balance)[None]]),
        emissions=take_inventory(park).total(),
    )


def _drivers(park: Park) -> np.ndarray:
    """Split every sector-carrier and process term into its factors: (effect without balance, term, year)."""
    kinds = np.array(park.activity_kinds)
    whole = (kinds[:, None] == kinds[None, :]).astype(float) @ park.activity
    share = park.activity / whole
    use = park.energy.sum(axis=1)
    mix = np.divide(park.energy, use[:, None], out=np.zeros_like(park.energy), where=use[:, None] > 0)
    bought = np.isin(park.groups, SCOPE_2)[None, :, None]
    one = np.ones_like(mix)
    by_sector = [values[:, None] * one for values in (whole, share, use / park.activity)]
    fuels = [*by_sector, mix, np.where(bought, 1.0, park.factors), np.where(bought, park.factors, 1.0)]
    terms = np.stack(fuels).reshape(len(fuels), -1, park.years.size)
    technical = [at for at, process in enumerate(park.processes) if not process.is_balance]
    sector = [park.processes[at].sector for at in technical]
    output, factors = park.outputs[technical], park.process_factors[technical]
    ones = np.ones_like(output)
    made = np.stack([whole[sector], share[sector], output / park.activity[sector], ones, factors, ones])
    return np.concatenate([terms, made], axis=1)


@dataclass(frozen=True)
class Decoupling:
    """Change of emissions with the economy between two years.

    Parameters
    ----------
    first, last : int
    emissions_change, activity_change : float
        Relative changes.
    elasticity : float
        Their ratio; infinite where activity stood still.
    state : str
        One of Tapio's eight states.
    """

    first: int
    last: int
    emissions_change: float
    activity_change: float
    elasticity: float
    state: str


def has_economy(park: Park) -> bool:
    """Tell whether the activity of any sector is value added or GDP."""
    return any(kind in ECONOMIC for kind in park.activity_kinds)


def decoupling(park: Park, first: int | None = None, last: int | None = None) -> Decoupling:
    """Compare the change of emissions with the change of value added between two observed years.

    Parameters
    ----------
    park : Park
    first, last : int, optional
        Observed years; the whole record by default.

    Raises
    ------
    PathwayError
        The park has no value added, or the years are not two observed ones in their order.
    """
    first = int(park.years[0]) if first is None else first
    last = park.last_observed_year if last is None else last
    if not has_economy(park):
        raise PathwayError(f"{park.park_id}: no value added in the table, so there is nothing to decouple from")
    if not park.years[0] <= first < last <= park.years[-1]:
        raise PathwayError(f"{first}-{last}: expected two years of {park.years[0]}-{park.years[-1]}, the earlier first")
    economic = np.isin(park.activity_kinds, ECONOMIC)
    ends = [first - int(park.years[0]), last - int(park.years[0])]
    emissions, activity = take_inventory(park).total()[ends], park.activity[economic][:, ends].sum(axis=0)
    changes = [float(values[1] / values[0] - 1.0) for values in (emissions, activity)]
    elasticity = changes[0] / changes[1] if changes[1] else float(np.copysign(np.inf, changes[0]))
    return Decoupling(first, last, *changes, elasticity, tapio_state(*changes))


def tapio_state(emissions_change: float, activity_change: float) -> str:
    """Name the state of decoupling (Tapio 2005) from two relative changes.

    Activity that stands still counts as growing by nothing; an elasticity of exactly 0.8 or 1.2 is coupled.

    Examples
    --------
    >>> tapio_state(-0.02, 0.05), tapio_state(0.05, 0.05), tapio_state(-0.05, -0.01)
    ('strong_decoupling', 'expansive_coupling', 'recessive_decoupling')
    """
    # The tie width keeps an elasticity at a bound there whatever its last digit.
    low, high = COUPLED[0] * abs(activity_change) * (1 - TIE), COUPLED[1] * abs(activity_change) * (1 + TIE)
    if activity_change >= 0:
        if emissions_change < 0:
            return "strong_decoupling"
        names = ("weak_decoupling", "expansive_coupling", "expansive_negative_decoupling")
    else:
        if emissions_change > 0:
            return "strong_negative_decoupling"
        names = ("weak_negative_decoupling", "recessive_coupling", "recessive_decoupling")
    size = abs(emissions_change)
    return names[0] if size < low else names[1] if size <= high else names[2]
