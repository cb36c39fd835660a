"""A park's notebook gone through once, so that forks of this process find all caches filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory

import matplotlib as mpl
import matplotlib.pyplot as plt

from pathway_models.accounting.inventory import take_inventory
from pathway_models.findings.gap_analysis import gaps
from pathway_models.findings.measured import PANEL_OF
from pathway_models.findings.peaks import find_peaks
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.parks import read_park
from pathway_models.presenting import plotting, sentences, tables
from pathway_models.projection.projecting import project
from pathway_models.projection.sampling import sample
from pathway_models.records.gaps import Gaps
from pathway_models.records.inventory import Inventory
from pathway_models.records.levers import Scenarios
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks
from pathway_models.running.results import write_results


@dataclass(frozen=True, eq=False)
class ParkResults:
    """What the cells of a notebook hold at its end; figures may be drawn from it."""

    park: Park
    scenarios: Scenarios
    pathways: Pathways
    peaks: Peaks
    inventory: Inventory
    gaps: Gaps


def compute(park_id: str, members: int = 20) -> ParkResults:
    """Compute a park, make all sentences and tables and write all files, as its notebook does.

    Parameters
    ----------
    park_id : str
    members : int
        As few as every step bears: what is computed is thrown away.
    """
    park, scenarios = read_park(park_id), read_scenarios()
    chosen = scenarios.pick(list(scenarios))
    pathways = project(park, chosen, sample(park, chosen, members=members, seed=0, until=2060))
    peaks = find_peaks(pathways)
    done = ParkResults(park, chosen, pathways, peaks, take_inventory(park), gaps(park, pathways, peaks))
    list(_said(done))
    for shown in _shown(done):
        repr(shown)
        if shown is not pathways:
            shown._repr_html_()
    with TemporaryDirectory() as folder:
        write_results(folder, park, chosen, pathways, peaks)
    return done


def draw(done: ParkResults) -> None:
    """Draw all figures of a park's notebook into nothing: loads the fonts, and renders the words they all have."""
    first, *_, last = done.scenarios
    with mpl.rc_context():
        plotting.fans(done.pathways, [first, last], peaks=done.peaks, inventory=done.inventory)
        plotting.peak_years(done.peaks)
        plotting.gaps(done.gaps)
        plotting.compare(done.pathways, done.peaks, done.scenarios)
        plotting.sources(done.pathways, last)
        for number in plt.get_fignums():
            plt.figure(number).canvas.draw()
        plt.close("all")


def _said(done: ParkResults) -> Iterator[str]:
    first, *_, last = done.scenarios
    for say in (sentences.heading, sentences.notes, sentences.detail, sentences.plans):
        yield say(done.park)
    for kind in PANEL_OF:
        yield sentences.report_card(replace(done.park, kind=kind))
    for name in (first, last):
        yield sentences.peak(done.peaks, name)
        yield sentences.probability(done.peaks, name)
        yield sentences.gap(done.gaps, name)
    yield sentences.order_of_peaks(done.peaks, last, first)
    yield sentences.spread(done.peaks)
    yield sentences.late(done.gaps)
    yield sentences.most_helpful(done.pathways, done.peaks, done.scenarios)
    yield sentences.sources(done.pathways, last)
    yield sentences.capture(done.pathways, last)


def _shown(done: ParkResults) -> Iterator[object]:
    yield done.pathways
    yield tables.report_card(done.park)
    yield tables.peaks(done.peaks)
    yield tables.statuses(done.peaks)
    yield tables.gaps(done.gaps)
    yield tables.compare(done.pathways, done.peaks, done.scenarios)
    yield tables.levers(done.scenarios[list(done.scenarios)[-1]])
