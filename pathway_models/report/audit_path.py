"""Second half of the twin: one path of the future, every uncertain input at its most likely value, as formulas.

The steps are those of ``docs/methods.md`` from drivers to energy: structure, intensity, substitutions.  Factors,
processes, capture and sinks follow in :mod:`pathway_models.report.audit_emissions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from pathway_models.baseline.plans import baseline_paths
from pathway_models.engine.batches import lay_out
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.intake.names import item_name
from pathway_models.language.words import say
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Measure, Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.report.audit_base import Base, Cell
from pathway_models.report.audit_levers import LeverSheet
from pathway_models.report.audit_terms import FormulaBook, Page, Term, term, total


def likely_draws(draws: Draws, scenario: Scenario) -> Draws:
    """One member with every lever at its mode, the grid's decline at its mode, and no shock, slope or factor error."""
    corners = {
        f"{measure.lever.lever_id}:{name}": found
        for measure in scenario.measures
        for name, found in measure.lever.triangles(measure.setting).items()
    }
    corners["shared:grid_decline"] = draws.assumptions.uncertainties.grid_decline
    knees = {
        name: (found.mode - found.low) / (found.high - found.low) if found.high > found.low else 0.5
        for name, found in corners.items()
    }
    return replace(
        draws,
        uniforms={name: np.full(values.shape, knees.get(name, 0.5)) for name, values in draws.uniforms.items()},
        normals={name: np.zeros(values.shape) for name, values in draws.normals.items()},
        shocks={name: np.zeros(values.shape) for name, values in draws.shocks.items()},
    )


class Path:
    """Writes the sheets of one path.

    Parameters
    ----------
    book : FormulaBook
    park : Park
    scenario : Scenario
    base : Base
        Terms of the inventory.
    seed, until : int
    lang : {"en", "zh"}
    """

    def __init__(
        self, book: FormulaBook, park: Park, scenario: Scenario, base: Base, *, seed: int, until: int, lang: str
    ) -> None:
        self.park, self.scenario, self.base, self.lang = park, scenario, base, lang
        draws = likely_draws(sample(park, [scenario], members=1, seed=seed, until=until), scenario)
        self.frame = lay_out(park, [scenario], until, draws.assumptions)
        self.paths = baseline_paths(park, draws, slice(0, 1), draws.assumptions)
        self.ours: Pathways = project(park, [scenario], draws)
        # The columns begin with the last observed year, from which everything grows.
        self.start = park.years.size - 1
        years = [int(year) for year in self.frame.years[self.start :]]
        labels = [(self.say(en, zh), width) for en, zh, width in (
            ("sector", "行业", 14), ("source", "排放源", 22), ("what", "内容", 38), ("unit", "单位", 12))]  # fmt: skip
        names = (("drivers", "驱动因素"), ("levers", "措施"), ("energy", "能源路径"), ("pathway", "排放路径"))
        self.drivers, self.levers, self.energy_sheet, self.sheet = (
            Page(book, self.say(*name), labels, years) for name in names
        )

    def say(self, en: str, zh: str) -> str:
        """One of two wordings."""
        return say(self.lang, en=en, zh=zh)

    def labels(self, s: int, item: str, what: tuple[str, str], unit: str) -> list[str]:
        """Labels of a row; sector -1 is the whole park."""
        sector = item_name(self.park.sectors[s], self.lang) if s >= 0 else ""
        return [sector, item_name(item, self.lang) if item else "", self.say(*what), unit]

    def write(self) -> tuple[dict[Cell, Term], Term, Term]:
        """Write the sheets from drivers to energy.

        Returns
        -------
        energy : mapping (sector, carrier) -> Term, TJ
            After all measures.
        structure, process : Term
            Shares of activity and of process emissions that measures leave.
        """
        for page, en, zh in (
            (self.drivers, "Drivers: growth is the package's own (docs/baseline.md); levels are formulas",
             "驱动因素：年变化取自程序（docs/baseline.md），水平为公式"),
            (self.levers, "Levers: parameters at their most likely values, phases by"
                          " year", "措施：参数取众数，逐年实施进度"),
            (self.energy_sheet, "Energy by carrier, step by step", "分品种能源，逐步推算"),
            (self.sheet, "Emissions by source and totals", "分源排放与合计"),
        ):  # fmt: skip
            page.write(self.say(en, zh), "title")
        years = [page.head() for page in (self.drivers, self.levers, self.energy_sheet, self.sheet)]
        lever = LeverSheet(self.levers, years[1], self.park.last_observed_year, self.lang)
        self.phases: Mapping[int, dict[str, Term]] = {id(m): lever.write(m) for m in self.scenario.measures}
        structure = self._left("structure", "left by structure", "产业结构措施后的余量")
        intensity = self._left("intensity", "left by efficiency and management", "能效与管理措施后的余量")
        process = self._left("process", "left by process measures", "工艺措施后的余量")
        energy = self._substituted(self._scaled(self._baseline(), structure, intensity))
        return energy, structure, process

    def _grown(self, labels: list[str], values: np.ndarray, start: Term | None = None) -> Term:
        """A row of yearly logarithmic changes, and the row that grows by them."""
        path = values[self.start :]
        change = np.concatenate([[0.0], np.diff(np.log(path))])
        rate = self.drivers.given([*labels[:2], f"{labels[2]}: {self.say('log change', '对数变化')}", "1"], change)
        begin = term(float(path[0])) if start is None else start
        return self.drivers.grown(labels, begin, rate, path)

    def _baseline(self) -> dict[Cell, Term]:
        """Energy without levers: activity x intensity x share."""
        found: dict[Cell, Term] = {}
        for s in range(len(self.park.sectors)):
            activity = self._positive(s, self.paths.activity[0, s], ("activity", "活动水平"), "")
            intensity = self._positive(s, self.paths.intensity[0, s], ("energy per activity", "单位活动水平能耗"), "TJ")
            for c, carrier in enumerate(self.park.carriers):
                share = self.paths.shares[0, s, c, self.start : self.start + len(self.drivers.years)]
                if share.any():
                    labels = self.labels(s, carrier, ("share of the energy", "能源份额"), "1")
                    labels_energy = self.labels(s, carrier, ("energy without levers", "无措施能源"), "TJ")
                    part = self.drivers.given(labels, share)
                    found[s, c] = self.drivers.worked(labels_energy, activity * intensity * part)
        self.output = {
            j: self._positive(process.sector, self.paths.output[0, j], ("output", "产量"), process.unit, process.name)
            for j, process in enumerate(self.park.processes)
            if self.paths.output[0, j].any()
        }
        self.grid = self._positive(
            -1, self.paths.grid[0], ("grid factor, last observed year = 1", "电网因子（末观测年=1）"), "1"
        )
        return found

    def _positive(self, s: int, values: np.ndarray, what: tuple[str, str], unit: str, item: str = "") -> Term:
        """A quantity that grows from year to year; one that is not above zero throughout is put in as it is."""
        path, labels = values[: self.frame.years.size], self.labels(s, item, what, unit)
        if (path[self.start :] > 0).all():
            return self._grown(labels, path)
        return self.drivers.given(labels, path[self.start :])

    def measures(self, part: str) -> list[tuple[Measure, Mapping[str, Term]]]:
        """Measures of the scenario that work on one part of the account, in their order, with their terms."""
        return [(m, self.phases[id(m)]) for m in self.scenario.measures if m.lever.acts.part == part]

    def _left(self, part: str, *what: str) -> Term:
        """What all measures of structure, intensity or processes leave."""
        left = term(1.0)
        for measure, values in self.measures(part):
            left = left * measure.lever.acts.left(values)
        return self.levers.worked(self.labels(-1, "", what, "1"), left, "sum")

    def movable(self, s: int) -> bool:
        """Whether structure and capture reach a sector: residents are left alone."""
        return self.park.activity_kinds[s] != "population"

    def _scaled(self, energy: dict[Cell, Term], structure: Term, intensity: Term) -> dict[Cell, Term]:
        """Energy after structure (economic sectors) and intensity (all)."""
        page = self.energy_sheet
        page.write(self.say("After structure, efficiency and management", "产业结构、能效与管理措施之后"), "section")
        return {
            (s, c): page.worked(
                self.labels(s, self.frame.carriers[c], ("energy", "能源"), "TJ"),
                use * structure * intensity if self.movable(s) else use * intensity,
            )
            for (s, c), use in energy.items()
        }

    def _substituted(self, energy: dict[Cell, Term]) -> dict[Cell, Term]:
        """Energy after each substitution in turn; only rows that change are written again."""
        page, frame = self.energy_sheet, self.frame
        for measure, values in self.measures("mix"):
            lever = measure.lever
            name = lever.name_zh if self.lang == "zh" else lever.name_en
            page.write(self.say(f"After: {name}", f"“{name}”之后"), "section")
            share = lever.acts.share(values)
            for s in range(len(self.park.sectors)):
                takes = [c for (at, c) in energy if at == s and frame.groups[c] in lever.takes_from]
                if not takes:
                    continue
                labels = self.labels(s, "", ("energy replaced", "被替代的能源"), "TJ")
                taken = page.worked(labels, total(energy[s, c] for c in takes) * share)
                for c in takes:
                    labels = self.labels(s, frame.carriers[c], ("energy left", "剩余能源"), "TJ")
                    energy[s, c] = page.worked(labels, energy[s, c] * (1.0 - share))
                for carrier, part in lever.gives_to.items():
                    c = frame.carriers.index(carrier)
                    more = taken * lever.acts.ratio(values) * part
                    labels = self.labels(s, carrier, ("energy with what was added", "加入替代能源后"), "TJ")
                    energy[s, c] = page.worked(labels, energy[s, c] + more if (s, c) in energy else more)
        return energy
