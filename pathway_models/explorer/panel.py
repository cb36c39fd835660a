"""The explorer's page: the answer and the picture pinned beside the levers, two packages of them side by side.

While a control is dragged a small ensemble follows; once it rests, all members do.  The page opens from a notebook,
from the command line, or by its address, which carries the levers as set.
"""

import asyncio
import json
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import ipywidgets as widgets
from markupsafe import Markup

from pathway_models.baseline.scenario_drivers import driven
from pathway_models.batch.answer_card import answer_of, card_of, what_decides, what_first
from pathway_models.cobenefits.scenarios import prepare_basis
from pathway_models.core import PathwayError
from pathway_models.core.files import PACKAGE_FOLDER, data_folder
from pathway_models.decisions.attribution import first_steps
from pathway_models.documents.markup import html
from pathway_models.documents.page_fonts import font_face
from pathway_models.engine.ensemble_summary import survey
from pathway_models.explorer import evaluation, figures
from pathway_models.explorer.controls import Choices, LeverControls, package_of, packed, under_of, unpacked
from pathway_models.explorer.files import read_run, run_command, save_scenario
from pathway_models.fleet.answers import Answer
from pathway_models.intake import assumptions, costs, library, naming, register
from pathway_models.intake.parks import read_park
from pathway_models.language import LANGUAGES, change_text, money_text, say, share_text, word
from pathway_models.records import Choice, Scenario, Step
from pathway_models.runs.store import own_files

#: Name a package has until it is saved.
UNSAVED = "as_set"
#: Environment variable with the options of the command line as JSON, for the notebook's kernel.
WISHES = "PATHWAYS_EXPLORE"
#: Members that follow a control while it is dragged.
QUICK = 500
#: Seconds without a change after which all members are evaluated.
REST = 0.4
#: Number of cached views, so that an unchanged package is not evaluated again.
KEPT = 16
#: Number of cached ensembles: growth law and drivers of two packages, full and reduced.
ENSEMBLES = 6
#: Largest height of the axes, as a multiple of the height needed.
ROOM = 1.3
#: The two packages; the second is the one that opens under the levers.
SIDES = ("a", "b")
STYLE = PACKAGE_FOLDER / "explorer" / "page" / "panel.css"

#: Levers of each package, and the scenario whose drivers apply.
State = tuple[dict[str, Choices], dict[str, str]]


class Explorer:
    """Interactive page with the levers of a park.

    Parameters
    ----------
    park : str
        Id of the register, or the path of a table.
    scenario_file : str or Path
        File of saved scenarios, read again after a reload.
    before : int
        Year before which emissions shall peak.
    probability : float
        Asked for, over all members.
    members, seed, until : int
        As for `sample`.
    as_of : int, optional
        Issue year; the present year by default.
    lang : {"en", "zh"}
    run : str or Path, optional
        Folder of a run to open on: members, seed and years are the run's, and so is the number shown.
    allow_background : bool
        Consent to pollutant factors that are background knowledge.
    state : mapping of str
        Levers of the two packages, ``a`` and ``b``, in the form of an address.
    lever_file : str or Path
        Levers of one's own, laid over the shipped ones; those of the run, where it was given some, by default.

    Raises
    ------
    InputError, PathwayError
        The park, the run, its levers or the file of saved scenarios cannot be read.
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
        run: str | Path | None = None,
        allow_background: bool = False,
        state: Mapping[str, str] | None = None,
        lever_file: str | Path = "",
    ) -> None:
        self.lang, self.file, self._own = lang, Path(scenario_file), park
        given = {"members": members, "seed": seed, "until": until, "before": before, "as_of": as_of}
        self.run = read_run(run) if run else None
        given |= {name: self.run.parameters.get(name, given[name]) for name in given} if self.run else {}
        self._given = {name: given[name] for name in ("members", "seed", "until")}
        self._given["assumptions"] = assumptions.read_assumptions(given["as_of"])
        self._file_of_levers = lever_file or (own_files(Path(run)).get("lever_file", "") if run else "")
        self._levers, self._busy = library.read_levers(self._file_of_levers or None), True
        self._costs = costs.read_costs(levers=self._levers)
        self._timer: asyncio.TimerHandle | None = None
        self._controls(park, int(given["before"]), probability, allow_background)
        self._open(park, state or {})
        self._listen()
        self.box = self._page()

    # controls ------------------------------------------------------------------------------------------------------

    def _controls(self, park: str, before: int, probability: float, allow_background: bool) -> None:
        lang = self.lang
        self.park = widgets.Dropdown(options=self._parks(), value=park, description=say(lang, en="Park", zh="园区"))
        asked = say(lang, en="Peak before", zh="达峰期限（年前）")
        self.before = widgets.BoundedIntText(before, min=2025, max=2050, description=asked)
        self.probability = widgets.FloatSlider(
            probability, min=0.5, max=0.95, step=0.05, readout_format=".0%",
            description=say(lang, en="with a probability of", zh="要求的概率"),
        )  # fmt: skip
        begin = say(lang, en="Start from", zh="起点情景")
        self.start = widgets.Dropdown(options=self._starts(), value="", description=begin)
        grow = say(lang, en="Growth, power", zh="增长与电网")
        self.growth = widgets.Dropdown(options=self._growths(), value="", description=grow)
        options, which = [("A", "a"), ("B", "b")], say(lang, en="Levers of", zh="设置方案")
        self.side = widgets.RadioButtons(options=options, value="b", orientation="horizontal", description=which)
        self.levers = LeverControls(
            self._levers, self._costs, costs.unknown_costs(self._costs, self._levers), lang, self._moved
        )
        consent = say(lang, en="pollutants with background factors", zh="污染物采用背景排放因子")
        self.background = widgets.Checkbox(allow_background, indent=False, description=consent)
        self.answer, self.facts, self.told, self.link = (widgets.HTML() for _ in range(4))
        self.image = widgets.Image(format="png")
        self.name = widgets.Text(value="my_scenario", description=say(lang, en="Name", zh="情景名"))
        texts = {
            "copy": say(lang, en="copy to the other", zh="复制到另一方案"),
            "undo": say(lang, en="undo", zh="撤销"),
            "reset": say(lang, en="reset", zh="重置"),
            "save": say(lang, en="save as scenario", zh="保存为情景"),
        }
        self.buttons = {name: widgets.Button(description=text) for name, text in texts.items()}

    def _parks(self) -> list[tuple[str, str]]:
        known = {entry.park_id: entry for entry in register.read_register() if entry.has_data}
        places = known if self._own in known else {**known, self._own: read_park(self._own)}
        return [(naming.short_name(naming.park_name(place, self.lang)), name) for name, place in places.items()]

    def _scenarios(self) -> dict[str, Scenario]:
        """Read the shipped scenarios, those that state drivers, the run's, and those saved so far."""
        levers = self._file_of_levers or None
        saved = library.read_scenarios(self.file, levers) if self.file.exists() else {}
        shipped = {**library.read_scenarios("drivers", levers), **library.read_scenarios(None, levers)}
        return {**shipped, **(self.run.scenarios if self.run else {}), **saved}

    def _stated(self) -> dict[str, Scenario]:
        """Pick the scenarios that state growth, intensity, shares or another grid."""
        return {name: one for name, one in self._scenarios().items() if under_of(one)}

    def _growths(self) -> list[tuple[str, str]]:
        own = say(self.lang, en="continuing the record", zh="延续历史记录")
        return [(own, ""), *((self._named(one), name) for name, one in self._stated().items())]

    def _named(self, scenario: Scenario) -> str:
        return scenario.name_zh if self.lang == "zh" else scenario.name_en

    def _starts(self) -> list[tuple[str, str]]:
        return [("-", ""), *((self._named(one), key) for key, one in self._scenarios().items())]

    def _listen(self) -> None:
        self.park.observe(lambda change: self._open(change["new"], {}), names="value")
        self.background.observe(lambda change: self._consent(), names="value")
        self.start.observe(lambda change: self._begin(change["new"]), names="value")
        self.growth.observe(lambda change: self._grow(change["new"]), names="value")
        self.side.observe(lambda change: self._show(), names="value")
        for control in (self.before, self.probability):
            control.observe(lambda change: self._moved(), names="value")
        for name, does in (("copy", self._copy), ("undo", self._undo), ("reset", self._reset), ("save", self._save)):
            self.buttons[name].on_click(lambda button, does=does: does())

    # opening -------------------------------------------------------------------------------------------------------

    def _open(self, park: str, state: Mapping[str, str]) -> None:
        """Open a park under the levers of an address, else on the answer of the run, else without any."""
        self.of_run = self.run.answer(park) if self.run else None
        best = self._scenarios().get(self.of_run.best_scenario) if self.of_run else None
        choices, under = package_of(best) if best else ({}, "")
        self.sides: dict[str, Choices] = {"a": {}, "b": choices}
        self.under = {"a": "", "b": under}
        self.told.value = ""
        try:
            for side in SIDES:
                if side in state:
                    self.sides[side], self.under[side] = self._unpacked(state[side])
        except PathwayError as error:
            self._refuse(error)
        self._load()
        self._past = [self._state()]
        self._show()

    def _state(self) -> State:
        return dict(self.sides), dict(self.under)

    def _load(self) -> None:
        """Draw the ensembles of the park: the small one for dragging, and the full one."""
        self._members = {False: min(self._given["members"], QUICK), True: self._given["members"]}
        self._ensemble, self._view = lru_cache(maxsize=ENSEMBLES)(self._drawn), lru_cache(maxsize=KEPT)(self._viewed)
        self._advice = lru_cache(maxsize=KEPT)(self._advised)
        self.whole = self._ensemble(self._members[True], "")
        self.picture = figures.Picture(self.whole, self.lang)
        self.levers.tell({step.lever: step for step in self._advice(self.before.value)[1]}, self.lang)

    def _drawn(self, members: int, under: str) -> evaluation.Exploration:
        """Draw an ensemble under the growth and the grid that a scenario states, or none.

        Raises
        ------
        PathwayError
            The park lacks a quantity that the scenario drives.
        """
        consent, park = self.background.value, read_park(self.park.value)
        given = {
            **self._given,
            "members": members,
            "prepare": lambda *drawn: prepare_basis(*drawn, None, None, consent),
        }
        if under:
            given["beside"] = self._ensemble(members, "")
            park = driven(park, self._stated()[under], given["assumptions"].issue_year)
        return evaluation.Exploration(park, self._levers, self._costs, **given)

    def _advised(self, year: int) -> tuple[Answer | None, tuple[Step, ...]]:
        """Return the answer and the first steps: those of the run, else computed from the same members."""
        stored = self.run.steps(self.park.value) if self.run and self.of_run and year == self.of_run.year else None
        if stored is not None:
            return self.of_run, stored
        park, draws, scenarios = (
            self.whole.park,
            self.whole.draws,
            library.read_scenarios(None, self._file_of_levers or None),
        )
        try:
            peaks = survey(park, scenarios, draws, probabilities=(), before=year).peaks
            return answer_of(park, scenarios, peaks), first_steps(park, scenarios, draws, peaks, self._costs)
        except PathwayError:  # the target year cannot be judged for this park
            return None, ()

    # changes -------------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Put the levers of the package in question onto the controls, and draw once."""
        self._busy = True
        self.levers.put(self.sides[self.side.value])
        self.start.value, self.growth.value = "", self.under[self.side.value]
        self._busy = False
        self._settle()

    def _moved(self) -> None:
        """Follow a control with the small ensemble, and with the whole one once it rests."""
        if self._busy:
            return
        self.sides[self.side.value] = self.levers.choices()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no later call would finish
            self._settle()
            return
        self._redraw(is_whole=False)
        if self._timer:
            self._timer.cancel()
        self._timer = loop.call_later(REST, self._settle)

    def _settle(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._past[-1] != self._state():
            self._past.append(self._state())
        self._redraw(is_whole=True)

    def _begin(self, scenario_id: str) -> None:
        if scenario_id and not self._busy:
            choices, under = package_of(self._scenarios()[scenario_id])
            self.sides[self.side.value] = choices
            self._grow(under)

    def _grow(self, under: str) -> None:
        """Put the package in question under the growth and the grid that a scenario states, where the park has them."""
        if self._busy:
            return
        try:
            self._ensemble(self._members[True], under)
        except PathwayError as error:
            self._refuse(error)
        else:
            self.under[self.side.value] = under
            self.told.value = ""
        self._show()

    def _consent(self) -> None:
        self._load()
        self._show()

    def _copy(self) -> None:
        here = self.side.value
        there = SIDES[1 - SIDES.index(here)]
        self.sides[there], self.under[there] = dict(self.sides[here]), self.under[here]
        self._show()

    def _undo(self) -> None:
        if self._timer:
            self._settle()
        if len(self._past) > 1:
            self._past.pop()
        self._go_back(self._past[-1])

    def _go_back(self, state: State) -> None:
        self.sides, self.under = map(dict, state)
        self._show()

    def _reset(self) -> None:
        self._go_back(self._past[0])

    def scenario(self, scenario_id: str = UNSAVED) -> Scenario:
        """Turn the levers as they are set into a scenario."""
        here = self.side.value
        made = self.whole.scenario(scenario_id, self.sides[here])
        if not self.under[here]:
            return made
        stated = self._stated()[self.under[here]]
        return replace(made, drivers=stated.drivers, grid=stated.grid)

    def _save(self) -> None:
        try:
            path = save_scenario(self.file, self.scenario(self.name.value.strip()), self._file_of_levers)
        except PathwayError as error:
            self._refuse(error)
            return
        text = say(
            self.lang,
            en="Saved to {path}. Run this: <code class='command'>{command}</code>",
            zh="已保存到{path}。运行命令：<code class='command'>{command}</code>",
        )
        command = run_command(self.park.value, path, self.name.value.strip(), self._file_of_levers)
        self.told.value = html(text, path=path.name, command=command)
        self._busy = True
        self.start.options, self.growth.options = self._starts(), self._growths()
        self.growth.value = self.under[self.side.value]
        self._busy = False

    def _refuse(self, error: PathwayError) -> None:
        self.told.value = html("<span class='refused' style='color:#A00040'>{error}</span>", error=error)

    # what is shown -------------------------------------------------------------------------------------------------

    def _viewed(self, members: int, under: str, choices: tuple[tuple[str, Choice], ...]) -> evaluation.View:
        exploration = self._ensemble(members, under)
        return exploration.view(exploration.scenario(UNSAVED, dict(choices)))

    def _redraw(self, *, is_whole: bool) -> None:
        begin, members = time.perf_counter(), self._members[is_whole]
        self.views = {
            side: self._view(members, self.under[side], tuple(self.sides[side].items())) for side in SIDES
        }  # fmt: skip
        self.view = self.views[self.side.value]
        if is_whole:
            self._fit()
        self.image.value = self.picture.draw(self.views["b"], self.views["a"], self.before.value)
        took = 1000 * (time.perf_counter() - begin)
        notes = [*self._told(), *(self._changed_since() if is_whole else [])]
        self.answer.value = self._card(took, notes)
        # On a phone the answer stays in sight and has room for nothing else.
        self.facts.value = html("<p class='pathways-notes'>{notes}</p>", notes=" ".join(notes)) + self._facts()

    def _fit(self) -> None:
        """Redraw the axes where a package exceeds them, as under other growth, or needs far less height."""
        wanted = figures.height_of([self.whole.without, *self.views.values()])
        if not wanted <= self.picture.top <= ROOM * wanted:
            self.picture = figures.Picture(self.whole, self.lang, self.views.values())

    def _name_of(self, side: str) -> str:
        """Name a package: by the scenario it equals, else as the user's own."""
        if not self._is_set(side):
            return say(self.lang, en="No new measures", zh="无新措施")
        for one in self._scenarios().values():
            if package_of(one) == (self.sides[side], self.under[side]) and (one.measures or under_of(one)):
                return self._named(one)
        own = say(self.lang, en=f"own package {side.upper()}", zh=f"自选方案{side.upper()}")
        under = self._stated().get(self.under[side])
        return say(self.lang, en=f"{own}, {self._named(under)}", zh=f"{own}，{self._named(under)}") if under else own

    def _is_set(self, side: str) -> bool:
        """Tell whether a package has a lever or a given growth."""
        return bool(self.sides[side] or self.under[side])

    def _sentence(self) -> str:
        year, lang = self.before.value, self.lang
        a, b = (share_text(self.views[side].split(year).before, lang) for side in SIDES)
        name_a, name_b = map(self._name_of, SIDES)
        if not self._is_set("a") and not self._is_set("b"):
            return say(
                lang, en=f"Without new measures it peaks before {year} in {a} of members. Move a lever.",
                zh=f"无新措施时{year}年前达峰的概率为{a}。请调整措施。",
            )  # fmt: skip
        if not self._is_set("a"):
            return say(
                lang, en=f"Without new measures it peaks before {year} in {a} of members; with “{name_b}”, in {b}.",
                zh=f"无新措施时{year}年前达峰的概率为{a}；“{name_b}”下为{b}。",
            )  # fmt: skip
        return say(
            lang, en=f"With “{name_a}” it peaks before {year} in {a} of members; with “{name_b}”, in {b}.",
            zh=f"“{name_a}”下{year}年前达峰的概率为{a}；“{name_b}”下为{b}。",
        )  # fmt: skip

    def _told(self) -> list[str]:
        """Name the decisive lever family and the first steps, compared with no measures."""
        found, steps = self._advice(self.before.value)
        if found is None:
            return []
        first = what_first(found, steps, self.lang, most=1)
        return [say(self.lang, en=" ", zh="").join(filter(None, [what_decides(found, self.lang), first]))]

    def _card(self, took: float, notes: list[str]) -> str:
        lang, year, view = self.lang, self.before.value, self.views["b"]
        park, sentence = self.whole.park, self._sentence()
        splits = {f"{side.upper()} · {self._name_of(side)}": self.views[side].split(year) for side in SIDES}
        about = say(
            lang,
            en="Issue year {issued}; {members} members{run}; ±{error:.1f} points; <span class='pace'>{took:.0f}</span>"
            " ms. Not a forecast.",
            zh="评估年份{issued}年；模拟{members}次{run}；±{error:.1f}个百分点；"
            "<span class='pace'>{took:.0f}</span>毫秒。不是预测。",
        )
        folder = self.run.folder.name if self.run and self.of_run else ""
        run = say(lang, en=f" of run {folder}", zh=f"（批次{folder}）") if folder else ""
        shown = html(about, issued=view.peaks.issue_year, members=f"{view.peaks.members:,}", run=run, took=took,
                     error=100 * splits[next(iter(splits))].error)  # fmt: skip
        card = card_of(naming.park_name(park, lang), sentence, splits, year, lang, notes=notes, about=shown,
                       invented=naming.is_invented(park))  # fmt: skip
        address = "?" + urlencode(self._address())
        other = "?" + urlencode(self._address() | {"lang": say(lang, en="zh", zh="en")})
        self.link.value = html(
            '<a class="pathways-link" href="{address}">{label}</a> · <a href="{other}" lang="{code}">{name}</a>',
            address=address, label=say(lang, en="link to this state", zh="当前状态链接"), other=other,
            code=say(lang, en="zh-CN", zh="en"), name=say(lang, en="中文", zh="English"),
        )  # fmt: skip
        state = html(
            '<div class="pathways-answer" data-title="{title}" data-lang="{code}" data-link="{address}"'
            ' data-alt="{alt}" data-first="{first}" data-last="{last}">{card}</div>',
            title=f"{naming.park_name(park, lang)} · {say(lang, en='levers', zh='措施')}",
            code=say(lang, en="en", zh="zh-CN"),
            address=address, alt=sentence, first=say(lang, en="first year", zh="起始年"),
            last=say(lang, en="year of full effect", zh="完全见效年"), card=Markup(card),  # ours, escaped
        )  # fmt: skip
        return str(state)

    def _address(self) -> dict[str, str]:
        """Return the settings as parameters of an address, which never names a table of the user's."""
        parks = {entry.park_id for entry in register.read_register()}
        named = {"park": self.park.value} if self.park.value in parks else {}
        return {"lang": self.lang, **named, **{side: self._packed(side) for side in SIDES}}

    def _packed(self, side: str) -> str:
        """Encode a package for an address: as the id of an equal shipped scenario, else lever by lever."""
        shown, shipped = (
            (self.sides[side], self.under[side]),
            {**library.read_scenarios("drivers"), **library.read_scenarios()},
        )
        known = (name for name, one in shipped.items() if package_of(one) == shown)
        return next(known, packed(*shown)) if self._is_set(side) else ""

    def _unpacked(self, text: str) -> tuple[Choices, str]:
        shipped = {**library.read_scenarios("drivers"), **library.read_scenarios()}
        return package_of(shipped[text]) if text in shipped else unpacked(text, self._levers, self._stated())

    def _changed_since(self) -> list[str]:
        """Report shares in the run that differ from those of the ensemble now."""
        if self.run is None or self.of_run is None or self.before.value != self.of_run.year:
            return []
        told, lang, known = [], self.lang, self._scenarios()
        en, zh = "The run gave {} for “{}”, now it is {}", "运行批次中“{1}”为{0}，现为{2}"
        why = say(lang, en=": the data or the program has changed.", zh="：数据或程序已变更。")
        for name, then in self.run.shares(self.park.value).items():
            shown = package_of(known[name]) if name in known else None
            for side in [side for side in SIDES if (self.sides[side], self.under[side]) == shown][:1]:
                now = self.views[side].p_before(self.before.value)
                if abs(now - then) >= 1e-5:
                    texts = (share_text(then, lang), self._name_of(side), share_text(now, lang))
                    told.append(say(lang, en=en, zh=zh).format(*texts) + why)
        return told

    def _facts(self) -> Markup:
        """Tabulate peak year, cost, pollutants and energy of both packages."""
        lang, year = self.lang, self.whole.looked_at
        rows = [
            (say(lang, en="Peak year (90 %)", zh="达峰年（90%区间）"), lambda view: view.peaks.peak_text(0)),
            (say(lang, en="Required", zh="要求"), self._verdict),
            (say(lang, en="Cost a year", zh="年成本"), self._cost),
            (say(lang, en=f"Pollutants {year}", zh=f"污染物（{year}年）"), self._pollutants),
            (say(lang, en=f"Energy {year}", zh=f"能源结构（{year}年）"), self._energy),
        ]
        cells = [
            html("<tr><th scope='row'>{name}</th><td>{a}</td><td>{b}</td></tr>", name=name,
                 **{side: does(self.views[side]) for side in SIDES})
            for name, does in rows
        ]  # fmt: skip
        cells.insert(3, self._break_even())
        head = html("<tr><td></td><th scope='col'>A</th><th scope='col'>B</th></tr>")
        carriers = [name for name in figures.CARRIERS if any(name in view.energy for view in self.views.values())]
        key = [html('<span><b style="background:{colour}"></b>{name}</span>', colour=figures.CARRIERS[name],
                    name=word(name, lang)) for name in carriers]  # fmt: skip
        return html("<table class='pathways-facts'>{head}{rows}</table><p class='pathways-key'>{key}</p>", head=head,
                    rows=Markup("").join(cells), key=Markup(" ").join(key))  # fmt: skip

    def _verdict(self, view: evaluation.View) -> str:
        asked = self.probability.value
        enough = view.p_before(self.before.value) >= asked
        wanted = share_text(asked, self.lang)
        verdict = say(self.lang, en="reached" if enough else "not reached", zh="达到" if enough else "未达到")
        return say(self.lang, en=f"{wanted}: {verdict}", zh=f"{wanted}：{verdict}")

    def _cost(self, view: evaluation.View) -> Markup:
        names = say(self.lang, en=", ", zh="、").join(
            self._levers[one].name_zh if self.lang == "zh" else self._levers[one].name_en for one in view.unknown
        )
        count = len(view.unknown)
        more = say(self.lang, en=f", {count} unpriced", zh=f"，另{count}项无价格") if count else ""
        return html("{known}<span title='{names}'>{more}</span>", known=money_text(view.cost, self.lang), names=names,
                    more=more)  # fmt: skip

    def _break_even(self) -> Markup:
        """Write the row with the break-even cost of a package's measures without a price.

        Measures with equal setting and years cost the same in both packages; empty where there is no such cost.
        """
        for here, there in (("b", "a"), ("a", "b")):
            view, other = self.views[here], self.views[there]
            same = all(self.sides[here].get(name) == self.sides[there][name] for name in other.unknown)
            if same and len(view.unknown) > len(other.unknown) and other.cost > view.cost:
                amount, one, two = money_text(other.cost - view.cost, self.lang), here.upper(), there.upper()
                told = say(self.lang, en=f"{one} cheaper than {two} if unpriced measures cost under {amount}",
                           zh=f"{one}中无价格的措施每年低于{amount}时，{one}比{two}便宜")  # fmt: skip
                return html("<tr><th scope='row'>{name}</th><td colspan='2'>{told}</td></tr>", told=told,
                            name=say(self.lang, en="Break-even", zh="无价格的措施"))  # fmt: skip
        return Markup("")

    def _pollutants(self, view: evaluation.View) -> str:
        if not view.pollutants:
            if self.background.value or not self.whole.park.has_energy:
                return say(self.lang, en="not in the table", zh="数据表未提供")
            return say(self.lang, en="tick “background” below", zh="请勾选下方“背景排放因子”")
        without = self._view(view.peaks.members, "", ()).pollutants
        parts = [
            f"{one.name_zh if self.lang == 'zh' else one.name_en}"
            f" {change_text(view.pollutants[one.key] / without[one.key] - 1, self.lang, digits=0)}"
            for one in self.whole.pollutants
            if without[one.key] > 0
        ]
        return say(self.lang, en=", ", zh="，").join(parts)

    def _energy(self, view: evaluation.View) -> Markup:
        total = sum(view.energy.values())
        if not total:
            return Markup(say(self.lang, en="not in the table", zh="数据表未提供"))  # ours
        shares = {name: view.energy[name] / total for name in figures.CARRIERS if name in view.energy}
        told = [f"{word(name, self.lang)} {share_text(share, self.lang)}" for name, share in shares.items()]
        parts = [
            html('<i style="width:{width:.1f}%;background:{colour}" title="{told}">{short}</i>', width=100 * share,
                 colour=figures.CARRIERS[name], told=text, short=word(name, self.lang) if share > 0.3 else "")
            for (name, share), text in zip(shares.items(), told, strict=True)
        ]  # fmt: skip
        return html('<div class="pathways-mix" role="img" aria-label="{told}">{parts}</div>', told="; ".join(told),
                    parts=Markup("").join(parts))  # fmt: skip

    def _page(self) -> widgets.Box:
        style = widgets.HTML(html("<style>{font}{css}</style>", font=_font(), css=Markup(_css())))
        result = widgets.VBox([self.answer, self.image, self.facts])
        tools = widgets.HBox([self.side, *(self.buttons[name] for name in ("copy", "undo", "reset")), self.link])
        question = widgets.HBox([self.before, self.probability])
        saving = widgets.HBox([self.name, self.buttons["save"]])
        asked = widgets.HBox([self.park, self.start, self.growth])
        controls = widgets.VBox([asked, tools, self.told, self.levers.box, question, self.background, saving])
        named = {"result": result, "controls": controls, "tools": tools, "asked": asked, "question": question}
        for name, box in named.items():
            box.add_class(f"pathways-{name}")
        page = widgets.Box([style, result, controls])
        page.add_class("pathways-explorer")
        return page


@cache
def _css() -> str:
    return STYLE.read_text(encoding="utf-8")


@cache
def _font() -> Markup:
    """Embed the Chinese signs that the page can show."""
    rooms = ("explorer", "batch", "levers", "language", "decisions")
    files = [file for room in rooms for file in sorted((PACKAGE_FOLDER / room).glob("*.py"))]
    files += [data_folder() / name for name in ("levers.yml", "pollutants.yml")]
    return font_face("".join(file.read_text(encoding="utf-8") for file in files if file.is_file()))


def explore(park: str, scenario_file: str | Path = "my_scenarios.yml", **given: object) -> Explorer:
    """Open the explorer; show its ``box``.

    Options of the command line override the arguments, and park, language and levers in the address of a page
    (``?park=region-d&b=ccus.strong.2030.2045``) override both.  An address opens parks of the register only, no
    file.

    Parameters
    ----------
    park, scenario_file, **given
        As for `Explorer`.
    """
    wishes = {"park": park, "scenario_file": str(scenario_file), **given}
    wishes |= json.loads(os.environ.get(WISHES, "{}"))
    address = {name: values[0] for name, values in parse_qs(os.environ.get("QUERY_STRING", "")).items()}
    if address.get("park") in [entry.park_id for entry in register.read_register() if entry.has_data]:
        wishes["park"] = address["park"]
    if address.get("lang") in LANGUAGES:
        wishes["lang"] = address["lang"]
    return Explorer(**wishes, state={side: address[side] for side in SIDES if side in address})
