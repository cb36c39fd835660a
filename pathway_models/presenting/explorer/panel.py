"""The explorer's page: sliders on the left, the answer and the picture on the right, saving below."""

from __future__ import annotations

import html
import time
from pathlib import Path

import ipywidgets as widgets

from pathway_models.findings.exploring import Exploration, View
from pathway_models.foundations.errors import PathwayError
from pathway_models.intake.costs import read_costs
from pathway_models.intake.library import read_levers, read_scenarios
from pathway_models.intake.parks import read_park
from pathway_models.intake.register import read_register
from pathway_models.presenting import sentences
from pathway_models.presenting.decision_words import money_text
from pathway_models.presenting.explorer.controls import LeverControls
from pathway_models.presenting.explorer.picture import Picture
from pathway_models.presenting.explorer.saving import run_command, save_scenario, saved_scenarios
from pathway_models.presenting.names import park_name
from pathway_models.presenting.rounding import share_text
from pathway_models.presenting.words import say
from pathway_models.records.levers import Scenario

#: Name a package has until it is saved.
UNSAVED = "as_set"


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
        lang: str = "en",
    ) -> None:
        self.lang, self.file, self._park_id = lang, Path(scenario_file), park
        self._given = {"members": members, "seed": seed, "until": until}
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

    def _starts(self) -> list[tuple[str, str]]:
        shipped = read_scenarios()
        saved = saved_scenarios(self.file) or {}
        names = {**shipped, **saved}
        title = {key: one.name_zh if self.lang == "zh" else one.name_en for key, one in names.items()}
        return [("-", ""), *((text, key) for key, text in title.items())]

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
        chosen = {**read_scenarios(), **(saved_scenarios(self.file) or {})}[scenario_id]
        self._busy = True
        self.levers.put(chosen.measures)
        self._busy = False
        self._redraw()

    def scenario(self, scenario_id: str = UNSAVED) -> Scenario:
        """The levers as they are set."""
        return self.exploration.scenario(scenario_id, self.levers.choices())

    def _redraw(self) -> None:
        if self._busy:
            return
        begin = time.perf_counter()
        self.view = self.exploration.view(self.scenario())
        self.image.value = self.picture.draw(self.view, self.before.value)
        self.answer.value = self._answer(self.view)
        took = 1000 * (time.perf_counter() - begin)
        self.pace.value = say(
            self.lang,
            en=f"<small>{self.view.peaks.members} members, drawn in <span class='pace'>{took:.0f}</span> ms</small>",
            zh=f"<small>{self.view.peaks.members}个成员，用时<span class='pace'>{took:.0f}</span>毫秒</small>",
        )

    def _answer(self, view: View) -> str:
        """The answer in words: when, how surely, is that enough, at what cost."""
        before, asked = self.before.value, self.probability.value
        early = view.p_before(before)
        reached, wanted = share_text(early, self.lang), share_text(asked, self.lang)
        enough = early >= asked
        lines = [
            sentences.peak(view.peaks, UNSAVED, lang=self.lang).replace(f"{UNSAVED}: ", "").replace(f"{UNSAVED}：", ""),
            say(
                self.lang,
                en=f"<b>{reached}</b> of members peak before {before}; asked for: {wanted}."
                f" <b>{'Reached.' if enough else 'Not reached.'}</b>",
                zh=f"<b>{reached}</b>的成员在{before}年前达峰；要求{wanted}：<b>{'达到' if enough else '未达到'}</b>。",
            ),
            self._cost(view),
        ]
        return "<div class='pathways-answer'>" + "<br>".join(lines) + "</div>"

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
            self.told.value = f"<span class='refused' style='color:#A00040'>{html.escape(str(error))}</span>"
            return
        command = html.escape(run_command(self.park.value, path, self.name.value.strip()))
        self.told.value = say(
            self.lang,
            en=f"Saved to {html.escape(str(path))}. Run this: <code class='command'>{command}</code>",
            zh=f"已保存到{html.escape(str(path))}。运行命令：<code class='command'>{command}</code>",
        )
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
