"""Options that take several values, as people write them: ``--record 5 8 12``."""

from __future__ import annotations

import click


class Variadic(click.Command):
    """A command without arguments whose ``multiple`` options take every word up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the name of such an option before each of its values."""
        several = {name for option in self.params if getattr(option, "multiple", False) for name in option.opts}
        spread: list[str] = []
        taking = ""
        for word in args:
            if word.startswith("-"):
                name, _, value = word.partition("=")
                taking = name if name in several else ""
                if taking and not value:
                    continue
            elif taking:
                spread.append(taking)
            spread.append(word)
        return super().parse_args(ctx, spread)
