"""Read ``costs.yml``: every amount is converted to million CNY of one price year.

A user's own file may hold only what differs: its entries replace the shipped ones by key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from pathway_models.core import Fault, InputError, RecordError, files, units, yaml_files
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.intake.register import has_rule
from pathway_models.intake.table.rows import CONFIDENCE
from pathway_models.kernels.costs import price_index
from pathway_models.levers import action
from pathway_models.records import ACTIVITY_UNITS, Costs, Lever, Park, Triangle
from pathway_models.records.costs import Amount, LeverCost

#: Energy in TJ of one unit that money may be counted per.
ENERGY = {"TJ": 1.0, "GJ": 1e-3, "MWh": 3.6e-3, "kWh": 3.6e-6, "MMBtu": 1.05505585262e-3, "tce": units.TJ_PER_TCE}
#: Mass in tonnes; needs ``gj_per_t``.
MASS = {"t": 1.0, "kg": 1e-3}
#: Units without money, which stay as they are.
PLAIN = ("share/yr", "yr", "h/yr", "TJ/TJ", "ratio")
#: Smallest and largest value of an entry in the unit of the file: a rate of 6 would be 0.06 written as a percentage.
BOUNDS = {
    "discount_rate": (0.0, 0.5), "carbon_price": (0.0, 1e6), "prices": (0.0, 1e6), "capital": (0.0, 1e9),
    "full_load_hours": (1.0, 8_784.0), "lifetime": (1.0, 100.0), "upkeep": (0.0, 1.0), "output": (0.01, 5.0),
    "location_factors": (0.01, 10.0),
}  # fmt: skip


def _known(text: str) -> str:
    """Refuse an unknown confidence mark."""
    if text not in CONFIDENCE:
        raise ValueError(f"one of {', '.join(CONFIDENCE)}")
    return text


Confidence = Annotated[str, AfterValidator(_known)]


class _Range(yaml_files.Strict):
    low: yaml_files.Number
    mode: yaml_files.Number
    high: yaml_files.Number


class _Amount(yaml_files.Strict):
    unit: yaml_files.Text
    source: yaml_files.Text
    confidence: Confidence
    low: yaml_files.Number | None = None
    mode: yaml_files.Number | None = None
    high: yaml_files.Number | None = None
    by_year: dict[yaml_files.Year, _Range] = Field(default_factory=dict)
    price_year: yaml_files.Year | None = None
    gj_per_t: yaml_files.Number | None = Field(default=None, gt=0, le=1_000)
    above: str | None = None
    location: yaml_files.Id | None = None
    note: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> _Amount:
        corners = [value is not None for value in (self.low, self.mode, self.high)]
        if any(corners) == bool(self.by_year) or (any(corners) and not all(corners)):
            raise ValueError("either low, mode and high, or by_year")
        return self

    @property
    def ranges(self) -> dict[int, _Range]:
        """Return the ranges by anchor year; year 0 stands for an amount that is the same in all years."""
        return self.by_year or {0: _Range(low=self.low, mode=self.mode, high=self.high)}

    @property
    def stated(self) -> str:
        """Return the amount as written in the file."""
        parts = [
            (f"{year}: " if year else "") + f"{r.low:g} / {r.mode:g} / {r.high:g}" for year, r in self.ranges.items()
        ]
        prices = f", prices of {self.price_year}" if self.price_year else ""
        return f"{'; '.join(parts)} {self.unit}" + (f" above {self.above}" if self.above else "") + prices


class _Lever(yaml_files.Strict):
    known: bool = True
    bought: bool = False
    capital: _Amount | None = None
    full_load_hours: _Amount | None = None
    lifetime: _Amount | None = None
    upkeep: _Amount | None = None
    output: _Amount | None = None
    running: tuple[_Amount, ...] = ()
    note: str = ""


class _Currency(yaml_files.Strict):
    value: yaml_files.Number = Field(gt=0)
    unit: yaml_files.Text
    source: yaml_files.Text
    confidence: Confidence
    note: str = ""


class _Index(yaml_files.Strict):
    source: yaml_files.Text
    confidence: Confidence
    changes: dict[yaml_files.Year, yaml_files.Number] = Field(min_length=1)


class _File(yaml_files.Strict):
    price_year: yaml_files.Year | None = None
    currencies: dict[yaml_files.Id, _Currency] = Field(default_factory=dict)
    price_index: _Index | None = None
    discount_rate: _Amount | None = None
    carbon_price: _Amount | None = None
    location_factors: dict[yaml_files.Id, _Amount] = Field(default_factory=dict)
    prices: dict[yaml_files.Id, _Amount | None] = Field(default_factory=dict)
    levers: dict[yaml_files.Id, _Lever] = Field(default_factory=dict)


class _Money:
    """Conversion of amounts to million CNY of the price year; collects the faults of those that cannot be converted."""

    def __init__(
        self,
        currencies: Mapping[str, float],
        index: Mapping[int, float],
        place: Callable[[yaml_files.Keys], tuple[str, str]],
    ) -> None:
        self.currencies, self.index, self.place = {"CNY": 1.0, **currencies}, index, place
        self.locations: dict[str, Amount] = {}
        self.faults: list[Fault] = []

    def amount(self, given: _Amount | None, keys: yaml_files.Keys) -> Amount | None:
        """Convert an amount to its canonical unit; None where it is not known or faulty."""
        if given is None:
            return None
        try:
            factor, unit = self._factor(given)
            wrong = [r for r in given.ranges.values() if not r.low <= r.mode <= r.high]
            if wrong:
                raise ValueError("low <= mode <= high")
            low, high = next((BOUNDS[key] for key in keys[::-1] if key in BOUNDS), (-math.inf, math.inf))
            if not all(low <= r.low and r.high <= high for r in given.ranges.values()):
                raise ValueError(f"values from {low:g} to {high:g}")
            here = self._location(given)
            anchors = tuple(
                (year, Triangle(*(getattr(r, end) * factor * getattr(here, end) for end in ("low", "mode", "high"))))
                for year, r in given.ranges.items()
            )
            note, stated = given.note, given.stated
            if given.location is not None:
                stated += f", times {here.low:g} / {here.mode:g} / {here.high:g} (prices here against {given.location})"
                note = "; ".join(filter(None, (note, self.locations[given.location].note)))
            return Amount(anchors, unit, stated, given.source, given.confidence, note)
        except (ValueError, RecordError) as error:
            self._fault(keys, given.stated, error)
            return None

    def lever(self, given: _Lever, keys: yaml_files.Keys) -> LeverCost:
        """Read the cost of a lever; unknown where it is faulty."""
        names = ("capital", "full_load_hours", "lifetime", "upkeep", "output")
        parts = {name: self.amount(getattr(given, name), (*keys, name)) for name in names}
        running = [self.amount(one, (*keys, "running", at)) for at, one in enumerate(given.running)]
        try:
            if given.known != (given.bought or given.capital is not None or bool(given.running)):
                raise RecordError("known: false, or one of bought, capital, running")
            return LeverCost(**parts, running=tuple(filter(None, running)), bought=given.bought, note=given.note)
        except RecordError as error:
            self._fault(keys, "", error)
            return LeverCost()

    def _location(self, given: _Amount) -> Triangle:
        """Return the price level relative to the country of the stated amount; one for the home country."""
        if given.location is None:
            return Triangle(1.0, 1.0, 1.0)
        if given.location not in self.locations:
            raise ValueError(f"a location of {', '.join(self.locations) or 'location_factors, which has none'}")
        return self.locations[given.location].anchors[0][1]

    def _fault(self, keys: yaml_files.Keys, value: str, error: Exception) -> None:
        file, place = self.place(keys)
        expected = str(error).removeprefix("expected ")
        self.faults.append(Fault(file, place, value, expected, "correct the entry", code="cost"))

    def strange(self, section: str, known: Iterable[str], given: Iterable[str]) -> None:
        """Report entries without effect, such as misspelt names."""
        known = list(known)
        for name in given:
            if name not in known:
                file, place = self.place((section, name))
                expected = f"one of {', '.join(get_close_matches(name, known) or known)}"
                self.faults.append(Fault(file, place, name, expected, "correct the name", code="cost_name"))

    def _factor(self, given: _Amount) -> tuple[float, str]:
        if given.unit in PLAIN:
            return 1.0, given.unit
        currency, _, per = given.unit.partition("/")
        if currency not in self.currencies:
            known = ", ".join([*self.currencies, *PLAIN])
            raise ValueError(f"a unit that begins with {known}")
        if given.price_year not in self.index:
            raise ValueError(f"a price_year from {min(self.index)} to {max(self.index)}, got {given.price_year}")
        money = 1e-6 * self.currencies[currency] / self.index[given.price_year]
        if per in ENERGY:
            return money / ENERGY[per], "million CNY/TJ"
        if per in MASS:
            if not given.gj_per_t:
                raise ValueError("gj_per_t, because the price is per mass")
            return money / (MASS[per] * given.gj_per_t * 1e-3), "million CNY/TJ"
        if per in ("tCO2", "kW"):
            return money, f"million CNY/{per}"
        if per == "CNY":
            return self.currencies[currency], "million CNY/million CNY"
        raise ValueError(f"money per {', '.join([*ENERGY, *MASS, 'tCO2', 'kW', 'CNY'])}")


def read_costs(path: str | Path | None = None, *, levers: Iterable[str] = ()) -> Costs:
    """Read costs; a user's file is laid over the shipped one, key by key.

    Parameters
    ----------
    path : path, optional
        The shipped ``data/costs.yml`` alone by default.
    levers : iterable of str
        Ids of levers of a user's library that the file may name beside the shipped ones.

    Returns
    -------
    Costs
        Million CNY of ``price_year``.

    Raises
    ------
    InputError
        All faults of a file, by line.
    """
    shipped = files.data_folder() / "costs.yml"
    paths = [shipped] if path is None else [shipped, Path(path)]
    return _read(tuple(files.stamped(one) for one in paths), tuple(levers))


@lru_cache(maxsize=16)
def _read(stamped: tuple[tuple[Path, files.Stamp], ...], levers: tuple[str, ...]) -> Costs:
    """Read files, cached until one of them changes."""
    paths = [path for path, _ in stamped]
    laid = _Laid(paths)
    content = laid.content
    index = price_index(
        {at: change / 100 for at, change in content["price_index"].changes.items()}, content["price_year"]
    )
    money = _Money({name: currency.value for name, currency in content["currencies"].items()}, index, laid.place)
    for name, given in content["location_factors"].items():
        if (factor := money.amount(given, ("location_factors", name))) is not None:
            money.locations[name] = factor
    prices = {name: money.amount(given, ("prices", name)) for name, given in content["prices"].items()}
    above = {name: given.above for name, given in content["prices"].items() if given is not None and given.above}
    by_lever = {lever_id: money.lever(given, ("levers", lever_id)) for lever_id, given in content["levers"].items()}
    rate = money.amount(content["discount_rate"], ("discount_rate",))
    carbon = money.amount(content["carbon_price"], ("carbon_price",))
    money.strange("prices", laid.shipped["prices"], prices)
    money.strange("levers", [*laid.shipped["levers"], *levers], by_lever)
    if money.faults or rate is None or carbon is None:
        raise InputError(money.faults)
    return Costs(
        price_year=content["price_year"],
        discount_rate=rate,
        carbon_price=carbon,
        prices={name: amount for name, amount in prices.items() if amount is not None and name not in above},
        premiums={name: (base, prices[name]) for name, base in above.items()},
        levers=by_lever,
        files=tuple(files.fingerprint(one) for one in paths),
    )


class _Laid:
    """Overlaid files with the place of each entry, and the names of the first one, which is shipped."""

    def __init__(self, paths: list[Path]) -> None:
        self.content: dict[str, Any] = {}
        self.shipped: dict[str, tuple[str, ...]] = {}
        self._origin: dict[yaml_files.Keys, tuple[str, dict[yaml_files.Keys, int]]] = {}
        for path in paths:
            given, lines = yaml_files.validated(path, _File)
            if not given.model_fields_set:
                expected, remedy = "at least one entry", "name what differs from the shipped costs, or give no file"
                raise InputError([Fault(path.name, "file", "", expected, remedy, code="costs_empty")])
            for name in given.model_fields_set:
                value = getattr(given, name)
                if isinstance(value, dict):
                    self.content[name] = {**self.content.get(name, {}), **value}
                    self.shipped.setdefault(name, tuple(value))
                    self._origin |= {(name, key): (path.name, lines) for key in value}
                else:
                    self.content[name] = value
                    self._origin[name,] = (path.name, lines)

    def place(self, keys: yaml_files.Keys) -> tuple[str, str]:
        """Return file and place of an entry."""
        name, lines = self._origin.get(keys[:2]) or self._origin[keys[:1]]
        return name, f"line {yaml_files.line_of(lines, keys)}, {'.'.join(map(str, keys))}"


def unknown_costs(costs: Costs, levers: Mapping[str, Lever], park: Park | None = None) -> dict[str, str]:
    """Return the reason for each lever whose cost is not known.

    Parameters
    ----------
    costs : Costs
    levers : mapping of Lever
    park : Park, optional
        A park whose activity is not money has no cost per value added, one without energy none per TJ, and one of
        another country none of the shipped costs.
    """
    groups = {name: carrier.group for name, carrier in read_carriers().items()}
    is_shipped = [name for name, _ in costs.files] == ["costs.yml"]
    abroad = is_shipped and park is not None and not has_rule(park.country, "costs")
    found = {}
    for lever_id, lever in levers.items():
        own = costs.levers.get(lever_id, LeverCost())
        unpriced = [name for name in lever.gives_to if not costs.has_price(groups[name])]
        if abroad:
            found[lever_id] = "the shipped costs are Chinese; give costs of the park's own country"
        elif not own.known:
            found[lever_id] = own.note or "no entry"
        elif unpriced:
            found[lever_id] = f"price of {', '.join(unpriced)} not known"
        elif park is not None and lever.acts.counted_unit == action.ACTIVITY and _is_measured_otherwise(park):
            found[lever_id] = "cost per value added, but the park's activity is not in money"
        elif park is not None and lever.acts.counted_unit == action.ENERGY and not park.has_energy:
            found[lever_id] = "cost per unit of energy, but the park's table has no energy"
    return found


def _is_measured_otherwise(park: Park) -> bool:
    """Tell whether a sector other than households is not measured in money."""
    return any(ACTIVITY_UNITS[kind] != "million CNY" for kind in park.activity_kinds if kind != "population")


def uncounted_savings(costs: Costs, park: Park) -> tuple[str, ...]:
    """List a park's carrier groups without a price, whose savings are not counted, so that costs are overestimated."""
    used = {group for c, group in enumerate(park.groups) if park.energy[:, c, -1].any()}
    return tuple(sorted(group for group in used if not costs.has_price(group)))
