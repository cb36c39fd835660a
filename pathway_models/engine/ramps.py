"""Effective ramps of measures: up to the issue year no scenario differs from the one without measures.

Only this module converts the ramp of a scenario to the ramp that the engine uses.
"""

from dataclasses import replace

import numpy as np

from pathway_models.intake.factors.ids import CAPTURED
from pathway_models.kernels.emissions import ramp
from pathway_models.records import Measure, Park, Ramp

# ASSUME: a measure is in the record where half of the change due by the last year on record has happened.
#: Least share of the planned change that the record must show.
SHOWN_SHARE = 0.5


def acting_ramp(measure: Measure, park: Park, issue_year: int) -> Ramp:
    """Return the effective ramp of a measure in a park.

    A ramp that starts in the issue year or later is as stated.  An earlier one starts in the issue year and keeps its
    length.  Where the record already shows the measure (`is_in_record`) it continues from the last year on record.

    ASSUME: the length of a ramp is kept, its start moved.

    Parameters
    ----------
    measure : Measure
    park : Park
    issue_year : int

    Returns
    -------
    Ramp
        Its start is the last year in which the measure has no effect.
    """
    stated, last = measure.ramp, park.last_observed_year
    if stated.start >= issue_year:
        return stated
    first = last if is_in_record(measure, park) else issue_year
    later = first - stated.start
    return stated if later <= 0 else replace(stated, start=first, complete=stated.complete + later)


def is_in_record(measure: Measure, park: Park) -> bool:
    """Tell whether a park's record already shows a measure.

    A capture is shown by captured CO2 in the last year on record.  A substitution is shown where the share of the
    carriers it brings has risen, from the start of its ramp to the last year on record, by `SHOWN_SHARE` of what the
    ramp replaces by then at the most likely share.  Other measures cannot be recognised in a table, nor can a
    substitution limited to a use, nor one that starts at the end of the record.
    """
    acts, stated, last = measure.lever.acts, measure.ramp, park.last_observed_year
    if stated.start >= last:
        return False
    if acts.part == "capture":
        captured = [j for j, process in enumerate(park.processes) if process.name.startswith(CAPTURED)]
        return bool((park.outputs[captured, -1] != 0).any())
    if acts.part != "mix" or measure.lever.uses:
        return False
    use = park.energy.sum(axis=0)
    total = use.sum(axis=0)
    brought = use[[name in measure.lever.gives_to for name in park.carriers]].sum(axis=0)
    replaced = use[[group in measure.lever.takes_from for group in park.groups]].sum(axis=0)
    at = max(stated.start, int(park.years[0])) - int(park.years[0])
    if total[at] <= 0 or total[-1] <= 0:
        return False
    phase = ramp(np.array([park.years[at], last]), stated.shape, stated.start, stated.complete, stated.delay_years)
    planned = measure.lever.triangles(measure.setting)["share"].mode * (phase[-1] - phase[0]) * replaced[at] / total[at]
    risen = brought[-1] / total[-1] - brought[at] / total[at]
    return bool(planned > 0 and risen >= SHOWN_SHARE * planned)
