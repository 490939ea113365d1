"""CloudWatch's metric math, as far as the alarms of this project use it.

Numbers, names of metrics, `+ - * /`, comparisons, `FILL` and `IF`.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import functools
import operator
from collections.abc import Callable, Mapping

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def evaluate(expression: str, values: Mapping[str, float | None]) -> float | None:
    """Return the value of an expression over the metrics' values of one period.

    None stands for no data: what is counted with it has none, and neither has a division by 0.
    Raises `ValueError` for what it does not know.
    """
    try:
        return _value(_parsed(expression), values)
    except SyntaxError as error:
        raise ValueError(f"metric math: {expression!r} cannot be read: {error.msg}") from None


@functools.lru_cache
def _parsed(expression: str) -> ast.expr:
    """Parse an expression once: an alarm is evaluated again and again."""
    return ast.parse(expression, mode="eval").body


def _value(  # noqa: PLR0911 - one for each kind of expression
    node: ast.expr, values: Mapping[str, float | None]
) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            found = _value(operand, values)
            return None if found is None else -found
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _counted(_OPERATORS[type(op)], _value(left, values), _value(right, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return _counted(_COMPARISONS[type(op)], _value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id="FILL"), args=[metric, other], keywords=[]):
            found = _value(metric, values)
            return _value(other, values) if found is None else found
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, other], keywords=[]):
            met = _value(condition, values)
            return None if met is None else _value(then if met else other, values)
        case _:
            raise ValueError(f"metric math: {ast.unparse(node)!r} is not known here")


def _counted(
    operation: Callable[[float, float], float], left: float | None, right: float | None
) -> float | None:
    if left is None or right is None or (operation is operator.truediv and right == 0):
        return None
    return float(operation(left, right))
