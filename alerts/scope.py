"""Whose past a part of an expression is about: the subject's own, each member's of a group, or a named neighbour's."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.expression import And, Arithmetic, Compare, Expression, Holds, Negative, Not, Of, Or, Over


@dataclass(frozen=True, slots=True)
class Scope:
    """member: each member of the group; neighbour: the series that `of()` names; neither: the subject itself."""

    member: bool = False
    neighbour: str | None = None


OWN = Scope()
MEMBER = Scope(member=True)


def scoped(node: Expression, scope: Scope = OWN) -> Iterator[tuple[Expression, Scope]]:
    """The node and all below it, in the order of reading, each with its scope."""
    yield node, scope
    match node:
        case Holds(part=inner) | Over(operand=inner):
            yield from scoped(inner, MEMBER)
        case Of(series=series, operand=inner):
            yield from scoped(inner, Scope(neighbour=series))
        case Negative(operand=inner) | Not(part=inner):
            yield from scoped(inner, scope)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            yield from scoped(left, scope)
            yield from scoped(right, scope)
        case And(parts=inside) | Or(parts=inside):
            for part in inside:
                yield from scoped(part, scope)
        case _:
            pass


def by_neighbour(node: Expression) -> dict[str | None, list[Expression]]:
    """What is about each neighbour, and under None what is about the subject or the members of its group."""
    found: dict[str | None, list[Expression]] = {None: []}
    for part, scope in scoped(node):
        found.setdefault(scope.neighbour, []).append(part)
    return found
