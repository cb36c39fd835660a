"""Test that the headline measures action: levers sooner or later, and levers with little effect, in every park.

Called by ``python benchmarks/headline_action.py [--members 1000] [--parks 5]``; the table stands in
docs/headline.md, section 6.  ``--only region-hebei region-d`` takes these, with the spread of the margin by which the
event is missed: what a lever that hardly acts moves is its share of the members that stand as near to it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace

import numpy as np

import pathway_models as pw
from pathway_models.kernels.event_split import margin
from pathway_models.records.levers import Lever, Measure, Ramp, Scenario, Triangle

#: Sizes of a lever that is complete by 2035, and of levers that hardly act by 2034.
SIZES, SMALL = (0.10, 0.20, 0.35), (0.005, 0.0099)
AS_OF, SEED = 2026, 20240401


def cut(share: float, start: int, complete: int) -> Scenario:
    """Take a share off all energy of a park, linearly between two years."""
    settings = {"on": {"reduction": Triangle(share, share, share)}}
    lever = Lever("cut", "efficiency", "cut", "", "reduce_intensity", settings, Ramp("linear", start, complete))
    return Scenario(f"cut_{share}_{start}", "", "", measures=(Measure(lever, "on", lever.ramp),))


def main() -> None:
    """Print means and extremes over all parks and regions with data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--parks", type=int, help="only the first parks and regions with data")
    parser.add_argument("--only", nargs="+", metavar="ID", help="these parks and regions")
    arguments = parser.parse_args()
    members = arguments.members
    deep = pw.read_scenarios()["deep"]
    hurried = tuple(replace(one, ramp=Ramp("linear", 2027, 2029)) for one in deep.measures)
    chosen = [Scenario("bau", "", ""), *(cut(share, 2027, 2034) for share in SMALL)]
    chosen += [cut(share, start, start + 8) for share in SIZES for start in (2027, 2032)]
    chosen += [deep, replace(deep, scenario_id="hurried", measures=hurried)]
    rows, spread, kinds, assumed = [], [], [], pw.read_assumptions(as_of=AS_OF)
    with_data = [entry.park_id for entry in pw.read_register() if entry.has_data]
    places = arguments.only or with_data[: arguments.parks]
    for place in places:
        park = pw.read_park(place)
        draws = pw.sample(park, chosen, members=members, seed=SEED, assumptions=assumed)
        pathways = pw.project(park, chosen, draws, keep="totals")
        answer = pw.headline(pathways)
        kinds.append(f"{'invented ' if park.invented else ''}{park.kind}s")
        spread.append(margin(pathways.total()[0], answer.before - int(pathways.years[0])).std())
        left, early = 100 * answer.p_ahead_given_not_past, 100 * answer.p_before
        pairs = left[3 : 3 + 2 * len(SIZES)].reshape(-1, 2)
        rows.append([left[0], *pairs.ravel(), *(early[1:3] - early[0]), early[-1] - early[-2]])
    names = ["no lever"] + [f"-{share:.0%} {when}" for share in SIZES for when in ("by 2035", "five years later")]
    names += [f"P(before 2030): {share:.2%} by 2034, points" for share in SMALL]
    names += ["P(before 2030): all of deep in 2027-2029, points"]
    small = names.index(f"P(before 2030): {SMALL[-1]:.2%} by 2034, points")
    print(f"{len(rows)} parks and regions, {members} members; P(ahead | not past), %, unless said otherwise")
    for name, values in zip(names, np.array(rows).T, strict=True):
        values = values[np.isfinite(values)]  # a park that is past in nearly all members leaves nothing to bring about
        print(
            f"{name:<52} mean {values.mean():6.1f}   least {values.min():6.1f}   most {values.max():6.1f}"
            f"   of {values.size}"
        )
    moved = np.array(rows)[:, small]
    # Of paired members, a share m that changes sides has the error of m itself.
    error = 100 * np.sqrt(moved / 100 / members)
    above = Counter(kind for kind, points in zip(kinds, moved, strict=True) if points > 1)
    told = ", ".join(f"{above[kind]} of {count} {kind}" for kind, count in Counter(kinds).items())
    print(f"\n{names[small]}: above one point in {told}.")
    print("The most, with sampling error, and the standard deviation of the margin by which the event is missed")
    for at in np.argsort(-moved)[:6]:
        print(f"  {places[at]:<24} {moved[at]:.2f} ±{error[at]:.2f}   {spread[at]:.3f}")


if __name__ == "__main__":
    main()
