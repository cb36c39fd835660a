"""Retire activity: outdated capacity is closed, and its value added is lost."""

from pathway_models.levers.action import ACTIVITY, SHARE, Label, Parameter, Scaling, Value, Values


class RetireActivity(Scaling):
    """A share of the activity is closed, with its energy and process output."""

    name = "retire_activity"
    label = Label("retire activity", "退出产能")
    part = "structure"
    parameters = (Parameter("share", SHARE, Label("share", "份额"), most=1.0, is_size=True),)
    counted = Label("activity closed", "退出的活动水平")
    counted_unit = ACTIVITY
    closes = True

    def left(self, at: Values) -> Value:
        """Return the factor left on activity, energy and process output."""
        return 1.0 - at["share"] * at["phase"]

    def counted_share(self, at: Values) -> Value:
        """Share of the activity that closes."""
        return at["share"] * at["phase"]
