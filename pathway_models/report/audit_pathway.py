"""Audit workbook, second half: one path of the future, every uncertain input at its most likely value, as formulas.

The steps are those of ``docs/methods.md``: drivers, levers, structure, intensity, substitution, factors, processes,
capture, sinks and totals.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from pathway_models.baseline.plans import baseline_paths
from pathway_models.core import PathwayError
from pathway_models.decisions.tables import option_name
from pathway_models.engine import batches, projecting, ramps, sampling
from pathway_models.intake import messages, naming
from pathway_models.language import say, word
from pathway_models.levers import SINKS
from pathway_models.records import Draws, Measure, Park, Pathways, Scenario
from pathway_models.records.park import FUELS
from pathway_models.report.audit_formulas import FormulaBook, Sheet, Term, column_of, ratio, term, total
from pathway_models.report.audit_inventory import Cell, InventoryTerms, consumed

#: Largest allowed relative difference between audit workbook and engine.
TOLERANCE = 1e-9


def likely_draws(draws: Draws, scenario: Scenario) -> Draws:
    """Build one member with every lever and the grid's decline at its mode, without shock, slope or factor error."""
    corners = {
        f"{measure.lever.lever_id}:{name}": found
        for measure in scenario.measures
        for name, found in measure.lever.triangles(measure.setting).items()
    }
    corners["shared:grid_decline"] = draws.assumptions.uncertainties.grid_decline
    quantiles = {
        name: (found.mode - found.low) / (found.high - found.low) if found.high > found.low else 0.5
        for name, found in corners.items()
    }
    return replace(
        draws,
        uniforms={name: np.full(values.shape, quantiles.get(name, 0.5)) for name, values in draws.uniforms.items()},
        normals={name: np.zeros(values.shape) for name, values in draws.normals.items()},
        shocks={name: np.zeros(values.shape) for name, values in draws.shocks.items()},
    )


class PathwaySheets:
    """Writer of the sheets of one path: drivers, levers, energy and emissions.

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
        self, book: FormulaBook, park: Park, scenario: Scenario, base: InventoryTerms, seed: int, until: int, lang: str
    ) -> None:
        self.park, self.scenario, self.base, self.lang = park, scenario, base, lang
        draws = likely_draws(sampling.sample(park, [scenario], members=1, seed=seed, until=until), scenario)
        self.frame = projecting.lay_out(park, [scenario], until, draws.assumptions)
        self.paths = baseline_paths(park, draws, slice(0, 1), draws.assumptions)
        self.ceiling = batches.ceiling_of(self.frame, draws, slice(0, 1), self.frame.years[park.years.size - 1 :])
        self.ours: Pathways = projecting.project(park, [scenario], draws)
        self.kinds = draws.assumptions.sectors.of(park)
        self.made_by = draws.assumptions.sectors.processes_of(park)
        # The columns begin with the last observed year, the base of all growth.
        self.start = park.years.size - 1
        years = [int(year) for year in self.frame.years[self.start :]]
        labels = [(self.say(en, zh), width) for en, zh, width in (
            ("sector", "行业", 14), ("source", "排放源", 22), ("what", "内容", 38), ("unit", "单位", 12))]  # fmt: skip
        names = (("drivers", "驱动因素"), ("levers", "措施"), ("energy", "能源路径"), ("pathway", "排放路径"))
        self.drivers, self.levers, self.energy_sheet, self.sheet = (
            Sheet(book, self.say(*name), labels, years) for name in names
        )

    def say(self, en: str, zh: str) -> str:
        """Pick one of two wordings."""
        return say(self.lang, en=en, zh=zh)

    def _process_words(self, kind: str, use: str) -> tuple[str, str]:
        """Name the share of a branch's processes after measures, in both languages."""
        en, zh = (", hydrogen as feedstock", "（制氢原料）") if use else ("", "")
        return (
            f"left after process measures: {naming.item_name(kind, 'en')}{en}",
            f"工艺措施后的余量：{naming.item_name(kind, 'zh')}{zh}",
        )

    def table_word(self, text: str) -> str:
        """Say the unit or the shape of a lever in the language of the workbook."""
        return messages.translated(text, self.lang, "tables")

    def labels(self, s: int, item: str, quantity: tuple[str, str], unit: str) -> list[str]:
        """Label a row; sector -1 is the whole park."""
        sector = naming.item_name(self.park.sectors[s], self.lang) if s >= 0 else ""
        return [sector, naming.item_name(item, self.lang) if item else "", self.say(*quantity), unit]

    def write(self) -> Term:
        """Write all sheets, from drivers to totals.

        Returns
        -------
        Term
            Relative difference from the engine by year.

        Raises
        ------
        PathwayError
            The sheets do not reproduce the engine's emissions.
        """
        for page, en, zh in (
            (self.drivers, "Drivers: growth is taken from the program (docs/baseline.md); levels are formulas",
             "驱动因素：年变化取自程序（docs/baseline.md），水平为公式"),
            (self.levers, "Levers: parameters at their most likely values, phase-in by"
                          " year", "措施：参数取众数，逐年实施进度"),
            (self.energy_sheet, "Energy by carrier, step by step", "分品种能源，逐步推算"),
            (self.sheet, "Emissions by source and totals", "分源排放与合计"),
        ):  # fmt: skip
            page.write(self.say(en, zh), "title")
        years = [page.head() for page in (self.drivers, self.levers, self.energy_sheet, self.sheet)]
        self.phases = {id(measure): self._write_lever(measure, years[1]) for measure in self.scenario.measures}
        structure = self._left("structure", "left after structure", "产业结构措施后的余量")
        intensity = self._left("intensity", "left after efficiency and management", "能效与管理措施后的余量")
        process = {one: self._left("process", *self._process_words(*one), *one) for one in dict.fromkeys(self.made_by)}
        energy = self._substituted(self._scaled(self._baseline(), structure, intensity))
        self.whole = (structure, intensity)
        return self._write_emissions(energy, structure, process)

    def _write_lever(self, measure: Measure, years: Term) -> dict[str, Term]:
        """Write a lever's parameters at their modes and its ``phase``: 0 before its start, 1 from its completion on."""
        page, lever = self.levers, measure.lever
        ramp = ramps.acting_ramp(measure, self.park, self.frame.assumptions.issue_year)
        name = lever.name_zh if self.lang == "zh" else lever.name_en
        page.write(f"{name} ({option_name(measure.setting, self.lang)})", "section")
        found = {}
        for key, corners in lever.triangles(measure.setting).items():
            quantity = lever.acts.parameter(key).label.of(self.lang)
            labels = ["", f"[{corners.low:g}, {corners.high:g}]", quantity, self.table_word(lever.units.get(key, ""))]
            found[key] = page.number(labels, corners.mode)
        start = page.number(
            ["", "", self.say("last year without effect", "无效果的末年"), ""], ramp.start + ramp.delay_years
        )
        complete = page.number(["", "", self.say("first year of full effect", "全部见效首年"), ""], ramp.complete)
        found["phase"] = page.formula(
            ["", self.table_word(ramp.shape), self.say("phase", "实施进度"), "1"],
            self._phase(ramp.shape, years, start, complete),
        )
        return found

    def _phase(self, shape: str, years: Term, start: Term, complete: Term) -> Term:
        """Write the ramp (docs/methods.md) as a formula; observed years stay as they are."""
        if shape == "step":
            grown = Term(
                lambda k, here: f"IF({years.text(k, here)}>={complete.text(k, here)},1,0)",
                (years.values >= complete.values).astype(float),
            )
        else:
            line = np.maximum(0.0, np.minimum(1.0, (years - start) / (complete - start)))
            grown = line * line * (3.0 - line * 2.0) if shape == "s_curve" else line
        last = term(float(self.park.last_observed_year))
        return Term(
            lambda k, here: f"IF({years.text(k, here)}>{last.text(k, here)},{grown.text(k, here)},0)",
            np.where(years.values > last.values, grown.values, 0.0),
        )

    def _baseline(self) -> dict[Cell, Term]:
        """Write energy without levers: activity x intensity x share."""
        found: dict[Cell, Term] = {}
        for s in range(len(self.park.sectors)):
            activity = self._positive(s, self.paths.activity[0, s], ("activity", "活动水平"), "")
            intensity = self._positive(s, self.paths.intensity[0, s], ("energy per activity", "单位活动水平能耗"), "TJ")
            for c, carrier in enumerate(self.park.carriers):
                share = self.paths.shares[0, s, c, self.start : self.start + len(self.drivers.years)]
                if share.any():
                    labels = self.labels(s, carrier, ("share of the energy", "能源份额"), "1")
                    labels_energy = self.labels(s, carrier, ("energy without levers", "无措施能源"), "TJ")
                    part = self.drivers.inputs(labels, share)
                    found[s, c] = self.drivers.formula(labels_energy, activity * intensity * part)
        self.output = {
            j: self._positive(
                process.sector,
                self.paths.output[0, j],
                ("consumption", "消耗量") if process.name in consumed() else ("output", "产量"),
                process.unit,
                process.name,
            )
            for j, process in enumerate(self.park.processes)
            if self.paths.output[0, j].any()
        }
        self.grid = self._positive(
            -1, self.paths.grid[0], ("grid factor, last observed year = 1", "电网因子（末观测年=1）"), "1"
        )
        self.heat = self._positive(
            -1, self.paths.heat[0], ("factor of heat, last observed year = 1", "热力因子（末观测年=1）"), "1"
        )
        return found

    def _positive(self, s: int, values: np.ndarray, quantity: tuple[str, str], unit: str, item: str = "") -> Term:
        """Write yearly log changes of a quantity and the row that grows by them; input numbers if not above zero."""
        path, labels = values[self.start : self.frame.years.size], self.labels(s, item, quantity, unit)
        if not (path > 0).all():
            return self.drivers.inputs(labels, path)
        change = np.concatenate([[0.0], np.diff(np.log(path))])
        rate = self.drivers.inputs([*labels[:2], f"{labels[2]}: {self.say('log change', '对数变化')}", "1"], change)
        return self.drivers.growth(labels, term(float(path[0])), rate, path)

    def measures(self, part: str) -> list[tuple[Measure, Mapping[str, Term]]]:
        """List the scenario's measures that act on one part of the account, in their order, with their terms."""
        return [(m, self.phases[id(m)]) for m in self.scenario.measures if m.lever.acts.part == part]

    def _left(self, part: str, en: str, zh: str, kind: str = "", use: str = "") -> Term:
        """Write the share left by all measures of structure, intensity or processes, of one kind and use."""
        left, quantity = term(1.0), (en, zh)
        for measure, values in self.measures(part):
            if measure.lever.reaches(kind, use):
                left = left * measure.lever.acts.left(values)
        return self.levers.formula(self.labels(-1, "", quantity, "1"), left, "sum")

    def movable(self, s: int) -> bool:
        """Tell whether structure and capture reach a sector: residents are exempt."""
        return self.park.activity_kinds[s] != "population"

    def _scaled(self, energy: dict[Cell, Term], structure: Term, intensity: Term) -> dict[Cell, Term]:
        """Write energy after structure (economic sectors) and intensity (all)."""
        page = self.energy_sheet
        page.write(self.say("After structure, efficiency and management", "产业结构、能效与管理措施之后"), "section")
        return {
            (s, c): page.formula(
                self.labels(s, self.frame.carriers[c], ("energy", "能源"), "TJ"),
                use * structure * intensity if self.movable(s) else use * intensity,
            )
            for (s, c), use in energy.items()
        }

    def _substituted(self, energy: dict[Cell, Term]) -> dict[Cell, Term]:
        """Write energy by use after each substitution in turn; only rows that change are written again."""
        page, frame = self.energy_sheet, self.frame
        measures = self.measures("mix")
        if not measures:
            return energy
        by_use = self._by_use(energy)
        for measure, values in measures:
            lever = measure.lever
            name = lever.name_zh if self.lang == "zh" else lever.name_en
            page.write(self.say(f"After: {name}", f"“{name}”之后"), "section")
            share = lever.acts.share(values)
            for s, use in dict.fromkeys((s, use) for s, _, use in by_use if lever.reaches(self.kinds[s], use)):
                takes = [c for at, c, of in by_use if (at, of) == (s, use) and frame.groups[c] in lever.takes_from]
                if not takes:
                    continue
                labels = self.labels(s, use, ("energy replaced", "被替代的能源"), "TJ")
                taken = page.formula(labels, total(by_use[s, c, use] for c in takes) * share)
                for c in takes:
                    labels = self.labels(s, frame.carriers[c], ("energy left", "剩余能源"), "TJ")
                    by_use[s, c, use] = page.formula(labels, by_use[s, c, use] * (1.0 - share))
                for carrier, part in lever.gives_to.items():
                    c = frame.carriers.index(carrier)
                    more = taken * lever.acts.ratio(values) * part
                    labels = self.labels(s, carrier, ("energy including additions", "加入替代能源后"), "TJ")
                    known = by_use.get((s, c, use))
                    by_use[s, c, use] = page.formula(labels, more if known is None else known + more)
        page.write(self.say("All uses together", "各用途合计"), "section")
        return {
            (s, c): page.formula(
                self.labels(s, frame.carriers[c], ("energy", "能源"), "TJ"),
                total(one for (at, of, _), one in by_use.items() if (at, of) == (s, c)),
            )
            for s, c in dict.fromkeys((s, c) for s, c, _ in by_use)
        }

    def _by_use(self, energy: dict[Cell, Term]) -> dict[tuple[int, int, str], Term]:
        """Write energy by use: shares of the table, else of data/sectors.yml; carriers of one use as they are."""
        page, frame, found = self.energy_sheet, self.frame, {}
        page.write(self.say("By use (default shares)", "分用途（默认占比）"), "section")
        for (s, c), whole in energy.items():
            uses = frame.assumptions.sectors.uses_in(self.park, s, frame.carriers[c], frame.groups[c])
            for use, part in uses.items():
                carrier = naming.item_name(frame.carriers[c], self.lang)
                labels = self.labels(s, use, (f"of {carrier}", f"其中：{carrier}"), "TJ")
                found[s, c, use] = whole if part == 1.0 else page.formula(labels, whole * part)
        return found

    def _factor(self, s: int, c: int) -> Term:
        """Write a carrier's last observed factor net of carbon balances; those of purchases keep falling."""
        carrier, value = self.frame.carriers[c], float(self.frame.factors[s, c, self.start])
        known = self.base.factors.get((s, c))
        if known is not None and float(np.ravel(known.values)[-1]) > 0:
            last = column_of(known, self.start) if np.ndim(known.values) else known
            factor, correction = last, value / float(np.ravel(known.values)[-1])
            if correction != 1.0:
                labels = self.labels(s, carrier, ("left after carbon balances", "碳平衡项后的余量"), "1")
                factor = last * self.sheet.number(labels, correction)
        else:
            factor = self.sheet.number(self.labels(s, carrier, ("factor", "因子"), "tCO2/TJ"), value)
        course = {"electricity": self.grid, "heat": self.heat}.get(carrier)
        return factor if course is None else factor * course

    def _write_emissions(self, energy: dict[Cell, Term], structure: Term, process: Mapping[str, Term]) -> Term:
        """Write emissions from energy after all measures and the shares left by structure and process measures."""
        page, frame = self.sheet, self.frame
        page.write(self.say("By sector and carrier", "分行业分品种"), "section")
        emitted: dict[Cell, Term] = {}
        for (s, c), use in energy.items():
            if frame.groups[c] in batches.EMITTING:
                factor = self._factor(s, c)
                labels = self.labels(s, frame.carriers[c], ("emissions", "排放"), "tCO2")
                emitted[s, c] = page.formula(labels, use * factor)
        technical, balance = self._processes(structure, process)
        page.write(self.say("By source", "分排放源"), "section")
        found = {
            group: self._source(group, total(e for (_, c), e in emitted.items() if frame.groups[c] == group))
            for group in batches.EMITTING
        }
        found["process"] = self._source("process", technical + balance)
        if self.park.is_undivided:
            found["undivided"] = self._source("undivided", self._undivided())
            technical = technical + found["undivided"]
        self._captured(energy, emitted, technical, found)
        return self._totals(found)

    def _source(self, name: str, quantity: Term) -> Term:
        labels = ["", word(name, self.lang), self.say("emissions", "排放"), "tCO2"]
        return self.sheet.formula(labels, quantity)

    def _processes(self, structure: Term, left: Mapping[str, Term]) -> tuple[Term, Term]:
        """Write process emissions that measures can reduce, and carbon balances that none can."""
        parts: dict[bool, list[Term]] = {True: [], False: []}
        for j, output in self.output.items():
            one = self.park.processes[j]
            if one.is_undivided:
                continue
            value = float(self.frame.process_factors[j, self.start])
            known = self.base.process_factors.get(j)
            factor = column_of(known, self.start) if known is not None else term(value)
            amount = output * structure if self.movable(one.sector) else output
            quantity = amount * factor * left[self.made_by[j]] if self.frame.is_technical[j] else amount * factor
            labels = self.labels(one.sector, one.name, ("emissions", "排放"), "tCO2")
            parts[bool(self.frame.is_technical[j])].append(self.sheet.formula(labels, quantity))
        return total(parts[True]), total(parts[False])

    def _undivided(self) -> Term:
        """Write emissions not split by carrier: structure acts on all, other measures on those of burnt fuel."""
        structure, intensity = self.whole
        parts: list[Term] = []
        for j, output in self.output.items():
            one = self.park.processes[j]
            if one.is_undivided:
                amount = output * structure
                amount = amount * intensity * self._fuel_left(one.sector) if one.name == "undivided_fuel" else amount
                labels = self.labels(one.sector, one.name, ("emissions", "排放"), "tCO2")
                parts.append(self.sheet.formula(labels, amount))
        return total(parts)

    def _fuel_left(self, s: int) -> Term:
        """Write the share of a sector's fuel, not split by carrier, left by substitutions, use by use."""
        sectors, library, parts = self.frame.assumptions.sectors, self.frame.assumptions.carriers, []
        for use, part in sectors.uses_in(self.park, s, "undivided_fuel", "undivided_fuel").items():
            left = term(part)
            for measure, values in self.measures("mix"):
                if batches.replaces_all_fuel(measure.lever, library) and measure.lever.reaches(self.kinds[s], use):
                    left = left * (1.0 - measure.lever.acts.share(values))
            parts.append(left)
        return total(parts)

    def _captured(
        self, energy: dict[Cell, Term], emitted: dict[Cell, Term], technical: Term, found: dict[str, Term]
    ) -> None:
        """Write captured tonnes and the emissions of capture energy at the path's own mean factors."""
        page, groups, nothing = self.sheet, self.frame.groups, term(0.0)
        measures = self.measures("capture")
        if not measures:
            return
        power = total(e for (_, c), e in energy.items() if groups[c] in batches.POWER)
        grid = term(float(self.frame.grid_factors[0, self.start])) * self.grid
        labels = self.labels(-1, "", ("mean factor of purchased power", "外购电力平均因子"), "tCO2/TJ")
        of_power = page.formula(labels, ratio(found["electricity"], power, grid))
        direct = total(found[group] for group in FUELS)
        burnt = total(e for (_, c), e in energy.items() if groups[c] in batches.BURNT)
        labels = self.labels(-1, "", ("mean factor of burnt energy", "燃烧能源平均因子"), "tCO2/TJ")
        otherwise = page.number(labels, batches.NATURAL_GAS) if self.park.is_undivided else of_power
        of_heat = page.formula(labels, ratio(direct, burnt, otherwise))
        taken, heat, electricity = nothing, nothing, nothing
        most = None if self.ceiling is None else page.inputs(
            self.labels(-1, "", ("ceiling of capture", "捕集量上限"), "tCO2"), self.ceiling[:, 0]
        )  # fmt: skip
        for measure, values in measures:
            acts, takes = measure.lever.acts, measure.lever.takes_from
            stacks = total(e for (s, c), e in emitted.items() if groups[c] in takes and self.movable(s))
            labels = self.labels(-1, "", ("can be captured", "可捕集量"), "tCO2")
            there = page.formula(labels, np.maximum(stacks + technical - taken, 0.0))
            labels = self.labels(-1, "", ("captured", "捕集量"), "tCO2")
            caught = acts.captured(there, values)
            caught = page.formula(labels, caught if most is None else np.minimum(caught, most - taken))
            taken = taken + caught
            heat = heat + acts.heat(caught, values) * of_heat
            electricity = electricity + acts.electricity(caught, values) * of_power
        found["captured"] = self._source("captured", nothing - taken)
        found["capture_heat"] = self._source("capture_heat", heat)
        found["capture_electricity"] = self._source("capture_electricity", electricity)

    def _totals(self, found: dict[str, Term]) -> Term:
        """Write scopes, total, sinks and net, with the engine's total for comparison."""
        page, bought = self.sheet, ("electricity", "heat", "capture_electricity")
        page.write(self.say("Totals", "合计"), "section")
        ones = [one for name, one in found.items() if name not in bought]
        twos = [one for name, one in found.items() if name in bought]
        scope_1 = page.formula(self.labels(-1, "", ("scope 1", "范围一"), "tCO2"), total(ones), "sum")
        scope_2 = page.formula(self.labels(-1, "", ("scope 2", "范围二"), "tCO2"), total(twos), "sum")
        whole = page.formula(self.labels(-1, "", ("total", "合计"), "tCO2"), scope_1 + scope_2, "sum")
        self.totals, self.total_row = whole, page.row - 1
        grown = term(1.0)
        for measure, values in self.measures(SINKS):
            grown = grown * (measure.lever.acts.added(values) + 1.0)
        start = page.number(
            self.labels(-1, "", ("sinks of the last observed year", "末观测年碳汇"), "tCO2"),
            float(self.frame.sinks[-1]),
        )
        sinks = page.formula(self.labels(-1, "", ("sinks", "碳汇"), "tCO2"), start * grown)
        page.formula(self.labels(-1, "", ("total less sinks", "合计扣除碳汇"), "tCO2"), whole - sinks)
        engine = self.ours.total()[0, 0, self.start :]
        ours = page.inputs(self.labels(-1, "", ("total of the program", "程序的合计"), "tCO2"), engine)
        difference = (whole - ours) / ours
        page.formula(self.labels(-1, "", ("relative difference", "相对差"), "1"), difference, "small")
        net = (self.ours.total() - self.ours.memo_items["sinks"])[0, 0, self.start :]
        is_net = np.allclose(net, whole.values - sinks.values, rtol=TOLERANCE)
        if np.abs(difference.values).max() > TOLERANCE or not is_net:
            raise PathwayError(
                f"{self.park.park_id}: the audit workbook does not reproduce the emissions of the package"
                f" (by {np.abs(difference.values).max():.1e}): it cannot represent something in this park"
            )
        return difference
