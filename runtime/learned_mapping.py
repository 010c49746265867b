"""A mapping table with one more route: the one that somebody has asked for by moving a control."""

from dataclasses import replace

from runtime.mapping_table import TARGETS, MappingTable, Route, Source, Target


def learned_table(table: MappingTable, source: Source, target: Target) -> MappingTable:
    """Return a table in which ``source`` moves ``target``, over the target's usual range, and nothing else.

    What the same control did before, it does no more: its routes are taken away, on whatever channels they share, the
    halves of a fine controller with it, and so is its use as a capture key. A control that had learned this target
    before lets go of it; a route to it that somebody has written with a range, curve, smoothing or part stays.
    """
    learned = _learned(source, target)
    routes = [route for route in table.routes if not _is_same_control(route.source, source)]
    routes = [route for route in routes if route != _learned(route.source, target)]
    # As in a mapping file, a capture key of one's own replaces the usual ones.
    captures = () if target.kind == "capture" else table.capture
    return replace(
        table,
        routes=(*routes, learned),
        capture=tuple(one for one in captures if not _is_same_control(one, source)),
    )


def _learned(source: Source, target: Target) -> Route:
    span = TARGETS[target.kind]
    return Route(source, target, span.default_low, span.default_high)


def _is_same_control(one: Source, other: Source) -> bool:
    """Whether two sources are moved by one hand: on channels that they share, one is the other or a half of it."""
    if one.channel and other.channel and one.channel != other.channel:
        return False
    ones = {(source.kind, source.number) for source in (one, *one.halves)}
    return not ones.isdisjoint((source.kind, source.number) for source in (other, *other.halves))
