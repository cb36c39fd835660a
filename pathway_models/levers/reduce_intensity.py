"""Reduce intensity: less energy for the same activity (efficiency, management, behaviour)."""

from pathway_models.levers.action import ENERGY, SHARE, Label, Parameter, Scaling, Value, Values


class ReduceIntensity(Scaling):
    """Energy per activity falls by ``reduction`` below the baseline, in all sectors."""

    name = "reduce_intensity"
    label = Label("reduce energy intensity", "降低能源强度")
    part = "intensity"
    parameters = (Parameter("reduction", SHARE, Label("reduction", "降幅"), most=1.0, is_size=True),)
    counted = Label("energy saved", "节能量")
    counted_unit = ENERGY

    def left(self, at: Values) -> Value:
        """Return the factor left on energy intensity."""
        return 1.0 - at["reduction"] * at["phase"]
