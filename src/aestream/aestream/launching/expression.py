"""`$(eval ...)`, limited to what a launch file needs: constants, comparisons, boolean and arithmetic operators."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from aestream.launching.errors import LaunchError

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}


def evaluate(expression: str) -> str:
    """Evaluate a Python expression of constants and operators, and return the result as text.

    Raises:
        LaunchError: The expression does not parse, uses names or calls, or fails.
    """
    try:
        return str(_value(ast.parse(expression.strip(), mode="eval").body))
    except LaunchError as error:
        raise LaunchError(f"$(eval {expression}): {error}") from None
    except Exception as error:
        raise LaunchError(f"$(eval {expression}): {type(error).__name__}: {error}") from None


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value):
            return value
        case ast.List(items) | ast.Tuple(items):
            return [_value(item) for item in items]
        case ast.UnaryOp(op, operand) if type(op) in _UNARY:
            return _UNARY[type(op)](_value(operand))
        case ast.BinOp(left, op, right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left), _value(right))
        case ast.BoolOp(op, operands):
            return _short_circuit(operands, ends_on=isinstance(op, ast.Or))
        case ast.IfExp(test, body, orelse):
            return _value(body) if _value(test) else _value(orelse)
        case ast.Compare():
            return _compare(node)
    raise LaunchError(
        f"{ast.unparse(node)!r} is not allowed in 'aestream launch', which knows constants, comparisons, "
        "'and', 'or', 'not', 'if'-'else' and arithmetic"
    )


def _short_circuit(operands: list[ast.expr], *, ends_on: bool) -> Any:
    value: Any = None
    for operand in operands:
        value = _value(operand)
        if bool(value) == ends_on:
            break
    return value


def _compare(node: ast.Compare) -> bool:
    left = _value(node.left)
    for operation, right_node in zip(node.ops, node.comparators, strict=True):
        if type(operation) not in _COMPARE:
            raise LaunchError(f"the operator of {ast.unparse(node)!r} is not allowed")
        right = _value(right_node)
        if not _COMPARE[type(operation)](left, right):
            return False
        left = right
    return True
