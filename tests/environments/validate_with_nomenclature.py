"""Validates exports by nomenclature projects, and shows that those refuse what is wrong: <project> <file> ..."""

import json
import sys
from pathlib import Path

import nomenclature
import pyam
from nomenclature.processor import DataValidator, RegionProcessor, RequiredDataValidator
from nomenclature.testing import assert_valid_structure, assert_valid_yaml


def judge(project, file):
    """What a project says about a file; an error where it refuses the file."""
    assert_valid_yaml(project)
    assert_valid_structure(project)
    definition = nomenclature.DataStructureDefinition(project / "definitions")
    frame = pyam.IamDataFrame(file)
    definition.validate(frame)
    for folder, validator in (("validate_data", DataValidator), ("required_data", RequiredDataValidator)):
        for path in sorted((project / folder).iterdir()):
            validator.from_file(path).apply(frame)
    found = {"wrong_sums": len(definition.check_aggregate(frame)), "refused": []}
    wrong = {
        "variable": {"Emissions|CO2": "Emissions|Purchased"},
        "unit": {"Mt CO2/yr": "t CO2/yr"},
        "region": {frame.region[0]: "Nowhere"},
        "scenario": {frame.scenario[0]: "unheard-of"},
    }
    for dimension, change in wrong.items():
        try:
            definition.validate(frame.rename({dimension: change}))
        except Exception:  # nomenclature groups its errors; only that it refuses matters here
            found["refused"].append(dimension)
    if (project / "mappings").is_dir():
        processor = RegionProcessor.from_directory(project / "mappings", definition)
        sums = nomenclature.process(frame, definition, processor=processor)
        added = sums.filter(region="*[Covered*").data
        found["sums"] = added[["region", "scenario", "variable", "year", "value"]].to_dict("records")
    return found


words = [Path(word) for word in sys.argv[1:]]
print(json.dumps([judge(*pair) for pair in zip(words[::2], words[1::2], strict=True)], ensure_ascii=False))
