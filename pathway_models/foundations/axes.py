"""The axes of every ensemble array, named once.

Order is ``(scenario, member, source, year)``; totals drop ``source``.  ``YEAR``
and ``SOURCE`` count from the end and ``SCENARIO`` and ``MEMBER`` from the front,
so that the same constants serve arrays with and without a source axis.
"""

SCENARIO = 0
MEMBER = 1
SOURCE = -2
YEAR = -1
