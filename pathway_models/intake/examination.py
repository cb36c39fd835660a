"""Examine a park's workbook: all faults at once, and the park if there are none; places of values for provenance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pathway_models.core import errors, units
from pathway_models.core.files import fingerprint
from pathway_models.intake import assembly, checks, numbers, plausibility_warnings, statements, translation
from pathway_models.intake.factors import energy_content, spread, tables
from pathway_models.intake.plans import investments, reading
from pathway_models.intake.table.rows import Row
from pathway_models.intake.workbook.asset_sheet import assets_of, check_assets, incomplete
from pathway_models.records import Asset, Park

if TYPE_CHECKING:
    from pathway_models.intake.workbook.reading import Filled


def cell_provenance(rows: Iterable[Row]) -> dict[tuple[str, str, str], dict[int, str]]:
    """Map values to their places, so that results can be traced: (quantity, sector, item) to year to place.

    Rows without a place, such as a factor set's own value between measured ones, have none.
    """
    places: dict[tuple[str, str, str], dict[int, str]] = {}
    for row in rows:
        if row.place:
            places.setdefault((row.quantity, row.sector, row.item), {})[row.year] = row.place
    return places


@dataclass(frozen=True)
class Examination:
    """Result of examining a workbook.

    Parameters
    ----------
    park : Park or None
        None where there is any error.
    faults : tuple of Fault
        Errors, warnings and notes in reading order.
    assets : tuple of Asset
        Complete energy assets.
    lacking : tuple of Fault
        Faults of incomplete energy assets, raised only where assets are needed.
    """

    park: Park | None
    faults: tuple[errors.Fault, ...]
    assets: tuple[Asset, ...] = ()
    lacking: tuple[errors.Fault, ...] = ()

    def of(self, severity: str) -> tuple[errors.Fault, ...]:
        """Return the faults of one severity."""
        return tuple(fault for fault in self.faults if fault.severity == severity)


def examine_workbook(path: Path, layout: Path | None = None, **choices: str) -> Examination:
    """Examine a workbook.

    Parameters
    ----------
    path : Path
    layout : Path, optional
        A user's layout file.
    **choices : str
        Fields of the description to be replaced, such as ``factor_set``.

    Raises
    ------
    InputError
        The file itself is refused, is unreadable, or is of no known layout.
    """
    # Deferred: loads a library that text tables do not need.
    from pathway_models.intake.workbook.reading import read_workbook

    filled = read_workbook(path, layout, **choices)
    check = checks.Check(filled.statements, filled.choices, filled.years)
    check.run()
    plausibility_warnings.question(check)
    plausibility_warnings.hint(check)
    if filled.description and filled.description.kind == "park":
        plausibility_warnings.hint_at_power(
            check, filled.statements.sheets.get(filled.years[0], "workbook") if filled.years else "workbook"
        )
    if filled.years:
        check_assets(filled.statements, check.book, filled.years[-1])
    burnt = [s for s in filled.statements.all.values() if s.entry.quantity == "energy" and s.role != "enterprise"]
    split = {s.entry.key for s in burnt if s.role == "sector"}
    owned = dict.fromkeys((s.owner, s.entry.item) for s in burnt if s.role == "sector" or s.entry.key not in split)
    rule = filled.description.chp_rule if filled.description else ""
    energy_content.check_rule(filled.statements, rule, "园区, chp_rule")
    supply = energy_content.heat_supply_of(filled.statements, rule, check.book, filled.years)
    follows = filled.description.follows if filled.description else {}
    checks.check_followers(filled.statements, follows, "园区, follows", {owner for owner, _ in owned})
    beside = {"uses": checks.uses_of(filled.statements, owned), "heat_supply": supply}
    if filled.description:
        burnt_by = translation.Translator(filled.statements, filled.description, check.book).burnt
        beside["own_plant"] = energy_content.own_plant_of(filled.statements, rule, check.book, filled.years, burnt_by)
    for sheet, block in filled.statements.projects:
        filled.statements.faults += investments.faults_of_investments(sheet, block, path.name)
    faults = in_order(filled.statements.faults)
    if filled.description is None or any(fault.severity == "error" for fault in faults):
        return Examination(None, faults)
    found = _park_of(path, filled, check.book, faults, beside)
    lacking = tuple(incomplete(filled.statements))
    return replace(found, assets=assets_of(filled.statements, check.book), lacking=lacking)


def _park_of(
    path: Path, filled: Filled, book: energy_content.Factors, faults: tuple[errors.Fault, ...], beside: dict[str, Any]
) -> Examination:
    description = filled.description
    result = translation.Translator(filled.statements, description, book, plant=beside["own_plant"]).translate()
    result.rows += energy_content.factor_rows(beside["heat_supply"], result.rows)
    fields, more = assembly.assemble(
        path.name, description.activity, description.factor_set, description.grid_factor, result.rows
    )
    if more:
        return Examination(None, (*faults, *more))
    return build_park(
        description,
        fields,
        result.rows,
        faults,
        files=[fingerprint(path)] + ([fingerprint(filled.sidecar)] if filled.sidecar else []),
        memo_items=result.memo_items,
        activity_errors=checks.activity_errors(filled.statements, fields),
        **beside,
    )


def build_park(
    description: statements.Description,
    fields: dict[str, Any],
    rows: list[Row],
    faults: Iterable[errors.Fault],
    *,
    files: list[tuple[str, str]],
    **more: Any,
) -> Examination:
    """Build the park of a table or workbook without errors, with warnings about it as a whole.

    Parameters
    ----------
    description : Description
    fields : dict
        Array fields, as `assemble` returns them.
    rows : list of Row
        Rows they were assembled from.
    faults : iterable of Fault
        Warnings and notes so far; warnings are kept with the park and shown with every result.
    files : list of (name, SHA-256)
    **more
        Further fields of `Park`.
    """
    wrong = reading.one_off_faults(files[-1][0], fields["years"], description.one_off_years)
    if wrong:
        return Examination(None, (*faults, *wrong))
    faults = in_order([*faults, *implied_factor(files[0][0], fields)])
    # The words before the place prevent that a sheet name of the input is the first text in a cell of a result.
    told = [f"Warning at {f.place}: expected {f.expected}; {f.remedy}" for f in faults if f.severity == "warning"]
    told += [f.remedy for f in faults if f.code == "beside"]
    said = description.model_dump(exclude={"activity", "source", "notes", "chp_rule"})
    park = Park(
        **said,
        **fields,
        source="; ".join(description.source),
        files=tuple(files),
        notes=(*description.notes, *told),
        origins=cell_provenance(rows),
        factor_errors=spread.factor_errors(rows, fields, description),
        published_grid=_published_grid(description.grid_factor),
        **more,
    )
    return Examination(park, faults)


def _published_grid(choice: str) -> dict[int, float]:
    """Return the grid factors of a place by year, tCO2/MWh; empty where the choice is one year, or the table."""
    factors = tables.published_factors(choice)
    return {factor.year: factor.value for factor in factors.published} if factors and factors.by_year else {}


def implied_factor(file: str, fields: dict[str, Any]) -> list[errors.Fault]:
    """Warn where the whole park emits more or less per tonne of standard coal than any park can."""
    bound, years = numbers.read_plausible().bounds["energy_carbon_factor"], fields["years"]
    use = fields["energy"].sum(axis=(0, 1)) / units.TJ_PER_TCE
    emitted = (fields["energy"] * fields["factors"]).sum(axis=(0, 1))
    expected = f"from {bound.low:g} to {bound.high:g} {bound.unit}"
    return [
        errors.Fault(
            file, f"{year}", f"{per:.3g}", expected, "check factors and units of energy", "warning", "implied_factor"
        )
        for year, per in zip(years, emitted / np.where(use > 0, use, 1.0), strict=True)
        if per > 0 and not bound.holds(per)
    ]


def in_order(faults: Iterable[errors.Fault]) -> tuple[errors.Fault, ...]:
    """Sort faults: errors, warnings, notes, each in reading order; of many alike only the first ones."""
    ranks = {"error": 0, "warning": 1, "note": 2}
    return errors.grouped(sorted(faults, key=lambda fault: ranks[fault.severity]))
