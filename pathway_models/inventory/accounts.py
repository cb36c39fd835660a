"""Several accounts of one ledger of quantities, and the bridge between any two (docs/accounts.md).

Emissions inventory by sector, source and scope, with its ledger: factor and cell of every tonne.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pathway_models.core import arrays, units
from pathway_models.intake.factors.ids import CAPTURED, FIXED, SOLD, carrier_factor_id, process_factor_id, scope_of
from pathway_models.intake.rules import read_account
from pathway_models.records import Account, Identified, Inventory, Park, ParkIdentity, Pathways, inventory


def take_inventory(park: Park) -> Inventory:
    """Account a park's emissions over its observed years.

    Returns
    -------
    Inventory
        One row a sector and carrier with any use, and one a process; scope 1 for fuels and processes,
        scope 2 (market-based) for purchased electricity and heat.  Sales beyond the purchases and captured
        CO2 (stored and used parts apart) are rows below zero in scope 1.  Sinks stand beside.

    Notes
    -----
    ``E = sum energy x factor + sum output x process factor``; factor = carbon content x oxidation x 44/12
    (GB/T 32150, NDRC industry guides).
    """
    rows, values, factor_ids = [], [], []
    emissions = park.energy * park.factors
    for s, sector in enumerate(park.sectors):
        for c, (carrier, group) in enumerate(zip(park.carriers, park.groups, strict=True)):
            if park.energy[s, c].any():
                rows.append((sector, carrier, scope_of(group)))
                values.append(emissions[s, c])
                factor_ids.append(_one_id(carrier_factor_id(park, sector, carrier, int(y)) for y in park.years))
        for j, process in enumerate(park.processes):
            if process.sector == s:
                rows.append((sector, process.name, scope_of()))
                values.append(park.outputs[j] * park.process_factors[j])
                factor_ids.append(_one_id(process_factor_id(park, sector, process.name, int(y)) for y in park.years))
    return Inventory(
        identity=park.identity,
        years=park.years,
        rows=tuple(rows),
        emissions=np.reshape(values, (len(rows), park.years.size)),
        factor_ids=tuple(factor_ids),
        location_based=location_based(park),
        sinks=park.sinks,
    )


def _one_id(by_year: Iterable[str]) -> str:
    """Join the factor ids of a source over all years; own factors are named once, without their cells."""
    kinds = dict.fromkeys("own" if name.startswith("own: ") else name for name in by_year)
    return "; ".join(name for name in kinds if name) or "own"


def location_based(park: Park) -> np.ndarray:
    """Account purchased electricity with its green part at the grid factor, (H,) tCO2/yr."""
    grid, green = park.carriers.index("electricity"), park.carriers.index("green_electricity")
    bought = park.energy[:, grid] + park.energy[:, green]
    return (bought * park.factors[:, grid]).sum(axis=0)


LEDGER_COLUMNS = (
    "year",
    "sector",
    "source",
    "scope",
    "amount",
    "amount_unit",
    "factor",
    "factor_unit",
    "factor_id",
    "emissions_tco2",
    "place",
)
Line = dict[str, str | int | float]


def ledger_rows(park: Park) -> Iterator[Line]:
    """Yield the lines of the ledger; their emissions add up to the inventory's total of each year.

    Yields
    ------
    dict
        One a year and source: energy in TJ after feedstock and sales, or output of a process; factor; emissions
        in tCO2; the cells or lines the amount was read from.
    """
    for at, year in enumerate(map(int, park.years)):
        yield from _energy(park, at, year)
        for j, process in enumerate(park.processes):
            sector, output = park.sectors[process.sector], float(park.outputs[j, at])
            place = _place(park, ("product", sector, process.name), ("emissions", sector, process.name), year)
            yield {
                **_source(year, sector, process.name, scope_of()),
                "amount": output,
                "amount_unit": process.unit,
                "factor": float(park.process_factors[j, at]),
                "factor_unit": f"tCO2/{process.unit}",
                "factor_id": process_factor_id(park, sector, process.name, year),
                "emissions_tco2": output * float(park.process_factors[j, at]),
                "place": place,
            }


def _energy(park: Park, at: int, year: int) -> Iterator[Line]:
    for s, sector in enumerate(park.sectors):
        for c, (carrier, group) in enumerate(zip(park.carriers, park.groups, strict=True)):
            use, factor = float(park.energy[s, c, at]), float(park.factors[s, c, at])
            if not park.energy[s, c].any():
                continue
            place = _place(park, ("energy", sector, carrier), ("emissions", sector, carrier), year)
            if group == "green_electricity":
                place = _place(park, ("green_electricity", "park", ""), ("green_electricity", sector, ""), year)
            yield {
                **_source(year, sector, carrier, scope_of(group)),
                "amount": use,
                "amount_unit": "TJ",
                "factor": factor,
                "factor_unit": "tCO2/TJ",
                "factor_id": carrier_factor_id(park, sector, carrier, year),
                "emissions_tco2": use * factor,
                "place": place,
            }


def _source(year: int, sector: str, name: str, scope: int) -> Line:
    return {"year": year, "sector": sector, "source": name, "scope": scope}


def _place(park: Park, first: tuple[str, str, str], second: tuple[str, str, str], year: int) -> str:
    return park.origins.get(first, {}).get(year) or park.origins.get(second, {}).get(year, "")


#: Groups of carriers with a row kind of their own; all others are burnt.
KIND_OF_GROUP = {
    "electricity": "electricity", "green_electricity": "green_electricity", "heat": "heat", "waste_heat": "heat",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Ledger(Identified):
    """Quantities of a park by sector and source, with the park's own factors.

    Parameters
    ----------
    identity : ParkIdentity
    years : (H,) int
    rows : (R,) tuple of (sector, source, kind)
        Kinds as in `records.inventory.ROW_KINDS`.
    amounts : (R, H)
        TJ of energy after feedstock and sales, output of a process in its unit, tCO2 of sinks.
    factors : (R, H)
        The park's own factors, tCO2 per unit.
    sectors : (S,) str
        Sectors of the park's table.
    sells_own : bool
        Whether sales come from the park's own plant, at the factors of its fuels.
    """

    identity: ParkIdentity
    years: np.ndarray
    rows: tuple[tuple[str, str, str], ...]
    amounts: np.ndarray
    factors: np.ndarray
    sectors: tuple[str, ...]
    sells_own: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        shape = (len(self.rows), self.years.size)
        for name in ("amounts", "factors"):
            object.__setattr__(self, name, arrays.frozen_array(name, getattr(self, name), shape))

    @cached_property
    def grid(self) -> np.ndarray:
        """Mean factor of purchased electricity by use, (H,) tCO2/TJ; zero in years without any."""
        bought = [kind == "electricity" for _, _, kind in self.rows]
        use, emitted = self.amounts[bought].sum(axis=0), (self.amounts * self.factors)[bought].sum(axis=0)
        return np.divide(emitted, use, out=np.zeros(self.years.size), where=use > 0)


def take_ledger(park: Park) -> Ledger:
    """List the quantities of a park's observed years: energy, output of processes, sinks.

    Rows are those of the inventory (`inventory.accounts.take_inventory`), and the sinks.
    """
    rows, amounts, factors = [], [], []
    for s, sector in enumerate(park.sectors):
        for c, (carrier, group) in enumerate(zip(park.carriers, park.groups, strict=True)):
            if park.energy[s, c].any():
                rows.append((sector, carrier, kind_of_carrier(group)))
                amounts.append(park.energy[s, c])
                factors.append(park.factors[s, c])
        for j, process in enumerate(park.processes):
            if process.sector == s:
                rows.append((sector, process.name, kind_of_process(process.name, process.is_balance)))
                amounts.append(park.outputs[j])
                factors.append(park.process_factors[j])
    if park.sinks.any():
        rows.append(("park", "sinks", "sinks"))
        amounts.append(park.sinks)
        factors.append(np.full(park.years.size, -1.0))
    shape = (len(rows), park.years.size)
    identity = park.identity
    return Ledger(identity, park.years, tuple(rows), np.reshape(amounts, shape), np.reshape(factors, shape),
                  park.sectors, park.own_plant is not None)  # fmt: skip


def kind_of_carrier(group: str) -> str:
    """Return the row kind of a group of carriers: electricity, heat or fuel burnt."""
    return KIND_OF_GROUP.get(group, "fuel")


def kind_of_process(name: str, is_balance: bool) -> str:
    """Return the row kind of a process: sale, captured CO2, fixed carbon, other conversion balance, or process."""
    if name.startswith(SOLD):
        return f"sold_{name.removeprefix(SOLD)}"
    for start, kind in ((CAPTURED, "captured"), (FIXED, "fixed")):
        if name.startswith(start):
            return kind
    return "conversion" if is_balance else "process"


@dataclass(frozen=True, eq=False)
class Accounted(Identified):
    """A ledger read by one account.

    Parameters
    ----------
    identity : ParkIdentity
    account : Account
    years : (H,) int
    rows : (R,) tuple of (sector, source, kind)
        All rows of the ledger; those that do not count have zero emissions.
    emissions, factors : (R, H), tCO2/yr and tCO2 per unit
    without_residual : tuple of int
        Years whose electricity keeps the park's own factor because no factor without traded power is known.
    """

    identity: ParkIdentity
    account: Account
    years: np.ndarray
    rows: tuple[tuple[str, str, str], ...]
    emissions: np.ndarray
    factors: np.ndarray
    without_residual: tuple[int, ...] = ()

    @property
    def applies(self) -> bool:
        """Tell whether the table has any of the sectors that the account covers."""
        return not self.account.sectors or any(row[0] in self.account.sectors for row in self.rows)

    def total(self) -> np.ndarray:
        """Sum the rows that count, (H,) tCO2/yr."""
        return self.emissions.sum(axis=0)

    def of_kind(self, kind: str) -> np.ndarray:
        """Sum the rows of one kind, (H,) tCO2/yr."""
        return self.emissions[[row[2] == kind for row in self.rows]].sum(axis=0)

    def __repr__(self) -> str:
        total = self.total()
        return (
            f"<Accounted {self.park_id} by {self.account.account_id}: {self.years[0]}-{self.years[-1]},"
            f" {total[0] / 1e4:,.1f} -> {total[-1] / 1e4:,.1f} 万tCO2/yr>"
        )


def take_account(park: Park | Ledger, account: Account) -> Accounted:
    """Read a park's ledger by an account.

    Parameters
    ----------
    park : Park or Ledger
    account : Account
        E.g. ``read_account("zero_carbon_910")``.
    """
    ledger = park if isinstance(park, Ledger) else take_ledger(park)
    factors = np.zeros(ledger.amounts.shape)
    for at, (sector, _, kind) in enumerate(ledger.rows):
        rule = account.rows.get(kind)
        if rule is not None and (not account.sectors or sector in account.sectors):
            factors[at] = _factor(ledger, at, rule, account)
    uses_residual = any(rule.factor == "residual" for rule in account.rows.values())
    known = account.ratios_in(ledger.identity.country)
    lacking = tuple(int(year) for year in ledger.years if uses_residual and int(year) not in known)
    emissions = ledger.amounts * factors
    return Accounted(ledger.identity, account, ledger.years, ledger.rows, emissions, factors, lacking)


def _factor(ledger: Ledger, at: int, rule: inventory.RowRule, account: Account) -> np.ndarray:
    """Find the factor of one row by its rule: (H,)."""
    own, (sector, _, kind) = ledger.factors[at], ledger.rows[at]
    if rule.factor == "given":
        # A credit is a row of negative factor: sales are subtracted.
        return np.full(own.size, -rule.value if kind.startswith("sold") else rule.value)
    if rule.factor == "of_electricity":
        same = [i for i, row in enumerate(ledger.rows) if row[0] == sector and row[2] == "electricity"]
        return ledger.factors[same[0]] if same else ledger.grid
    if rule.factor == "residual" and not (ledger.sells_own and kind.startswith("sold")):
        known = account.ratios_in(ledger.identity.country)
        return own * np.array([known.get(int(year), 1.0) for year in ledger.years])
    return own if rule.factor in ("own", "residual") else np.zeros(own.size)


#: Parts of a plant's emissions: used inside or sold, as heat or power.
PARTS = (("heat", False), ("electricity", False), ("heat", True), ("electricity", True))


def share_out(park: Park) -> dict[int, dict[tuple[str, bool], float]]:
    """Allocate the emissions of the park's own plant to its products: year -> (heat or electricity, sold) -> tCO2.

    Notes
    -----
    ASSUME: what is sold beyond the purchases comes from the plant, as far as it made that much; no table says which
    sector takes the rest, so that it stands as used inside.
    """
    if park.own_plant is None:
        return {}
    sold = {item: np.zeros(park.years.size) for item in ("heat", "electricity")}
    for at, process in enumerate(park.processes):
        if process.name.startswith(SOLD):
            sold[process.name.removeprefix(SOLD)] += park.outputs[at]
    found = {}
    for year, plant in park.own_plant.years.items():
        at = int(year - park.years[0])
        made = {"heat": plant.heat, "electricity": plant.power}
        outside = {item: min(float(sold[item][at]), made[item]) for item in made}
        found[year] = {
            (item, is_sold): (outside[item] if is_sold else made[item] - outside[item]) * plant.factor(item)
            for item, is_sold in PARTS
        }
    return found


def last_ratio(known: Mapping[int, float], year: int) -> float:
    """Return the residual ratio of a year, or of the last one before it that has one; 1 before the first.

    ASSUME: the ratio of the last published pair holds on.
    """
    earlier = [one for one in known if one <= year]
    return known[max(earlier)] if earlier else 1.0


#: Accounts shown beside every total where power is bought: all of it at the mean of the grid; green purchases at zero
#: and the rest without traded green power.
BESIDE = ("location", "market")


def totals_beside(park: Park) -> dict[str, np.ndarray]:
    """Read a park's inventory by the accounts of `BESIDE`: account id -> (H,) tCO2/yr; none where no power is bought.

    The reported total counts green purchases at zero, the rest at the mean of the grid.
    """
    if not buys_power(park):
        return {}
    ledger = take_ledger(park)
    return {name: take_account(ledger, read_account(name)).total() for name in BESIDE}


def buys_power(park: Park) -> bool:
    """Tell whether a park buys electricity, green or not, in any observed year."""
    return bool(park.energy[:, np.isin(park.groups, ("electricity", "green_electricity"))].any())


def pathway_totals_beside(pathways: Pathways) -> dict[str, np.ndarray]:
    """Read pathways by the accounts of `BESIDE`: account id -> (scenario, member, year), tCO2/yr.

    None where only totals were kept, or electricity is not in the account of the total.

    Notes
    -----
    ASSUME: sectors buy electricity at one factor, the park's mean.
    """
    power = [at for at, name in enumerate(pathways.sources) if name in ("electricity", "capture_electricity")]
    if "location_based" not in pathways.memo_items or not pathways.memo_items["location_based"].any():
        return {}
    total, bought = pathways.total(), pathways.emissions[:, :, power].sum(axis=2)
    known = read_account("market").ratios_in(pathways.identity.country)
    ratio = np.array([last_ratio(known, int(year)) for year in pathways.years])
    located = total - bought + pathways.memo_items["location_based"]
    return dict(zip(BESIDE, (located, total + bought * (ratio - 1.0)), strict=True))


@dataclass(frozen=True, eq=False)
class Bridge:
    """Difference between the totals of two accounts, row by row.

    Parameters
    ----------
    first, second : Accounted
    steps : (R, H), tCO2/yr
        Second less first; they and the first total add up to the second total.
    """

    first: Accounted
    second: Accounted
    steps: np.ndarray

    @property
    def gap(self) -> np.ndarray:
        """Compute what the steps leave unexplained, relative to the larger total: (H,)."""
        low, high = self.first.total(), self.second.total()
        largest = np.maximum(np.maximum(np.abs(low), np.abs(high)), 1.0)
        return np.abs(low + self.steps.sum(axis=0) - high) / largest


def bridge_accounts(park: Park, first: Account, second: Account) -> Bridge:
    """Bridge two accounts of one park."""
    ledger = take_ledger(park)
    one, other = take_account(ledger, first), take_account(ledger, second)
    return Bridge(one, other, other.emissions - one.emissions)


def energy_use(park: Park, tj_per_mwh: float = units.TJ_PER_MWH) -> np.ndarray:
    """Sum energy use with feedstock and on-site renewable power, electricity at a given coefficient, (H,) TJ.

    Parameters
    ----------
    park : Park
    tj_per_mwh : float
        TJ per MWh of electricity; the calorific value by default.
    """
    power = np.isin(park.groups, ("electricity", "green_electricity"))
    used = park.energy.sum(axis=0)
    feedstock = np.zeros(park.years.size)
    for (quantity, _, _), values in park.memo_items.items():
        if quantity == "feedstock":
            feedstock += [values.get(int(year), 0.0) for year in park.years]
    # Generated and used on site: no purchase, but energy used.
    made = park.memo_items.get(("generation", "park", "renewable"), {})
    on_site = np.array([made.get(int(year), 0.0) for year in park.years])
    electricity = used[power].sum(axis=0) / units.TJ_PER_MWH + on_site
    return used[~power].sum(axis=0) + electricity * tj_per_mwh + feedstock


def per_tonne(park: Park, found: Accounted) -> dict[tuple[str, str], np.ndarray]:
    """Divide the emissions of each branch by its product: (sector, product) -> (H,) tCO2/t.

    Only branches with one product of the account's list; years without output are NaN.
    """
    rates = {}
    for s, sector in enumerate(park.sectors):
        made = [
            (process.name.removeprefix(FIXED), park.outputs[j])
            for j, process in enumerate(park.processes)
            if process.sector == s
            and process.unit == "t"
            and process.name.removeprefix(FIXED) in found.account.products
        ]
        if len(made) == 1:
            name, output = made[0]
            emitted = found.emissions[[row[0] == sector for row in found.rows]].sum(axis=0)
            rates[sector, name] = np.divide(emitted, output, out=np.full(output.shape, np.nan), where=output > 0)
    return rates
