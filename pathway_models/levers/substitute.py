"""Substitute energy: some carriers take the place of others."""

from pathway_models.levers.action import SHARE, Label, Parameter, Replacing, Value, Values


class Substitute(Replacing):
    """A share of the energy of some groups is replaced, at ``energy_ratio`` TJ of the new carriers for one TJ."""

    name = "substitute"
    label = Label("substitute energy", "能源替代")
    parameters = (
        Parameter("share", SHARE, Label("share", "份额"), most=1.0, is_size=True),
        Parameter("energy_ratio", "TJ/TJ", Label("energy ratio", "替代能耗比")),
    )

    def share(self, at: Values) -> Value:
        """Share of the energy that is replaced."""
        return at["share"] * at["phase"]

    def ratio(self, at: Values) -> Value:
        """Return TJ of the new carriers for one TJ replaced."""
        return at["energy_ratio"]
