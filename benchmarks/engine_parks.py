"""Synthetic parks in any number, made from the demonstration parks: INVENTED, for measuring speed and memory only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import pathway_models as pw

#: Standard deviations of the logs: size of a park, level of a series, growth a year, noise of a year.
SIZE, LEVEL, GROWTH, NOISE = 1.0, 0.5, 0.03, 0.03


def synthetic_parks(count, seed):
    """Yield parks, each a demonstration park with every series scaled, tilted and perturbed.

    Parameters
    ----------
    count : int
    seed : int
        A park keeps its numbers whatever the count.

    Yields
    ------
    Park
        Named ``synthetic-0001`` and so on, marked as invented.
    """
    models = [pw.read_park(entry.park_id) for entry in pw.read_register() if entry.has_data and entry.invented]
    for at in range(count):
        rng, model = np.random.default_rng([seed, at]), models[at % len(models)]
        size = rng.lognormal(0.0, SIZE)

        def shaken(values, rng=rng, size=size):
            series = (*values.shape[:-1], 1)
            level, growth = rng.normal(0.0, LEVEL, series), rng.normal(0.0, GROWTH, series)
            noise = rng.normal(0.0, NOISE, values.shape)
            return size * values * np.exp(level + growth * np.arange(values.shape[-1]) + noise)

        yield replace(
            model,
            park_id=f"synthetic-{at + 1:04d}",
            name_en=f"synthetic park {at + 1} (invented)",
            name_zh=f"合成园区{at + 1}（虚构）",
            activity=shaken(model.activity),
            energy=shaken(model.energy),
            outputs=shaken(model.outputs),
            memo_items={},
            origins={},
            files=(),
        )
