"""The variables of an export, as the shipped nomenclature project ``data/iamc`` defines them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pathway_models.core.files import data_folder
from pathway_models.core.yaml_files import read_yaml

#: The tag that the definitions spread over quantiles.
TAG = "Statistic"


@dataclass(frozen=True)
class Variable:
    """One variable of the definitions.

    Parameters
    ----------
    name : str
        Name in the export, such as ``Emissions|CO2 [Park Total, Median]``.
    quantity : str
        What it is inside the package.
    statistic : str
        ``"mean"`` over members, or the name of a quantile such as ``"Median"``.
    probability : float or None
        Of the quantile; None for the mean.
    unit : str
        The unit of the export: the first that the definitions allow.
    kind : str
        ``"park"`` or ``"region"`` where the two have names of their own, else empty.
    description : str
    """

    name: str
    quantity: str
    statistic: str
    probability: float | None
    unit: str
    kind: str
    description: str

    @property
    def measured(self) -> str:
        """Name without the statistic, the same for the mean and all quantiles.

        Examples
        --------
        >>> Variable("Emissions|CO2 [Park Total, Median]", "total", "Median", 0.5, "", "", "").measured
        'Emissions|CO2 [Park Total]'
        """
        return self.name.replace(f", {self.statistic}]", "]").replace(f" [{self.statistic}]", "")


def project_folder() -> Path:
    """The shipped nomenclature project."""
    return data_folder() / "iamc"


@cache
def read_variables() -> tuple[Variable, ...]:
    """Every variable that an export may hold, in the order of the definitions, quantiles spread out.

    Raises
    ------
    InputError
        A file is missing or is not YAML.
    """
    folder = project_folder() / "definitions" / "variable"
    statistics = read_statistics()
    found: list[Variable] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name.startswith("tag_"):
            continue
        for entry in read_yaml(path)[0]:
            [(name, about)] = entry.items()
            names = statistics if TAG in name else {"mean": None}
            found += [_variable(name, about, statistic, probability) for statistic, probability in names.items()]
    return tuple(found)


@cache
def read_statistics() -> dict[str, float]:
    """Quantiles of the definitions: name to probability."""
    content, _ = read_yaml(project_folder() / "definitions" / "variable" / "tag_statistics.yaml")
    return {name: about["probability"] for entry in content[0][TAG] for name, about in entry.items()}


def _variable(name: str, about: dict[str, Any], statistic: str, probability: float | None) -> Variable:
    blank = "{" + TAG + "}"
    unit = about["unit"]
    return Variable(
        name=name.replace(blank, statistic),
        quantity=about["quantity"],
        statistic=statistic,
        probability=probability,
        unit=unit if isinstance(unit, str) else unit[0],
        kind=about.get("kind", ""),
        description=about["description"].replace(blank, statistic.lower()),
    )
