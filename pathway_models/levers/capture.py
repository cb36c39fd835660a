"""Capture CO2: what a plant takes, stores and needs."""

from pathway_models.levers.action import SHARE, Capturing, Label, Parameter, Value, Values

TJ_PER_GJ = 1e-3


class Capture(Capturing):
    """Plants serve a share of the CO2 that can be captured, and take ``capture_rate`` of it."""

    name = "capture"
    label = Label("capture CO₂", "捕集CO₂")
    parameters = (
        Parameter("equipped_share", SHARE, Label("share equipped", "装备份额"), most=1.0, is_size=True),
        Parameter("capture_rate", SHARE, Label("capture rate", "捕集率"), most=1.0),
        Parameter("heat_penalty", "GJ/tCO2", Label("heat of capture", "捕集热耗")),
        Parameter("electricity_penalty", "GJ/tCO2", Label("electricity of capture", "捕集电耗")),
        Parameter("stored_share", SHARE, Label("stored share", "封存份额"), most=1.0, moves_total=False),
    )

    def captured(self, capturable: Value, at: Values) -> Value:
        """Compute the CO2 that the plants capture, tCO2/yr."""
        return capturable * at["equipped_share"] * at["phase"] * at["capture_rate"]

    def stored(self, captured: Value, at: Values) -> Value:
        """Compute the CO2 stored, tCO2/yr."""
        return captured * at["stored_share"]

    def heat(self, captured: Value, at: Values) -> Value:
        """Return the heat of regeneration, TJ."""
        return captured * at["heat_penalty"] * TJ_PER_GJ

    def electricity(self, captured: Value, at: Values) -> Value:
        """Return the electricity of fans, pumps and compressors, TJ."""
        return captured * at["electricity_penalty"] * TJ_PER_GJ
