"""The law in levels: nation, region and park, each the deviation from the level above (docs/law_in_levels.md)."""
