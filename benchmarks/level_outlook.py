"""Results of the law in levels for China, the sum of provinces and levers, beside their goals; seeded.

Run ``python benchmarks/level_outlook.py``; a few minutes.  ``--store`` writes ``data/hindcasts/outlook.csv``, and
``--smallest`` takes twenty members of one province and one park.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
import pandas as pd

import pathway_models as pw
from pathway_models.baseline.laws.levels import NATION_RECORD, Level
from pathway_models.baseline.windows import Subject
from pathway_models.core.files import data_folder
from pathway_models.hindcast.command import show, write_tables
from pathway_models.hindcast.event_scores import holds
from pathway_models.hindcast.league import common_share, shared_by_provinces
from pathway_models.hindcast.level_fits import CHINA, VERSION, fit_nation
from pathway_models.hindcast.matching import spread_of
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.panels import hindcast_files, read_panel
from pathway_models.records.growth_laws import History

SEED, MEMBERS = 20_240_601, 4000
#: Issue year, the event's year and the length of its confirmation.
ISSUED, BEFORE, WINDOW = 2026, 2030, 5
#: Cuts of the test lever by 2035, and by how many points it should beat itself five years later.
CUTS = {0.10: 0.10, 0.20: 0.20, 0.35: 0.30}
YEARS = (2030, 2035, 2055, 2060)
#: Share of the highest year that CO2 of 2035 is at most, CO2 standing for all greenhouse gases.
NDC = 0.93


def nation_paths(level):
    """Return China from 2024 by a law of nations: logs against 2019, members by year; first year of the record."""
    record = read_assumptions().levels.nations["CN"]
    known = record.years[-NATION_RECORD:]
    history = History(
        record.emissions[-NATION_RECORD:], record.origin,
        covariates={name: logs[-NATION_RECORD:] for name, logs in record.covariates.items()},
    )  # fmt: skip
    steps = 2060 - record.origin
    shock = np.random.default_rng(SEED).standard_normal((MEMBERS, steps))
    ahead = level.paths(history, steps, shock) + record.emissions[-1]
    past = np.broadcast_to(record.emissions[-NATION_RECORD:], (MEMBERS, known.size))
    base = record.emissions[record.years == 2019]
    return np.concatenate([past, ahead], axis=1) - base, int(known[0])


def china():
    """Return quantiles of the nation, with and without size as a feature of the centre, and P(peak before 2030)."""
    rows = []
    for label, level in (("without size", fit_nation()), ("with size", fit_nation(by_size=True))):
        logs, first = nation_paths(level)
        at = BEFORE - first
        peaked = logs[:, at : at + WINDOW].max(axis=1) <= logs[:, :at].max(axis=1) + 1e-9
        for year in YEARS:
            low, middle, high = np.exp(np.quantile(logs[:, year - first], [0.05, 0.5, 0.95]))
            rows.append(("China, 2019 = 1", label, year, low, middle, high))
        rows.append(("P(China peaks before 2030)", label, BEFORE, np.nan, peaked.mean(), np.nan))
    return rows


def law_spread(members=1000, count=None):
    """P(before 2030) without measures under the law in force and under the next best one, with size in its nation.

    The same draws stand behind both.  By kind of place: the mean under each, and by how much a place differs in the
    mean and at most.
    """
    in_force = read_assumptions(as_of=ISSUED)
    fits = {**in_force.levels.fits, "nation": fit_nation(by_size=True).fitted}
    laws = {"without size": in_force, "with size": replace(in_force, levels=replace(in_force.levels, fits=fits))}
    bau, found = pw.read_scenarios().pick(["bau"]), {}
    for entry in [one for one in pw.read_register() if one.has_data]:
        park = pw.read_park(entry.park_id)
        shares = found.setdefault(spread_of(park), [])
        if len(shares) == count:
            continue
        draws = (pw.sample(park, bau, members=members, seed=SEED, assumptions=one) for one in laws.values())
        shares.append([pw.headline(pw.project(park, bau, one, keep="totals"), BEFORE).p_before[0] for one in draws])
    rows = []
    for figure, shares in found.items():
        apart = np.abs(np.diff(shares, axis=1))
        cases = dict(zip(laws, np.mean(shares, axis=0), strict=True))
        cases |= {"mean difference": apart.mean(), "largest difference": apart.max(), "places": len(shares)}
        rows += [(figure, case, BEFORE, np.nan, float(value), np.nan) for case, value in cases.items()]
    return rows


def provinces_sum(members=400, count=None):
    """Return the sum of the provinces under bau, 2019 = 1, as added up in the ensemble."""
    bau, total, base, ahead = pw.read_scenarios().pick(["bau"]), 0.0, 0.0, []
    for entry in [one for one in pw.read_register() if one.has_data and one.kind == "region" and one.province][:count]:
        park = pw.read_park(entry.park_id)
        draws = pw.sample(park, bau, members=members, seed=SEED)
        paths = pw.project(park, bau, draws, keep="totals")
        total = total + paths.total()[0, :, -(2060 - 2019) :]
        base += paths.total()[0, 0, list(paths.years).index(2019)]
        start, end = (paths.total()[0][:, paths.years == year][:, 0] for year in (2024, 2029))
        ahead.append(np.log(end / start))
    found, moved = total / base, np.stack(ahead, axis=1)
    rows = [("sum of provinces, bau, 2019 = 1", "levels", year, *np.quantile(found[:, year - 2020], [0.05, 0.5, 0.95]))
            for year in YEARS]  # fmt: skip
    figure, group = "common share of five-year log errors of provinces", np.repeat(np.arange(len(moved)), len(ahead))
    share = common_share((moved - moved.mean(axis=0)).ravel(), group) if len(ahead) > 1 else np.nan
    cases = {"members, 2024-2029": share, "real, forward, origins 2001-2014": shared_by_provinces()}
    rows += [(figure, case, 2029, np.nan, value, np.nan) for case, value in cases.items()]
    return rows


def nation_from_2019():
    """Return the nation, and so the sum of provinces, by the data of 2019, beside the outcome; 2019 = 1."""
    record, last = read_assumptions().levels.nations["CN"], 2024
    panel = read_panel("countries")
    windows = Subject(panel).windows(NATION_RECORD, last - 2019, Level.covariates)
    own = windows.take((windows.entity == panel.entities.index(CHINA)) & (windows.origin == 2019))
    law = fit_nation(without=CHINA, known_by=2019)
    bands = np.exp(law.forecast(own.history, last - 2019).quantiles([0.05, 0.5, 0.95])[0])
    came = np.exp(record.emissions - record.emissions[record.years == 2019])
    figure, rows = "sum of provinces from 2019, 2019 = 1", []
    for year, band in zip(range(2020, last + 1), bands, strict=True):
        rows += [(figure, "known in 2019", year, *band)]
        rows += [(figure, "came", year, np.nan, came[record.years == year][0], np.nan)]
    return rows


def within_ndc(members=400, count=None):
    """P(sum of provinces in 2035 at most .93 of its highest year until then), under bau and under stated policy."""
    scenarios, total = pw.read_scenarios(data_folder() / "driver_scenarios.yml").pick(["bau", "stated_policy"]), 0.0
    for entry in [one for one in pw.read_register() if one.has_data and one.kind == "region" and one.province][:count]:
        park = pw.read_park(entry.park_id)
        paths = pw.project(park, scenarios, pw.sample(park, scenarios, members=members, seed=SEED), keep="totals")
        total = total + paths.total()[..., list(paths.years).index(2019) :]
    shares = (total[..., 2035 - 2019] <= NDC * total[..., : 2035 - 2019 + 1].max(axis=-1)).mean(axis=-1)
    figure = "P(sum of provinces within the NDC)"
    return [(figure, name, 2035, np.nan, float(share), np.nan) for name, share in zip(scenarios, shares, strict=True)]


def cut_path(years, cut, begin):
    """Return the share left by a test lever: linear from its first year to the full cut nine years on."""
    return 1.0 - cut * np.clip((years - (begin - 1)) / 9.0, 0.0, 1.0)


def levers(members=1000, count=None):
    """P(ahead | not past) of a lever from 2027 on, and of the same lever five years later, in the mean park."""
    bau, found = pw.read_scenarios().pick(["bau"]), {}
    for entry in [one for one in pw.read_register() if one.has_data and one.invented][:count]:
        park = pw.read_park(entry.park_id)
        paths = pw.project(park, bau, pw.sample(park, bau, members=members, seed=SEED), keep="totals")
        total, years = paths.total()[0], paths.years
        plain, is_past = chances(total, years)
        for cut in CUTS:
            for begin in (2027, 2032):
                found.setdefault((cut, begin), []).append(
                    chances(total * cut_path(years, cut, begin), years, is_past)[0]
                )
        found.setdefault((0.0, 2027), []).append(plain)
    rows = [("P(ahead | not past), mean park", "no lever", BEFORE, np.nan, float(np.mean(found[0.0, 2027])), np.nan)]
    for cut, asked in CUTS.items():
        early, late = (float(np.mean(found[cut, begin])) for begin in (2027, 2032))
        name = f"P(ahead | not past), mean park, -{cut:.0%} by 2035"
        cases = {"from 2027": early, "five years later": late, f"difference (asked {asked:.2f})": early - late}
        rows += [(name, case, BEFORE, np.nan, value, np.nan) for case, value in cases.items()]
    return rows


def chances(total, years, is_past=None):
    """P(ahead | not past) of members (member, year), and which are past without measures."""
    at = int(BEFORE - years[0])
    logs = np.log(total) - np.log(total[:, :1])
    event = holds(logs[:, :at].max(axis=1), logs[:, at - 1 : at + WINDOW], 2)
    if is_past is None:
        is_past = event & (years[0] + np.argmax(logs[:, :at], axis=1) <= ISSUED)
    ahead = event & ~is_past
    return float(ahead.mean() / (1.0 - is_past.mean())), is_past


def outlook(**size):
    """Print and return the results of the law in levels; ``members`` and ``count`` make it smaller."""
    rows = [
        *china(),
        *law_spread(**size),
        *provinces_sum(**size),
        *nation_from_2019(),
        *within_ndc(**size),
        *levers(**size),
    ]
    table = pd.DataFrame(rows, columns=["figure", "case", "year", "p05", "value", "p95"])
    show("What the law in levels says", table)
    table.insert(0, "version", VERSION)
    return table


def main():
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", action="store_true", help="write data/hindcasts/outlook.csv")
    parser.add_argument("--smallest", action="store_true", help="see that it works; nothing is stored")
    arguments = parser.parse_args()
    size = {"members": 20, "count": 1} if arguments.smallest else {}
    began = time.perf_counter()
    table = outlook(**size)
    if arguments.store and not arguments.smallest:
        write_tables(None, {"outlook": table}, hindcast_files())
    print(f"\n{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
