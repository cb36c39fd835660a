"""Grow sinks: more green area, reported beside the total."""

from pathway_models.levers.action import SHARE, Growing, Label, Parameter, Value, Values


class GrowSinks(Growing):
    """The green area grows by a share of its size, and its sequestration with it."""

    name = "grow_sinks"
    label = Label("grow carbon sinks", "增加碳汇")
    parameters = (Parameter("area_growth", SHARE, Label("growth of the area", "面积增幅"), is_size=True),)

    def added(self, at: Values) -> Value:
        """Share of today's sequestration that is added."""
        return at["area_growth"] * at["phase"]
