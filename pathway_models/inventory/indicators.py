"""Indicators of a park's observed years, as HJ 274-2015 and the zero-carbon parks of 2025 define them.

Only indicators that the table supports are given; thresholds not seen in a source are shown, not judged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pathway_models.core.units import TJ_PER_MWH, TJ_PER_TCE
from pathway_models.intake import register, rules
from pathway_models.inventory.accounts import energy_use, take_account, take_inventory
from pathway_models.language import say
from pathway_models.records import Park

#: Carriers of a table without fossil carbon.
NON_FOSSIL = ("biomass", "green_electricity", "hydrogen")
Values = dict[int, float]
#: Lower ends of the size classes of the zero-carbon core indicator, tce a year.
CLASSES = ((1e6, "CO2 per tce, park >=1 Mtce"), (2e5, "CO2 per tce, park 0.2-1.0 Mtce"))


@dataclass(frozen=True)
class Indicator:
    """One indicator over the observed years.

    Parameters
    ----------
    indicator_id : str
        ``hj274:<no>`` or ``zero_carbon:<name>``.
    name_en : str
    unit : str
        The unit of the requirement.
    values : mapping year -> float
        Years in which all inputs are known.
    requirement : Requirement
    note : str
        Method, where there is a choice.
    """

    indicator_id: str
    name_en: str
    unit: str
    values: Mapping[int, float]
    requirement: rules.Requirement
    note: str = ""


def indicators(park: Park) -> list[Indicator]:
    """Compute every indicator the park's table allows, in the order of the systems; none where no system holds.

    Parameters
    ----------
    park : Park
        Areas, waste, employees and totals come from ``park.memo_items``, as workbooks state them.
    """
    if not register.has_rule(park.country, "indicator_systems"):
        return []
    requirements, found = rules.read_requirements(), []
    for indicator_id, (name, formula, note) in _ROWS.items():
        values = FORMULAS[formula].compute(park)
        if values:
            requirement = requirements[indicator_id]
            found.append(Indicator(indicator_id, name, requirement.unit, values, requirement, note))
    return [*found, *_core(park, requirements)]


def total_energy(park: Park) -> Values:
    """Return total energy use by year, tce: as stated, else the sum of the carriers with feedstock."""
    stated = park.memo_items.get(("total_energy", "park", ""), {})
    return {year: stated.get(year, summed) / TJ_PER_TCE for year, summed in summed_energy(park).items()}


def summed_energy(park: Park) -> Values:
    """Sum the carriers with feedstock by year, TJ."""
    summed = park.energy.sum(axis=(0, 1))
    for (quantity, _, _), values in park.memo_items.items():
        if quantity == "feedstock":
            summed = summed + [values.get(int(year), 0.0) for year in park.years]
    return {int(year): float(tj) for year, tj in zip(park.years, summed, strict=True)}


def _core(park: Park, requirements: Mapping[str, rules.Requirement]) -> list[Indicator]:
    """Compute CO2 per tonne of standard coal by annexes 3 and 4 of no. 910, once a reading, by the size class."""
    profile, found = rules.read_profile("zero_carbon_910"), []
    emitted = take_account(park, rules.read_account(profile.account)).total()
    for reading in profile.readings:
        energy = energy_use(park, reading.tj_per_mwh) / TJ_PER_TCE
        size = next((name for least, name in CLASSES if energy[-1] >= least), "")
        requirement = requirements.get(
            f"zero_carbon:{size}",
            rules.Requirement("ndrc_2025_910", "单位能耗碳排放", "no class below 0.2 Mtce a year", "tCO2/tce", "seen"),
        )
        values = {int(y): float(e / tce) for y, e, tce in zip(park.years, emitted, energy, strict=True) if tce > 0}
        coefficient = f"electricity at {reading.name.en}"
        name = f"CO2 per tonne of standard coal equivalent, {coefficient}"
        note = f"annex 4: power that is not green at 0.8325 tCO2/MWh; {coefficient}"
        indicator_id = f"zero_carbon:CO2 per tce, {reading.reading_id}" if found else "zero_carbon:CO2 per tce"
        found.append(Indicator(indicator_id, name, "tCO2/tce", values, requirement, note))
    return found


def _value_added(park: Park) -> Values:
    """Return value added by year, 万元: the activity, or the stated memo item."""
    memo_items = park.memo_items.get(("value_added", "park", ""))
    if memo_items:
        return {year: value * 100 for year, value in memo_items.items()}
    if set(park.activity_kinds) - {"value_added"}:
        return {}
    return {int(y): float(v) * 100 for y, v in zip(park.years, park.activity.sum(axis=0), strict=True)}


def _ratio(above: Values, below: Values, times: float = 1.0) -> Values:
    return {year: times * above[year] / below[year] for year in above if below.get(year, 0) > 0}


def _beside(quantity: str, item: str = "") -> Callable[[Park], Values]:
    return lambda park: dict(park.memo_items.get((quantity, "park", item), {}))


def _per_value_added(compute: Callable[[Park], Values]) -> Callable[[Park], Values]:
    return lambda park: _ratio(compute(park), _value_added(park))


def _growth(values: Values, years: int) -> Values:
    """Compute the mean yearly change over so many years, %."""
    pairs = {year: values.get(year - years, 0.0) for year in values}
    return {
        year: 100 * ((values[year] / b) ** (1 / years) - 1) for year, b in pairs.items() if b > 0 and values[year] > 0
    }


def _elasticity(park: Park) -> Values:
    """Divide the growth of energy by the growth of value added, from year to year."""
    energy, added = _growth(total_energy(park), 1), _growth(_value_added(park), 1)
    return {year: energy[year] / added[year] for year in energy if added.get(year)}


def _intensity_cut(park: Park) -> Values:
    """Compute the mean yearly cut since the first year of the record, %."""
    emitted = dict(zip(map(int, park.years), map(float, take_inventory(park).total()), strict=True))
    intensity = _ratio(emitted, _value_added(park))
    first = min(intensity, default=0)
    return {
        year: -100 * ((value / intensity[first]) ** (1 / (year - first)) - 1)
        for year, value in intensity.items()
        if year > first and intensity[first] > 0 and value > 0
    }


def _non_fossil(park: Park) -> Values:
    """Compute the share of energy without fossil carbon in total energy, with power made and used on site, %."""
    picked = [group in NON_FOSSIL for group in park.groups]
    if not any(picked):
        return {}
    energy = park.energy[:, picked].sum(axis=(0, 1))
    on_site = park.memo_items.get(("generation", "park", "renewable"), {})
    used = {int(y): float(e) + on_site.get(int(y), 0.0) * TJ_PER_MWH for y, e in zip(park.years, energy, strict=True)}
    return _ratio(used, {year: tce * TJ_PER_TCE for year, tce in total_energy(park).items()}, 100)


def _waste_reuse(park: Park) -> Values:
    return _ratio(_beside("waste", "solid_used")(park), _beside("waste", "solid_generated")(park), 100)


def _percent(item: str) -> Callable[[Park], Values]:
    return lambda park: {year: 100 * share for year, share in _beside("reuse_share", item)(park).items()}


def _per_land(park: Park) -> Values:
    """Convert to 亿元/km2: 万元 per ha by a hundred."""
    return _ratio(_value_added(park), _beside("area", "industrial")(park), 1e-2)


@dataclass(frozen=True)
class Formula:
    """Formula of a quantity that indicator systems require.

    Parameters
    ----------
    compute : callable
        Values by year in the unit of the indicator.
    needs : tuple of (quantity, item)
        Statements in the park's own row that it needs in a year.
    is_lower_bound : bool
        Whether the true value may be higher than what the table shows.
    """

    compute: Callable[[Park], Values]
    needs: tuple[tuple[str, str], ...]
    is_lower_bound: bool = False


ADDED, LAND = ("value_added", ""), ("area", "industrial")
#: Quantities by name, as profiles call them.
FORMULAS: dict[str, Formula] = {
    "value_added_per_employee": Formula(
        lambda p: _ratio(_value_added(p), _beside("employees")(p)), (ADDED, ("employees", ""))
    ),
    "growth_of_value_added": Formula(lambda p: _growth(_value_added(p), 3), (ADDED,)),
    "solid_waste_use": Formula(_waste_reuse, (("waste", "solid_generated"), ("waste", "solid_used"))),
    "value_added_per_land": Formula(_per_land, (ADDED, LAND)),
    "growth_per_land": Formula(lambda p: _growth(_per_land(p), 3), (ADDED, LAND)),
    "energy_elasticity": Formula(_elasticity, (ADDED, ("energy", "electricity"))),
    "energy_per_value_added": Formula(_per_value_added(total_energy), (ADDED, ("energy", "electricity"))),
    "clean_energy_share": Formula(_non_fossil, (("energy", "electricity"),), is_lower_bound=True),
    "water_reuse": Formula(_percent("water"), (("reuse_share", "water"),)),
    "waste_heat_use": Formula(_percent("waste_heat"), (("reuse_share", "waste_heat"),)),
    "yearly_cut_of_co2_intensity": Formula(_intensity_cut, (ADDED, ("energy", "electricity"))),
    "wastewater_per_value_added": Formula(
        _per_value_added(_beside("waste", "wastewater")), (ADDED, ("waste", "wastewater"))
    ),
    "solid_waste_per_value_added": Formula(
        _per_value_added(_beside("waste", "solid_generated")), (ADDED, ("waste", "solid_generated"))
    ),
    "green_cover": Formula(
        lambda p: _ratio(_beside("green_area")(p), _beside("area", "built")(p), 100),
        (("green_area", ""), ("area", "built")),
    ),
}
_LOWER = "green power, biomass, hydrogen and on-site renewables; nuclear and hydro power inside the grid are not in it"
#: Indicator id -> name, formula, note.
_ROWS: dict[str, tuple[str, str, str]] = {
    "hj274:2": ("value added per employee", "value_added_per_employee", ""),
    "hj274:3": ("growth of value added over three years", "growth_of_value_added", ""),
    "hj274:6": ("industrial solid waste reused", "solid_waste_use", ""),
    "hj274:8": ("value added per industrial land", "value_added_per_land", ""),
    "hj274:9": ("growth of value added per land over three years", "growth_per_land", ""),
    "hj274:10": ("elasticity of energy", "energy_elasticity", "energy growth by value added growth, year by year"),
    "hj274:11": ("energy per value added", "energy_per_value_added", "electricity at calorific value"),
    "hj274:12": ("renewable share of energy", "clean_energy_share", _LOWER),
    "hj274:15": ("industrial water reused", "water_reuse", ""),
    "hj274:26": (
        "yearly cut of CO2 per value added",
        "yearly_cut_of_co2_intensity",
        "all sources of the inventory; mean since the first year of the record",
    ),
    "hj274:27": ("wastewater per value added", "wastewater_per_value_added", ""),
    "hj274:28": ("solid waste per value added", "solid_waste_per_value_added", ""),
    "hj274:29": ("green share of the built-up area", "green_cover", "stated green area by built-up area"),
    "zero_carbon:clean energy share": ("clean energy share", "clean_energy_share", _LOWER),
    "zero_carbon:industrial solid waste utilisation": ("industrial solid waste reused", "solid_waste_use", ""),
    "zero_carbon:waste heat/cold/pressure utilisation": ("waste heat used", "waste_heat_use", ""),
    "zero_carbon:industrial water reuse": ("industrial water reused", "water_reuse", ""),
}


def system_name(one: Indicator, lang: str) -> str:
    """Name the system of an indicator."""
    if one.indicator_id.startswith("hj274"):
        number = one.indicator_id.split(":")[1]
        return say(lang, en=f"HJ 274-2015 no. {number}", zh=f"HJ 274-2015第{number}项")
    return say(lang, en="NDRC 2025 no. 910", zh="发改环资〔2025〕910号")
