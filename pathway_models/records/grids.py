"""Packages of levers: blocks that can be off or at one of several settings, and the grid of all combinations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from pathway_models.foundations.errors import ScenarioError
from pathway_models.records.levers import FAMILIES, Lever, Measure, Scenario

#: The option that every block has.
OFF = "off"


@dataclass(frozen=True)
class Option:
    """One way to set a block: a label and the measures behind it; no measures is off."""

    label: str
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True)
class Block:
    """Levers that are set together.

    Parameters
    ----------
    block_id : str
        A lever's id, or a family where its levers move together.
    name_en, name_zh : str
    options : (O,) Option
        The first is off; each later one asks more of the park than the one before.
    """

    block_id: str
    name_en: str
    name_zh: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        if not self.options or self.options[0].measures:
            raise ScenarioError(f"block {self.block_id!r}: the first option must be off")

    @property
    def lever_ids(self) -> tuple[str, ...]:
        """The levers this block moves at any of its options."""
        return tuple(dict.fromkeys(m.lever.lever_id for option in self.options for m in option.measures))


@dataclass(frozen=True)
class Grid:
    """All combinations of the options of some blocks; a package is one number per block."""

    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        moved = [lever_id for block in self.blocks for lever_id in block.lever_ids]
        twice = sorted({lever_id for lever_id in moved if moved.count(lever_id) > 1})
        if twice:
            raise ScenarioError(f"levers in more than one block: {', '.join(twice)}")

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of options of each block."""
        return tuple(len(block.options) for block in self.blocks)

    @property
    def size(self) -> int:
        """Number of packages."""
        return prod(self.shape)

    def codes(self) -> np.ndarray:
        """Every package as the numbers of its options: (package, block) int8; the first is all off."""
        axes = np.indices(self.shape, dtype=np.int8)
        return axes.reshape(len(self.blocks), -1).T

    def options_of(self, code: Sequence[int]) -> tuple[Option, ...]:
        """The options of one package, block by block."""
        return tuple(block.options[at] for block, at in zip(self.blocks, code, strict=True))

    def scenario(self, code: Sequence[int]) -> Scenario:
        """A package as a scenario that `project` can run."""
        label = self.label(code)
        measures = tuple(measure for option in self.options_of(code) for measure in option.measures)
        return Scenario(label, label, label, measures=measures)

    def label(self, code: Sequence[int]) -> str:
        """A package in words that sort: ``"efficiency strong + ccus moderate"``."""
        used = [(b, o) for b, o in zip(self.blocks, self.options_of(code), strict=True) if o.measures]
        return " + ".join(f"{block.block_id} {option.label}" for block, option in used) or OFF

    def everything(self) -> Scenario:
        """A scenario with every lever of the grid, for drawing their parameters."""
        return self.scenario([len(block.options) - 1 for block in self.blocks])

    def without(self, useless: Mapping[str, Iterable[int]]) -> Grid:
        """The grid without some options, given by block and number; a block left with off alone goes too."""
        kept = []
        for block in self.blocks:
            drop = set(useless.get(block.block_id, ()))
            options = tuple(option for at, option in enumerate(block.options) if at not in drop)
            if len(options) > 1:
                kept.append(replace(block, options=options))
        return Grid(tuple(kept))


def later(measure: Measure, years: int) -> Measure:
    """The same measure, started and completed so many years later."""
    ramp = measure.ramp
    return replace(measure, ramp=replace(ramp, start=ramp.start + years, complete=ramp.complete + years))


def lever_grid(
    levers: Mapping[str, Lever],
    blocks: Mapping[str, Sequence[str]] | None = None,
    *,
    by: str = "lever",
    delays: Sequence[int] = (0,),
) -> Grid:
    """Lay out the packages of a lever library.

    Parameters
    ----------
    levers : mapping of Lever
    blocks : mapping block id -> lever ids, optional
        Which levers are set together; by default one block a lever or a family.
    by : {"lever", "family"}
        Used where ``blocks`` is not given.
    delays : sequence of int
        Start years to choose from, as years after the lever's own; the weakest setting comes in its own
        year only, so that ``(0, 5)`` makes off, moderate, strong five years later and strong.

    Returns
    -------
    Grid
        Options rise in what they ask: off, then setting by setting, the latest start first.

    Raises
    ------
    ScenarioError
        A lever is unknown or stands in two blocks.
    """
    if by not in ("lever", "family"):
        raise ScenarioError(f"by = {by!r}: expected 'lever' or 'family'")
    if blocks is None:
        blocks = _families(levers) if by == "family" else {lever_id: (lever_id,) for lever_id in levers}
    unknown = [name for names in blocks.values() for name in names if name not in levers]
    if unknown:
        raise ScenarioError(f"no lever {', '.join(map(repr, unknown))}; there are {', '.join(levers)}")
    return Grid(tuple(_block(name, [levers[i] for i in ids], delays) for name, ids in blocks.items()))


def _families(levers: Mapping[str, Lever]) -> dict[str, tuple[str, ...]]:
    of = {family: tuple(i for i, lever in levers.items() if lever.family == family) for family in FAMILIES}
    return {family: ids for family, ids in of.items() if ids}


def _block(block_id: str, levers: list[Lever], delays: Sequence[int]) -> Block:
    # Levers set together must share a setting's name; those that lack it stay off at it.
    settings = list(dict.fromkeys(name for lever in levers for name in lever.settings))
    options = [Option(OFF)]
    for rank, setting in enumerate(settings):
        chosen = [Measure(lever, setting, lever.ramp) for lever in levers if setting in lever.settings]
        for delay in sorted(delays, reverse=True) if rank else (min(delays),):
            label = setting if delay == 0 else f"{setting}{delay:+d}"
            options.append(Option(label, tuple(later(measure, delay) for measure in chosen)))
    only = levers[0] if len(levers) == 1 else None
    return Block(block_id, only.name_en if only else block_id, only.name_zh if only else block_id, tuple(options))
