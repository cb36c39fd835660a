"""The last sheet of the twin: from energy to tonnes by source, capture, scopes, sinks and totals."""

from __future__ import annotations

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.engine.accounts import BURNT, EMITTING, FOSSIL, POWER
from pathway_models.language.words import word
from pathway_models.levers.action import SINKS
from pathway_models.report.audit_base import Cell
from pathway_models.report.audit_path import Path
from pathway_models.report.audit_terms import Term, column_of, ratio, term, total

#: Largest relative difference between the twin and the engine at which the file is written.
SAME = 1e-9


class Emissions:
    """Writes the sheet of one path, on what its other sheets came to.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path, self.sheet = path, path.sheet

    def _factor(self, s: int, c: int) -> Term:
        """Factor of a carrier: that of the last observed year, with what balances leave; the grid's goes on falling."""
        carrier, value = self.path.frame.carriers[c], float(self.path.frame.factors[s, c, self.path.start])
        known = self.path.base.factors.get((s, c))
        if known is not None and float(np.ravel(known.values)[-1]) > 0:
            last = column_of(known, self.path.start) if np.ndim(known.values) else known
            factor, correction = last, value / float(np.ravel(known.values)[-1])
            if correction != 1.0:
                labels = self.path.labels(s, carrier, ("left by carbon balances", "碳平衡项后的余量"), "1")
                factor = last * self.sheet.number(labels, correction)
        else:
            factor = self.sheet.number(self.path.labels(s, carrier, ("factor", "因子"), "tCO2/TJ"), value)
        return factor * self.path.grid if carrier == "electricity" else factor

    def write(self, energy: dict[Cell, Term], structure: Term, process: Term) -> Term:
        """Write the sheet.

        Parameters
        ----------
        energy : mapping (sector, carrier) -> Term, TJ
            After all measures.
        structure, process : Term
            What measures of structure and of processes leave.

        Returns
        -------
        Term
            Relative difference from the engine, by year.

        Raises
        ------
        PathwayError
            The sheet does not come to what the engine has.
        """
        page, frame = self.sheet, self.path.frame
        page.write(self.path.say("By sector and carrier", "分行业分品种"), "section")
        emitted: dict[Cell, Term] = {}
        for (s, c), use in energy.items():
            if frame.groups[c] in EMITTING:
                factor = self._factor(s, c)
                labels = self.path.labels(s, frame.carriers[c], ("emissions", "排放"), "tCO2")
                emitted[s, c] = page.worked(labels, use * factor)
        technical, balance = self._processes(structure, process)
        page.write(self.path.say("By source", "分排放源"), "section")
        found = {
            group: self._source(group, total(e for (_, c), e in emitted.items() if frame.groups[c] == group))
            for group in EMITTING
        }
        found["process"] = self._source("process", technical + balance)
        self._captured(energy, emitted, technical, found)
        return self._totals(found)

    def _source(self, name: str, what: Term) -> Term:
        return self.sheet.worked(["", word(name, self.path.lang), self.path.say("emissions", "排放"), "tCO2"], what)

    def _processes(self, structure: Term, left: Term) -> tuple[Term, Term]:
        """Process emissions that measures can touch, and balances that none can."""
        parts: dict[bool, list[Term]] = {True: [], False: []}
        for j, output in self.path.output.items():
            one = self.path.park.processes[j]
            value = float(self.path.frame.process_factors[j, self.path.start])
            known = self.path.base.process_factors.get(j)
            factor = column_of(known, self.path.start) if known is not None else term(value)
            amount = output * structure if self.path.movable(one.sector) else output
            what = amount * factor * left if self.path.frame.is_technical[j] else amount * factor
            labels = self.path.labels(one.sector, one.name, ("emissions", "排放"), "tCO2")
            parts[bool(self.path.frame.is_technical[j])].append(self.sheet.worked(labels, what))
        return total(parts[True]), total(parts[False])

    def _captured(
        self, energy: dict[Cell, Term], emitted: dict[Cell, Term], technical: Term, found: dict[str, Term]
    ) -> None:
        """What capture takes, and what its energy emits at the path's own mean factors."""
        page, groups, nothing = self.sheet, self.path.frame.groups, term(0.0)
        measures = self.path.measures("capture")
        if not measures:
            return
        power = total(e for (_, c), e in energy.items() if groups[c] in POWER)
        grid = term(float(self.path.frame.grid_factors[0, self.path.start])) * self.path.grid
        labels = self.path.labels(-1, "", ("mean factor of bought power", "外购电力平均因子"), "tCO2/TJ")
        of_power = page.worked(labels, ratio(found["electricity"], power, grid))
        direct = total(found[group] for group in FOSSIL)
        burnt = total(e for (_, c), e in energy.items() if groups[c] in BURNT)
        labels = self.path.labels(-1, "", ("mean factor of burnt energy", "燃烧能源平均因子"), "tCO2/TJ")
        of_heat = page.worked(labels, ratio(direct, burnt, of_power))
        taken, heat, electricity = nothing, nothing, nothing
        for measure, values in measures:
            acts, takes = measure.lever.acts, measure.lever.takes_from
            stacks = total(e for (s, c), e in emitted.items() if groups[c] in takes and self.path.movable(s))
            labels = self.path.labels(-1, "", ("can be captured", "可捕集量"), "tCO2")
            there = page.worked(labels, np.maximum(stacks + technical - taken, 0.0))
            labels = self.path.labels(-1, "", ("captured", "捕集量"), "tCO2")
            caught = page.worked(labels, acts.captured(there, values))
            taken = taken + caught
            heat = heat + acts.heat(caught, values) * of_heat
            electricity = electricity + acts.electricity(caught, values) * of_power
        found["captured"] = self._source("captured", nothing - taken)
        found["capture_heat"] = self._source("capture_heat", heat)
        found["capture_electricity"] = self._source("capture_electricity", electricity)

    def _totals(self, found: dict[str, Term]) -> Term:
        """Scopes, total, sinks and net, beside the engine's total."""
        page, bought = self.sheet, ("electricity", "heat", "capture_electricity")
        page.write(self.path.say("Totals", "合计"), "section")
        ones = [one for name, one in found.items() if name not in bought]
        twos = [one for name, one in found.items() if name in bought]
        scope_1 = page.worked(self.path.labels(-1, "", ("scope 1", "范围一"), "tCO2"), total(ones), "sum")
        scope_2 = page.worked(self.path.labels(-1, "", ("scope 2", "范围二"), "tCO2"), total(twos), "sum")
        whole = page.worked(self.path.labels(-1, "", ("total", "合计"), "tCO2"), scope_1 + scope_2, "sum")
        grown = term(1.0)
        for measure, values in self.path.measures(SINKS):
            grown = grown * (measure.lever.acts.added(values) + 1.0)
        start = page.number(
            self.path.labels(-1, "", ("sinks of the last observed year", "末观测年碳汇"), "tCO2"),
            float(self.path.frame.sinks[-1]),
        )
        sinks = page.worked(self.path.labels(-1, "", ("sinks", "碳汇"), "tCO2"), start * grown)
        page.worked(self.path.labels(-1, "", ("total less sinks", "合计扣除碳汇"), "tCO2"), whole - sinks)
        engine = self.path.ours.total()[0, 0, self.path.start :]
        ours = page.given(self.path.labels(-1, "", ("total of the package", "程序的合计"), "tCO2"), engine)
        difference = (whole - ours) / ours
        page.worked(self.path.labels(-1, "", ("relative difference", "相对差"), "1"), difference, "small")
        net = (self.path.ours.total() - self.path.ours.memo_items["sinks"])[0, 0, self.path.start :]
        if np.abs(difference.values).max() > SAME or not np.allclose(net, whole.values - sinks.values, rtol=SAME):
            raise PathwayError(
                f"{self.path.park.park_id}: the spreadsheet comes to other emissions than the package"
                f" (by {np.abs(difference.values).max():.1e}): this park has something the twin cannot follow yet"
            )
        return difference
