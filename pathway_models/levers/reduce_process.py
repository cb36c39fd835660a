"""Reduce process emissions: less CO2 for the same output of a process."""

from pathway_models.levers.action import CO2, SHARE, Label, Parameter, Scaling, Value, Values


class ReduceProcess(Scaling):
    """Process emission factors fall by ``reduction``; book-keeping balances stay."""

    name = "reduce_process"
    label = Label("reduce process emissions", "工艺降碳")
    part = "process"
    parameters = (Parameter("reduction", SHARE, Label("reduction", "降幅"), most=1.0, is_size=True),)
    counted = Label("process emissions avoided", "避免的过程排放")
    counted_unit = CO2

    def left(self, at: Values) -> Value:
        """Return the factor left on process emission factors."""
        return 1.0 - at["reduction"] * at["phase"]
