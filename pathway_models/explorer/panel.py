"""The explorer's page: sliders on the left, the answer and the picture on the right, saving below.

Each lever has a slider for its setting and one for the years in which it phases in.  Levers as set are saved to a
scenario file that a run can take.  The page opens from a notebook, from the command line, or by its address.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qs

import ipywidgets as widgets
import yaml

from pathway_models.core.errors import PathwayError, ScenarioError
from pathway_models.decisions.tables import family_name, money_text, option_name
from pathway_models.documents.markup import html
from pathway_models.explorer.evaluation import Choice, Exploration, View
from pathway_models.explorer.figures import Picture
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.costs import read_costs
from pathway_models.intake.library import read_levers, read_scenarios
from pathway_models.intake.names import park_name
from pathway_models.intake.parks import read_park
from pathway_models.intake.register import read_register
from pathway_models.language.rounding import share_text
from pathway_models.language.words import say
from pathway_models.peaks.sentences import peak, probability
from pathway_models.records.levers import FAMILIES, Lever, Measure, Scenario

OFF = "off"
#: Years that a ramp can take on the sliders.
FIRST_YEAR, LAST_YEAR = 2020, 2060
#: First line of a file of ours; one without it is somebody's own and is left alone.
HEADER = "# Scenarios saved from the explorer; the form is that of data/scenarios.yml."
SCENARIO_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: The scenario without levers that a saved one is compared with.
REFERENCE = {"name_en": "Business as usual", "name_zh": "惯常情景", "description": "No lever is moved."}
#: Name a package has until it is saved.
UNSAVED = "as_set"
#: Wishes of the command line, handed to the notebook's kernel as JSON.
WISHES = "PATHWAYS_EXPLORE"


class LeverControl:
    """One lever: off or one of its settings, and its years.

    Parameters
    ----------
    lever : Lever
    lang : {"en", "zh"}
    changed : callable
        Called without arguments after every change.
    """

    def __init__(self, lever: Lever, lang: str, changed: Callable[[], None]) -> None:
        self.lever = lever
        options = [(say(lang, en="off", zh="关"), OFF)]
        options += [(option_name(name, lang), name) for name in lever.settings]
        name = lever.name_zh if lang == "zh" else lever.name_en
        wide = {"description_width": "295px"}
        self.setting = widgets.SelectionSlider(
            options=options,
            value=OFF,
            description=name,
            style=wide,
            layout={"width": "450px"},
            tooltip=lever.note or name,
        )
        self.years = widgets.IntRangeSlider(
            value=(lever.ramp.start, lever.ramp.complete),
            min=FIRST_YEAR,
            max=LAST_YEAR,
            readout_format="d",
            layout={"width": "225px"},
            tooltip=say(lang, en="last year without effect, first year with the full effect", zh="起始年与完全见效年"),
        )
        self.row = widgets.HBox([self.setting, self.years])
        for slider in (self.setting, self.years):
            slider.observe(lambda change: changed(), names="value")

    def choice(self) -> Choice | None:
        """Read the sliders of the lever; None when it is off."""
        if self.setting.value == OFF:
            return None
        start, complete = self.years.value
        # A ramp takes a year at least: both knobs on one year mean the year after.
        return Choice(self.setting.value, start, max(complete, start + self.lever.ramp.delay_years + 1))

    def put(self, measure: Measure | None) -> None:
        """Show a measure of a scenario; None is off, with the lever's own years."""
        ramp = self.lever.ramp if measure is None else measure.ramp
        self.setting.value = OFF if measure is None else measure.setting
        self.years.value = (max(ramp.start, FIRST_YEAR), min(ramp.complete, LAST_YEAR))


class LeverControls:
    """All levers, by family."""

    def __init__(self, levers: Mapping[str, Lever], lang: str, changed: Callable[[], None]) -> None:
        self.controls = {lever_id: LeverControl(lever, lang, changed) for lever_id, lever in levers.items()}
        rows: list[widgets.Widget] = []
        for family in FAMILIES:
            own = [control.row for control in self.controls.values() if control.lever.family == family]
            if own:
                rows += [widgets.HTML(html("<b>{family}</b>", family=family_name(family, lang))), *own]
        self.box = widgets.VBox(rows)

    def choices(self) -> dict[str, Choice]:
        """Read the levers that are not off."""
        return {name: choice for name, control in self.controls.items() if (choice := control.choice()) is not None}

    def put(self, measures: Iterable[Measure]) -> None:
        """Show the measures of a scenario, all other levers off."""
        given = {measure.lever.lever_id: measure for measure in measures}
        for lever_id, control in self.controls.items():
            control.put(given.get(lever_id))


def save_scenario(path: str | Path, scenario: Scenario) -> Path:
    """Add a scenario to a file of saved ones, in the place of one of the same id.

    Parameters
    ----------
    path : str or Path
        Made if it is not there; written whole or not at all.
    scenario : Scenario

    Returns
    -------
    Path

    Raises
    ------
    ScenarioError
        The id is not a plain word or belongs to a shipped scenario, or the file is not one of ours.
    InputError
        The file can no longer be read.
    """
    path, name = Path(path), scenario.scenario_id
    if not SCENARIO_ID.fullmatch(name):
        raise ScenarioError(f"{name!r}: expected small letters, digits and _ beginning with a letter, at most 40")
    shipped = read_scenarios()
    if name in shipped:
        raise ScenarioError(f"{name!r} is a shipped scenario: choose another name")
    kept: dict[str, object] = {next(iter(shipped)): REFERENCE}
    if path.exists():
        text = path.read_text(encoding="utf-8")
        if not text.startswith(HEADER):
            raise ScenarioError(f"{path.name} was not made by the explorer and is left as it is: name another file")
        read_scenarios(path)
        kept = yaml.safe_load(text)["scenarios"]
    kept[name] = entry_of(scenario)
    body = yaml.safe_dump({"scenarios": kept}, allow_unicode=True, sort_keys=False, width=120)
    partial = path.with_name(path.name + ".partial")
    # A link that somebody has put there must not lead the writing to another file.
    partial.unlink(missing_ok=True)
    with partial.open("x", encoding="utf-8") as file:
        file.write(f"{HEADER}\n{body}")
    read_scenarios(partial)  # a file that a run would refuse never replaces a good one
    return partial.replace(path)


def entry_of(scenario: Scenario) -> dict[str, object]:
    """Convert a scenario to an entry of a scenario file."""
    levers = {
        m.lever.lever_id: {"setting": m.setting, "start": m.ramp.start, "complete": m.ramp.complete}
        for m in scenario.measures
    }
    return {"name_en": scenario.name_en, "name_zh": scenario.name_zh, "levers": levers}


def run_command(park: str, path: str | Path, scenario_id: str) -> str:
    """Write the command that runs a park under a saved scenario and under the one without levers."""
    words = ["pathways", "run", park, "--scenario-file", str(path), "--scenarios", next(iter(read_scenarios()))]
    return shlex.join([*words, scenario_id])


class Explorer:
    """A park's levers to be moved by hand.

    Parameters
    ----------
    park : str
        Id of the register, or the path of a table.
    scenario_file : str or Path
        Where scenarios are saved, and found again after a reload.
    before : int
        Year before which emissions shall peak.
    probability : float
        Asked for, over all members.
    members, seed, until : int
        As for `sample`.
    as_of : int, optional
        Issue year; the present year by default.
    lang : {"en", "zh"}

    Raises
    ------
    InputError, PathwayError
        The park or the file of saved scenarios cannot be read.
    """

    def __init__(
        self,
        park: str,
        scenario_file: str | Path = "my_scenarios.yml",
        *,
        before: int = 2030,
        probability: float = 0.7,
        members: int = 500,
        seed: int = 20240401,
        until: int = 2060,
        as_of: int | None = None,
        lang: str = "en",
    ) -> None:
        self.lang, self.file, self._park_id = lang, Path(scenario_file), park
        assumed = read_assumptions(as_of)
        self._given = {"members": members, "seed": seed, "until": until, "assumptions": assumed}
        self._levers, self._costs, self._busy = read_levers(), read_costs(), True
        say_ = {"style": {"description_width": "295px"}, "layout": {"width": "580px"}}
        self.park = widgets.Dropdown(
            options=self._parks(), value=park, description=say(lang, en="park", zh="园区"), **say_
        )
        self.before = widgets.IntSlider(
            before, 2025, 2050, description=say(lang, en="shall peak before", zh="应在此年前达峰"), **say_
        )
        self.probability = widgets.FloatSlider(
            probability, min=0.5, max=0.95, step=0.05, readout_format=".0%",
            description=say(lang, en="with a probability of", zh="要求的概率"), **say_,
        )  # fmt: skip
        self.start = widgets.Dropdown(
            options=self._starts(), value="", description=say(lang, en="start from", zh="起点情景"), **say_
        )
        self.levers = LeverControls(self._levers, lang, self._redraw)
        self.answer, self.image, self.pace = widgets.HTML(), widgets.Image(format="png"), widgets.HTML()
        self.name = widgets.Text(value="my_scenario", description=say(lang, en="name", zh="情景名"))
        self.save = widgets.Button(
            description=say(lang, en="save as scenario", zh="保存为情景"), button_style="primary"
        )
        self.told = widgets.HTML()
        self._open(park)
        self._listen()
        self.box = self._page()

    def _parks(self) -> list[tuple[str, str]]:
        known = [(park_name(entry, self.lang), entry.park_id) for entry in read_register() if entry.has_data]
        own = self._park_id not in [park_id for _, park_id in known]
        return [*known, (self._park_id, self._park_id)] if own else known

    def _scenarios(self) -> dict[str, Scenario]:
        """Read the shipped scenarios and those saved so far."""
        return {**read_scenarios(), **(read_scenarios(self.file) if self.file.exists() else {})}

    def _starts(self) -> list[tuple[str, str]]:
        known = self._scenarios().items()
        return [("-", ""), *((one.name_zh if self.lang == "zh" else one.name_en, key) for key, one in known)]

    def _open(self, park: str) -> None:
        self._busy = True
        self.exploration = Exploration(read_park(park), self._levers, self._costs, **self._given)
        self.picture = Picture(self.exploration, self.lang)
        self._busy = False
        self._redraw()

    def _listen(self) -> None:
        self.park.observe(lambda change: self._open(change["new"]), names="value")
        self.start.observe(lambda change: self._begin(change["new"]), names="value")
        for control in (self.before, self.probability):
            control.observe(lambda change: self._redraw(), names="value")
        self.save.on_click(lambda button: self._save())

    def _begin(self, scenario_id: str) -> None:
        """Set all sliders to those of a scenario, and draw once."""
        if not scenario_id:
            return
        self._busy = True
        self.levers.put(self._scenarios()[scenario_id].measures)
        self._busy = False
        self._redraw()

    def scenario(self, scenario_id: str = UNSAVED) -> Scenario:
        """Turn the levers as they are set into a scenario."""
        return self.exploration.scenario(scenario_id, self.levers.choices())

    def _redraw(self) -> None:
        if self._busy:
            return
        begin = time.perf_counter()
        self.view = self.exploration.view(self.scenario())
        self.image.value = self.picture.draw(self.view, self.before.value)
        self.answer.value = self._answer(self.view)
        took = 1000 * (time.perf_counter() - begin)
        text = say(
            self.lang,
            en="<small>{members} members, drawn in <span class='pace'>{took:.0f}</span> ms</small>",
            zh="<small>{members}次模拟，用时<span class='pace'>{took:.0f}</span>毫秒</small>",
        )
        self.pace.value = html(text, members=self.view.peaks.members, took=took)

    def _answer(self, view: View) -> str:
        """Answer in words: the peak year, its probability against the one asked for, the cost."""
        before, asked = self.before.value, self.probability.value
        early = view.p_before(before)
        reached, wanted = share_text(early, self.lang), share_text(asked, self.lang)
        enough = early >= asked
        early_text = say(
            self.lang,
            en="<b>{reached}</b> of members peak before {before}; asked for: {wanted}. <b>{verdict}</b>",
            zh="<b>{reached}</b>的模拟结果在{before}年前达峰；要求{wanted}：<b>{verdict}</b>。",
        )
        verdict = say(self.lang, en="Reached." if enough else "Not reached.", zh="达到" if enough else "未达到")
        given = {"lang": self.lang}
        told = (probability(view.peaks, UNSAVED, before=before, **given), peak(view.peaks, UNSAVED, **given))
        headline, peak_text = (text.replace(f"{UNSAVED}: ", "").replace(f"{UNSAVED}：", "") for text in told)
        return html(
            "<div class='pathways-answer'>{headline}<br>{early}<br>{peak}<br>{cost}</div>",
            headline=headline,
            peak=peak_text,
            early=html(early_text, reached=reached, before=before, wanted=wanted, verdict=verdict),
            cost=self._cost(view),
        )

    def _cost(self, view: View) -> str:
        known = money_text(view.cost, self.lang)
        if view.cost < 0:
            known += say(
                self.lang, en=" (less than zero: energy saved is worth more)", zh="（为负：节省的能源价值更高）"
            )
        names = [self._levers[one].name_zh if self.lang == "zh" else self._levers[one].name_en for one in view.unknown]
        if not names:
            return say(self.lang, en=f"Cost a year: {known}.", zh=f"年成本：{known}。")
        listed = say(self.lang, en=", ", zh="、").join(names)
        return say(
            self.lang,
            en=f"Known part of the yearly cost: {known}. Cost not known: {listed}.",
            zh=f"年成本已知部分：{known}。成本未知：{listed}。",
        )

    def _save(self) -> None:
        try:
            path = save_scenario(self.file, self.scenario(self.name.value.strip()))
        except PathwayError as error:
            self.told.value = html("<span class='refused' style='color:#A00040'>{error}</span>", error=error)
            return
        text = say(
            self.lang,
            en="Saved to {path}. Run this: <code class='command'>{command}</code>",
            zh="已保存到{path}。运行命令：<code class='command'>{command}</code>",
        )
        command = run_command(self.park.value, path, self.name.value.strip())
        self.told.value = html(text, path=path, command=command)
        self._busy = True
        self.start.options = self._starts()
        self._busy = False

    def _page(self) -> widgets.VBox:
        left = widgets.VBox([self.park, self.before, self.probability, self.start, self.levers.box])
        right = widgets.VBox([self.answer, self.image, self.pace, widgets.HBox([self.name, self.save]), self.told])
        left.layout.width, right.layout.width = "740px", "900px"
        row = widgets.HBox([left, right])
        row.layout.flex_flow = "row wrap"
        return widgets.VBox([row])


def explore(park: str, scenario_file: str | Path = "my_scenarios.yml", **given: object) -> Explorer:
    """Open the explorer; show its ``box``.

    Wishes of the command line go before the arguments, and a park named in the address of a page
    (``?park=region-d``) before both: an address opens parks of the register only, never a file.

    Parameters
    ----------
    park, scenario_file, **given
        As for `Explorer`.
    """
    wishes = {"park": park, "scenario_file": str(scenario_file), **given}
    wishes |= json.loads(os.environ.get(WISHES, "{}"))
    asked = parse_qs(os.environ.get("QUERY_STRING", "")).get("park", [""])[0]
    if asked in [entry.park_id for entry in read_register() if entry.has_data]:
        wishes["park"] = asked
    return Explorer(**wishes)
