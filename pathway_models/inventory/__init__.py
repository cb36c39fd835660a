"""The emissions inventory of observed years, its indicators, its checks and what moved it."""
