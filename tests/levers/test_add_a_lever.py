"""The recipes "Add a lever" and "Add an action" of CONTRIBUTING.md, carried out; only what they name is touched."""

import importlib.util
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import reports
from builders import BAU, as_stated, coal_park, lever, mixed_park, quiet, scenario
from click.testing import CliRunner
from data_reading import DATA, ROOT
from office import formulas_of, values_of, worked_out_anew

import pathway_models as pw
from pathway_models.core.errors import InputError, RecordError
from pathway_models.decisions.command import decide_command
from pathway_models.decisions.package_cost import package_cost
from pathway_models.decisions.sensitivity import Ensemble
from pathway_models.intake.costs import read_costs
from pathway_models.levers import ACTIONS, register
from pathway_models.levers.action import CO2, ENERGY, PARTS, SHARE, SINKS, Label, Parameter, Scaling
from pathway_models.levers.capture import Capture
from pathway_models.levers.grow_sinks import GrowSinks
from pathway_models.levers.retire_activity import RetireActivity
from pathway_models.levers.substitute import Substitute
from pathway_models.records.costs import Amount, LeverCost
from pathway_models.records.levers import Triangle
from pathway_models.report.audit_formulas import Term
from pathway_models.report.audit_workbook import to_xlsx

#: Entry of a lever library: a lever whose action is shipped.
LEVER = """
  compressed_air:
    family: efficiency
    name_en: Compressed air without leaks
    name_zh: 压缩空气治漏
    action: reduce_intensity
    ramp: {shape: linear, start: 2024, complete: 2030}
    parameters:
      reduction: {unit: share of energy per activity, source: "ASSUME: leaks found and closed"}
    settings:
      moderate: {reduction: {low: 0.01, mode: 0.02, high: 0.03}}
      strong: {reduction: {low: 0.02, mode: 0.04, high: 0.06}}
"""
SCENARIO = """
  air:
    name_en: Compressed air
    name_zh: 压缩空气
    levers: {compressed_air: strong, electrification: strong}
"""
COST = """
  compressed_air:
    running:
      - {low: 1, mode: 2, high: 3, unit: CNY/GJ, price_year: 2024, confidence: assumed, source: "ASSUME: surveys"}
"""
#: A file of ``pathway_models/levers``, as the recipe asks for it; its formula has a function of a spreadsheet.
ACTION = '''
"""Recover heat: waste heat takes the place of energy, up to what there is of it."""

from __future__ import annotations

import numpy as np

from pathway_models.levers.action import ENERGY, SHARE, Label, Parameter, Scaling, Value, Values


class RecoverHeat(Scaling):
    """Energy falls by what plants recover, at most by the waste heat there is."""

    name = "recover_heat"
    label = Label("recover heat", "余热回收")
    part = "intensity"
    parameters = (
        Parameter("potential", SHARE, Label("waste heat there is", "余热潜力"), most=1.0),
        Parameter("installed", SHARE, Label("heat that plants are built for", "装机份额"), most=1.0, is_size=True),
    )
    counted = Label("heat recovered", "回收的热量")
    counted_unit = ENERGY

    def left(self, at: Values) -> Value:
        """Factor left on energy."""
        return 1.0 - np.minimum(at["potential"], at["installed"] * at["phase"])
'''
OF_ACTION = """
levers:
  heat_exchangers:
    family: efficiency
    name_en: Heat exchangers
    name_zh: 换热网络
    action: recover_heat
    ramp: {shape: step, start: 2021, complete: 2022}
    parameters:
      potential: {unit: share of energy, low: 0.15, mode: 0.15, high: 0.15, source: "ASSUME: made for a test"}
      installed: {unit: share of energy, source: "ASSUME: made for a test"}
    settings:
      moderate: {installed: {low: 0.04, mode: 0.05, high: 0.06}}
      strong: {installed: {low: 0.3, mode: 0.3, high: 0.3}}
"""


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A data folder to which a lever, its cost and a scenario with it have been added, and nothing else."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("raw", "hindcasts", "iamc"))
    for name, entry in (("levers.yml", LEVER), ("scenarios.yml", SCENARIO), ("costs.yml", COST)):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").rstrip() + "\n" + entry.lstrip("\n"), encoding="utf-8")
    monkeypatch.setenv("PATHWAY_DATA", str(folder))
    return folder


@pytest.fixture
def kept_register():
    """Actions of a test are gone after it."""
    before = dict(ACTIONS)
    yield
    ACTIONS.clear()
    ACTIONS.update(before)


@pytest.fixture
def recover_heat(tmp_path, kept_register):
    """The action of a file written here, in the register; levers that use it."""
    path = tmp_path / "recover_heat.py"
    path.write_text(ACTION.lstrip("\n"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("recover_heat", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    register(module.RecoverHeat)
    (tmp_path / "levers.yml").write_text(OF_ACTION, encoding="utf-8")
    return pw.read_levers(tmp_path / "levers.yml")["heat_exchangers"]


def workbook(park, tried, given="demo-steel"):
    """The audit workbook of a scenario; refused where it comes to other emissions than the engine."""
    draws = pw.sample(park, [tried], members=5, seed=reports.SEED)
    manifest = reports.manifest([tried.scenario_id])
    on = reports.gather(park, {tried.scenario_id: tried}, pw.project(park, [tried], draws), manifest, lang="en")
    return to_xlsx(on, given)


# --- a lever: data only


def test_a_lever_is_data_only(library):
    """Projected, priced, chosen from, explained and written out, in the order of the command line."""
    park, found = pw.read_park("demo-electronics"), pw.read_scenarios()
    tried = found["air"]
    draws = pw.sample(park, found.pick(["bau", "air"]), members=30, seed=reports.SEED)
    before, after = pw.project(park, found.pick(["bau", "air"]), draws).total()
    assert (after[:, -1] < before[:, -1]).all()
    cost = package_cost(park, tried, draws, read_costs())
    assert cost.levers["compressed_air"][:, -1].min() > 0
    assert "compressed_air" not in cost.unknown
    shares = pw.attribute(park, tried, draws, by="lever").table(year=2035)
    assert {row["player"] for row in shares} >= {"compressed_air", "electrification"}
    labels = [one.label_zh for one in Ensemble(park, tried).inputs]
    assert "压缩空气治漏：力度" in labels
    words = ["demo-electronics", "--before", "2045", "--probability", "0.2", "--members", "20", "--fresh", "0"]
    done = CliRunner().invoke(decide_command, [*words, "--by", "family", "--format", "json"])
    assert done.exit_code in (0, 1), done.output
    assert "compressed_air" not in json.loads(done.output)["cost_not_known"]
    rows = list(values_of(workbook(park, tried, "demo-electronics"))["levers"].iter_rows(values_only=True))
    assert any("Compressed air without leaks" in str(row[0]) for row in rows)


def test_a_lever_of_an_action_that_is_not_there_or_states_percent_is_refused_by_line(library):
    path = library / "levers.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("action: capture", "action: teleport"), encoding="utf-8")
    with pytest.raises(InputError, match=r"levers\.ccus.*action 'teleport' is not one of \(.*'replace_activity'"):
        pw.read_levers()
    path.write_text(text.replace("unit: GJ/tCO2", "unit: kWh/tCO2", 1), encoding="utf-8")
    with pytest.raises(InputError, match="expected the unit GJ/tCO2, got kWh/tCO2"):
        pw.read_levers()
    path.write_text(text.replace("unit: share of coal for heat", "unit: percent of coal for heat"), encoding="utf-8")
    with pytest.raises(InputError, match="expected the unit share, got percent of coal for heat"):
        pw.read_levers()


# --- an action: one file and data


def test_an_action_is_one_file_and_data(recover_heat):
    """By hand: 1,000 TJ of coal, waste heat of 15 %, plants for 30 %; CNY 20 a GJ recovered."""
    park, tried = coal_park(), scenario((recover_heat, "strong"))
    draws = quiet(pw.sample(park, [BAU, tried], members=4, seed=1, assumptions=as_stated()))
    before, after = pw.project(park, [BAU, tried], draws).total()
    np.testing.assert_allclose(after[:, 7:], 0.85 * before[:, 7:])
    np.testing.assert_array_equal(pw.survey(park, [tried], draws).cumulative[0], after[:, 6:].sum(axis=-1))
    amount = Amount(((0, Triangle(0.02, 0.02, 0.02)),), "million CNY/TJ", "20 CNY/GJ", "invented", "invented")
    costs = read_costs().with_lever("heat_exchangers", LeverCost(running=(amount,)))
    cost = package_cost(park, tried, draws, costs)
    saved = (before[:, 7:] - after[:, 7:]) / 90.0
    np.testing.assert_allclose(cost.quantities["heat_exchangers"][:, 1:], saved)
    np.testing.assert_allclose(cost.levers["heat_exchangers"][:, 1:], 0.02 * saved)
    assert cost.unknown == {}
    grid = pw.lever_grid({"heat_exchangers": recover_heat})
    found = pw.cheapest_package(park, 2035, 0.01, grid=grid, costs=costs, members=60, fresh=0)
    assert found.best is not None
    curve = pw.abatement_costs(park, tried, draws, costs).table()
    assert curve[0]["lever"] == "heat_exchangers"
    uncertain = Ensemble(park, scenario((recover_heat, "moderate"))).inputs
    assert "Heat exchangers: size" in [one.label_en for one in uncertain]


@pytest.mark.slow
def test_the_workbook_of_a_new_action_comes_to_the_numbers_of_the_engine(recover_heat, tmp_path):
    levers = pw.read_levers()
    tried = scenario((recover_heat, "strong"), (levers["electrification"], "strong"), (levers["ccus"], "strong"))
    content = workbook(pw.read_park("demo-steel"), tried)
    formulas = formulas_of(content)
    assert any("MIN(" in text and name == "levers" for (name, _), text in formulas.items())
    anew, ours = values_of(worked_out_anew(content, tmp_path)), values_of(content)
    for name, place in formulas:
        theirs, stored = anew[name][place].value, ours[name][place].value
        assert theirs == pytest.approx(stored, rel=1e-9, abs=1e-9), f"{name}!{place} = {formulas[name, place]}"


class HalfRetire(RetireActivity):
    """Closes half of what it says."""

    name = "half_retire"

    def left(self, at):
        return 1.0 - at["share"] * at["phase"] / 2.0

    def counted_share(self, at):
        return at["share"] * at["phase"] / 2.0


class PoweredProcess(Scaling):
    """Leaves a power of what is left."""

    name = "powered_process"
    label = Label("power of a process", "工艺乘方")
    part = "process"
    parameters = (Parameter("reduction", SHARE, Label("reduction", "降幅"), most=1.0, is_size=True),)
    counted = Label("process emissions avoided", "避免的过程排放")
    counted_unit = CO2

    def left(self, at):
        return (1.0 - at["reduction"] * at["phase"]) ** 2.0


class CappedSubstitute(Substitute):
    """Replaces no more than a tenth."""

    name = "capped_substitute"

    def share(self, at):
        return np.minimum(at["share"] * at["phase"], 0.1)


class LeakyCapture(Capture):
    """Loses a tenth of what it takes."""

    name = "leaky_capture"

    def captured(self, capturable, at):
        return super().captured(capturable, at) * 0.9


class RootedSinks(GrowSinks):
    """Adds the root of what it says."""

    name = "rooted_sinks"

    def added(self, at):
        return np.sqrt(at["area_growth"] * at["phase"])


OWN = {
    HalfRetire: ({"share": 0.2}, "structure", {}),
    PoweredProcess: ({"reduction": 0.3}, "process", {}),
    CappedSubstitute: (
        {"share": 0.5, "energy_ratio": 0.9},
        "substitution",
        {"takes_from": ("coal",), "gives_to": {"natural_gas": 1.0}},
    ),
    LeakyCapture: (
        {"equipped_share": 0.5, "capture_rate": 0.8, "heat_penalty": 3.0, "electricity_penalty": 0.4,
         "stored_share": 1.0}, "ccus", {"takes_from": ("coal",)}),
    RootedSinks: ({"area_growth": 0.25}, "sinks", {}),
}  # fmt: skip


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
def test_an_action_of_ones_own_works_on_every_part_of_the_account(kind, kept_register):
    """The parent at the setting that comes to the same, where there is one; and the workbook follows each."""
    register(kind)
    values, family, more = OWN[kind]
    park = replace(mixed_park(), kind="park")
    tried = scenario(replace(lever(kind.name, values, family=family, **more), lever_id="own"))
    same = {
        HalfRetire: ("retire_activity", {"share": 0.1}),
        PoweredProcess: ("reduce_process", {"reduction": 0.51}),
        CappedSubstitute: ("substitute", {**values, "share": 0.1}),
        LeakyCapture: ("capture", {**values, "capture_rate": 0.72}),
        RootedSinks: ("grow_sinks", {"area_growth": 0.5}),
    }[kind]
    twin = scenario(replace(lever(*same, family=family, **more), lever_id="own"), scenario_id="shipped")
    draws = pw.sample(park, [tried, twin], members=6, seed=3)
    found = pw.project(park, [tried, twin], draws)
    for array in (found.emissions, *found.memo_items.values()):
        np.testing.assert_allclose(array[0], array[1], rtol=1e-12)
    workbook(park, tried)


def test_every_part_of_the_account_is_tried_here():
    parts = {kind.part for kind in OWN} | {"intensity"}
    assert parts == {*PARTS, SINKS}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"part": "weather"}, "part 'weather' is not one of"),
        ({"part": "mix"}, "an action on mix derives from Replacing"),
        ({"counted": None}, "counted missing"),
    ],
)
def test_an_action_that_does_not_keep_the_protocol_is_refused(changed, message, kept_register):
    told = {"name": "n", "label": Label("a", "b"), "part": "intensity", "parameters": (), "counted": Label("a", "b"),
            "counted_unit": ENERGY, "left": lambda self, at: 1.0} | changed  # fmt: skip
    kind = type("Tried", (Scaling,), {name: value for name, value in told.items() if value is not None})
    with pytest.raises(RecordError, match=message):
        register(kind)
    with pytest.raises(RecordError, match="left missing"):
        register(type("Empty", (Scaling,), {**{n: v for n, v in told.items() if n != "left"}, "part": "process",
                                            "counted": Label("a", "b")}))  # fmt: skip


def row_of(action):
    """The row of an action in docs/methods.md; its formula is what the audit workbook writes, with names for cells."""
    at = {name: Term(lambda k, here, name=name: name, np.asarray(0.5)) for name in ("phase", "x")}
    at |= {one.name: Term(lambda k, here, name=one.name: name, np.asarray(0.5)) for one in action.parameters}
    given = {"structure": ("left",), "intensity": ("left",), "process": ("left",), "mix": ("share", "ratio"),
             "capture": ("captured", "stored", "heat", "electricity"), "sinks": ("added",)}[action.part]  # fmt: skip
    work = [(name, getattr(action, name)) for name in given]
    terms = [(name, work(at["x"], at) if action.part == "capture" else work(at)) for name, work in work]
    formulas = "; ".join(f"`{name} = {one.text(0, '').replace('phase', 'p')}`" for name, one in terms)
    parameters = ", ".join(f"`{one.name}` ({one.unit}, {one.limits})" for one in action.parameters)
    parameters = parameters.replace("from 0 to 1", "0-1").replace("of 0 or more", "0 or more")
    label = f"{action.label.en} {action.label.zh}"
    cells = (
        f"`{action.name}`",
        label,
        action.part,
        parameters,
        formulas,
        f"{action.counted.en}, {action.counted_unit}",
    )
    return f"| {' | '.join(cells)} |"


def test_the_page_of_methods_lists_every_action_as_it_is():
    page = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    assert [row for row in map(row_of, ACTIONS.values()) if row not in page] == []
