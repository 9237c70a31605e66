"""What can be changed in a rule so that it means something else: boundaries, numbers, words, order."""

import ast
import copy
from collections.abc import Iterator
from typing import Any

SWAPS: dict[type[ast.AST], Any] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


def variants(node: ast.AST, in_function: bool) -> Iterator[ast.AST]:
    """Return what may stand in a node's place and means something else."""
    match node:
        case ast.Compare() | ast.BoolOp() | ast.BinOp() | ast.AugAssign():
            yield from _operators(node)
        case ast.Constant(value=value):
            yield from _constants(value)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            yield ast.Name(NAMES[name], ast.Load())
        case ast.comprehension(ifs=[_, *rest]):
            yield ast.comprehension(node.target, node.iter, rest, node.is_async)
        case ast.Set(elts=[*most, _]) if most:
            yield ast.Set(most)
        case ast.Tuple(elts=[*most, _], ctx=ast.Load()) if most:
            yield ast.Tuple(most, ast.Load())
        case ast.Call(func=func, args=[*most, _], keywords=keywords) if most and not in_function:
            yield ast.Call(func, most, keywords)  # a line of a table
        case _:
            yield from _statements(node)


def _operators(node: ast.Compare | ast.BoolOp | ast.BinOp | ast.AugAssign) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for number, op in enumerate(node.ops):
            ops = [*node.ops]
            ops[number] = SWAPS[type(op)]()
            yield ast.Compare(node.left, ops, node.comparators)
        return
    if other := SWAPS.get(type(node.op)):
        changed = copy.copy(node)
        changed.op = other()
        yield changed
    if isinstance(node, ast.BinOp):
        yield node.left


def _constants(value: object) -> Iterator[ast.AST]:
    match value:
        case bool():
            yield ast.Constant(not value)
        case int():
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case str():
            yield ast.Constant(value + "~")
        case bytes():
            yield ast.Constant(value + b"~")


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.If(test=test) | ast.IfExp(test=test):
            if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
                changed = copy.copy(node)
                changed.test = ast.UnaryOp(ast.Not(), test)
                yield changed
        case ast.Raise() | ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()


def places(node: ast.AST, in_function: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    """Return the nodes that may change: no annotation, docstring, decorator or message."""
    left_out = {"annotation", "returns", "decorator_list"}
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        return
    yield node, in_function
    if isinstance(node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom):
        return
    inside = in_function or isinstance(node, ast.FunctionDef)
    for field, value in ast.iter_fields(node):
        if field not in left_out:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from places(child, inside)
