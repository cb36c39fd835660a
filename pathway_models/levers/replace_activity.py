"""Replace activity: part of the value added is earned by branches that need less energy."""

from pathway_models.levers.action import ACTIVITY, SHARE, Label, Parameter, Scaling, Value, Values


class ReplaceActivity(Scaling):
    """A share of the activity moves to branches that need ``intensity_ratio`` of the energy for the same value added.

    ASSUME: process output of the new branches is lower by the same ratio as their energy.
    """

    name = "replace_activity"
    label = Label("replace activity", "以低碳产业替代")
    part = "structure"
    parameters = (
        Parameter("share", SHARE, Label("share", "份额"), most=1.0, is_size=True),
        Parameter("intensity_ratio", "TJ/TJ", Label("energy of new branches", "新业态能耗比"), most=1.0),
    )
    counted = Label("activity moved", "转移的活动水平")
    counted_unit = ACTIVITY

    def left(self, at: Values) -> Value:
        """Return the factor left on energy and process output; the activity itself does not change."""
        return 1.0 - at["share"] * at["phase"] * (1.0 - at["intensity_ratio"])

    def counted_share(self, at: Values) -> Value:
        """Share of the activity that moves."""
        return at["share"] * at["phase"]
