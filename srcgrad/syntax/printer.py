"""Trees to text: the only module that prints.

astor knows Python's grammar; this module gives its output the look of hand-written code (comments and blank
lines, annotations, strings, long lines) and adds what astor lacks on newer versions of Python.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from typing import Any

import gast

from srcgrad.syntax.layout import LINE_LENGTH, wrapped, wrapped_comment
from srcgrad.syntax.literals import formatted_literal, number_literal, number_parts, string_literal
from srcgrad.syntax.patterns import pattern_text

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # astor looks for ast.Num and its like
    from astor.code_gen import SourceGenerator, set_precedence
    from astor.op_util import Precedence

_INDENTATION = "    "


def print_tree(tree: gast.AST | Iterable[gast.stmt], wrap: bool = True) -> str:
    """The text of a tree: lines with a final line break for statements, no line break for an expression.

    Comment markers become comments and blank lines; a heading (``# ---- reverse sweep ----``) that is not the
    first in its block gets a blank line before it, and there is never more than one blank line in a function.
    Long lines are broken where ``wrap`` says so.
    """
    if not isinstance(tree, gast.AST):
        tree = gast.Module(list(tree), [])
    node = gast.gast_to_ast(tree)
    printer = _Printer()
    if isinstance(node, ast.expr):
        return printer.expression_text(node)
    printer.visit(node)
    return printer.text(wrap)


class _Printer(SourceGenerator):
    """Writes tokens of plain ast trees; ``text`` puts them into lines."""

    def __init__(self) -> None:
        super().__init__(_INDENTATION)
        self.new_lines: int = 0
        self._quote = '"'

    def text(self, wrap: bool) -> str:
        """All that was written."""
        lines: list[str] = []
        tokens: list[str] = []
        for token in [*self.result, "\n"]:
            if token.strip("\n"):
                tokens.append(token)
            elif token:
                if tokens:
                    lines.extend(_line(tokens) if wrap else ["".join(tokens).rstrip()])
                lines.extend([""] * (len(token) - 1 if lines else 0))
                tokens = []
        while lines and not lines[-1]:
            lines.pop()
        return "\n".join(lines) + "\n" if lines else ""

    def expression_text(self, node: ast.expr, precedence: int = Precedence.Comma) -> str:
        """The text of one expression on one line."""
        outer, self.result[:] = list(self.result), []
        pending, self.new_lines = self.new_lines, 0
        set_precedence(precedence, node)
        self.visit(node)
        text = "".join(self.result)
        self.result[:] = outer
        self.new_lines = pending
        return text

    # Blocks, comments and blank lines

    def visit_Module(self, node: ast.Module) -> None:
        self._block(node.body)

    def body(self, statements: list[ast.stmt]) -> None:
        self.indentation += 1
        self._block(statements)
        if all(_comment(statement) is not None for statement in statements):
            self.statement(None, "pass")
        self.indentation -= 1

    def _block(self, statements: list[ast.stmt]) -> None:
        """One statement after another, with the blank lines between them."""
        top = self.indentation == 0
        blank = 0
        for index, statement in enumerate(statements):
            text = _comment(statement)
            if text == "":
                blank = max(blank, 1) if index else 0
                continue
            definition = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            heading = text is not None and text.startswith("# ----")
            commented = index > 0 and bool(_comment(statements[index - 1]))
            if index and (heading or (definition and not commented)):
                blank = 2 if top and definition else max(blank, 1)
            self.newline(extra=blank)
            if text is None:
                self.visit(statement)
            else:
                for line in wrapped_comment(text, self.indentation * len(_INDENTATION)):
                    self.statement(None, line)
            blank = (
                2 if top and definition else 1 if definition or (top and _documentation(statement) is not None) else 0
            )

    def else_body(self, statements: list[ast.stmt]) -> None:
        if statements:
            self.statement(None, "else:")
            self.body(statements)

    # Definitions

    def decorators(self, node: Any, extra: int = 0) -> None:
        for decorator in node.decorator_list:
            set_precedence(Precedence.NamedExpr, decorator)
            self.statement(decorator, "@", decorator)

    def visit_FunctionDef(self, node: Any, is_async: bool = False) -> None:
        self.decorators(node)
        self.statement(node, f"{'async ' if is_async else ''}def {node.name}")
        self._type_parameters(node)
        self.write("(")
        self.visit_arguments(node.args)
        self.write(")")
        if node.returns is not None:
            set_precedence(Precedence.Comma, node.returns)
            self.write(" -> ", node.returns)
        self.write(":")
        self.body(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.decorators(node)
        self.statement(node, f"class {node.name}")
        self._type_parameters(node)
        if node.bases or node.keywords:
            self.write("(")
            self._arguments_of_call(node.bases, node.keywords)
            self.write(")")
        self.write(":")
        self.body(node.body)

    def _type_parameters(self, node: Any) -> None:
        if parameters := getattr(node, "type_params", None):
            self.write("[")
            self.comma_list(parameters)
            self.write("]")

    def _type_parameter(self, node: Any) -> None:
        stars = {"TypeVarTuple": "*", "ParamSpec": "**"}.get(type(node).__name__, "")
        self.write(stars + node.name)
        for separator, part in ((": ", getattr(node, "bound", None)), (" = ", getattr(node, "default_value", None))):
            if part is not None:
                set_precedence(Precedence.Comma, part)
                self.write(separator, part)

    visit_TypeVar = visit_TypeVarTuple = visit_ParamSpec = _type_parameter

    def visit_TypeAlias(self, node: Any) -> None:
        self.statement(node, "type ", node.name)
        self._type_parameters(node)
        set_precedence(Precedence.Comma, node.value)
        self.write(" = ", node.value)

    def visit_arguments(self, node: ast.arguments) -> None:
        positional = [*node.posonlyargs, *node.args]
        defaults = [*[None] * (len(positional) - len(node.defaults)), *node.defaults]
        parts: list[tuple[Any, ...]] = [self._parameter(*pair) for pair in zip(positional, defaults)]
        if node.posonlyargs:
            parts.insert(len(node.posonlyargs), ("/",))
        if node.vararg or node.kwonlyargs:
            parts.append(("*", *(self._parameter(node.vararg, None) if node.vararg else ())))
        parts += [self._parameter(*pair) for pair in zip(node.kwonlyargs, node.kw_defaults)]
        if node.kwarg:
            parts.append(("**", *self._parameter(node.kwarg, None)))
        for index, part in enumerate(parts):
            self.write(", " if index else "", *part)

    def _parameter(self, node: ast.arg, default: ast.expr | None) -> tuple[Any, ...]:
        """The pieces of one parameter; a default is set off by spaces where there is an annotation."""
        set_precedence(Precedence.Comma, node.annotation, default)
        pieces: tuple[Any, ...] = (node.arg,)
        if node.annotation is not None:
            pieces += (": ", node.annotation)
        if default is not None:
            pieces += (" = " if node.annotation is not None else "=", default)
        return pieces

    # Statements

    def visit_Expr(self, node: ast.Expr) -> None:
        set_precedence(node, node.value)
        self.statement(node)
        if (text := _documentation(node)) is not None:
            self.write(string_literal(text, documentation=True))
        else:
            self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        set_precedence(Precedence.Comma, node.annotation)
        parenthesised = isinstance(node.target, ast.Name) and not node.simple
        self.statement(node, "(" if parenthesised else "", node.target, ")" if parenthesised else "")
        self.write(": ", node.annotation)
        if node.value is not None:
            set_precedence(node, node.value)
            self.write(" = ", node.value)

    def visit_For(self, node: Any, is_async: bool = False) -> None:
        set_precedence(node, node.target)
        set_precedence(Precedence.Comma, node.iter)
        self.statement(node, "async for " if is_async else "for ", node.target, " in ", node.iter, ":")
        self.body_or_else(node)

    def visit_withitem(self, node: ast.withitem) -> None:
        set_precedence(Precedence.Comma, node.context_expr, node.optional_vars)
        self.write(node.context_expr)
        self.conditional_write(" as ", node.optional_vars)

    def visit_Assert(self, node: ast.Assert) -> None:
        set_precedence(Precedence.Comma, node.test, node.msg)
        self.statement(node, "assert ", node.test)
        self.conditional_write(", ", node.msg)

    def visit_Raise(self, node: ast.Raise) -> None:
        set_precedence(Precedence.Comma, node.exc, node.cause)
        self.statement(node, "raise")
        self.conditional_write(" ", node.exc)
        self.conditional_write(" from ", node.cause)

    def visit_TryStar(self, node: Any) -> None:
        for handler in node.handlers:
            handler.is_group = True
        self.visit_Try(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.statement(node, "except*" if getattr(node, "is_group", False) else "except")
        if node.type is not None:
            set_precedence(Precedence.Comma, node.type)
            self.write(" ", node.type)
            self.conditional_write(" as ", node.name)
        self.write(":")
        self.body(node.body)

    def visit_Match(self, node: ast.Match) -> None:
        set_precedence(Precedence.Expr, node.subject)
        self.statement(node, "match ", node.subject, ":")
        self.indentation += 1
        for case in node.cases:
            self.statement(case, "case ", pattern_text(case.pattern, self.expression_text))
            if case.guard is not None:
                set_precedence(Precedence.Comma, case.guard)
                self.write(" if ", case.guard)
            self.write(":")
            self.body(case.body)
        self.indentation -= 1

    # Expressions

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, str):
            self.write(("u" if node.kind == "u" else "") + string_literal(value, self._quote))
        elif value is None or isinstance(value, (bool, bytes)):
            self.write(repr(value))
        elif value is Ellipsis:
            self.write("...")
        elif isinstance(value, (int, float, complex)):
            self._number(node, value)
        else:
            raise TypeError(f"a {type(value).__name__} cannot be written as a constant")

    def _number(self, node: ast.Constant, value: int | float | complex) -> None:
        parts = number_parts(value)
        if parts is None:
            self.write(number_literal(value))
        else:
            set_precedence(self.get__pp(node), parts)
            self.visit(parts)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.write(formatted_literal(node, self._field_text))

    def visit_TemplateStr(self, node: Any) -> None:
        self.write("t" + formatted_literal(node, self._field_text)[1:])

    def _field_text(self, node: ast.expr, quote: str) -> str:
        """The text of an expression inside an f-string, where a colon ends the expression."""
        outer, self._quote = self._quote, quote
        has_colon = any(isinstance(part, ast.Lambda) for part in ast.walk(node))
        text = self.expression_text(node, Precedence.comprehension if has_colon else Precedence.Comma)
        self._quote = outer
        return text

    def visit_Attribute(self, node: ast.Attribute) -> None:
        owner = node.value
        bare = isinstance(owner, ast.Constant) and type(owner.value) is int and owner.value >= 0
        self.write("(" if bare else "", owner, ")" if bare else "", ".", node.attr)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        with self.delimit(node) as delimiters:
            # One element needs a comma, which is easily overlooked without parentheses.
            plain = len(node.elts) > 1 or (bool(node.elts) and self.get__pp(node) == Precedence.Subscript)
            # A row of names that is too long for a line can only be broken inside parentheses.
            width = sum(len(item.id) + 2 for item in node.elts if isinstance(item, ast.Name))
            delimiters.discard = delimiters.discard and plain and width < 80
            self.comma_list(node.elts, len(node.elts) == 1)

    def visit_Call(self, node: ast.Call) -> None:
        self.write(node.func, "(")
        self._arguments_of_call(node.args, node.keywords)
        self.write(")")

    def _arguments_of_call(self, arguments: list[ast.expr], keywords: list[ast.keyword]) -> None:
        alone = len(arguments) + len(keywords) == 1
        set_precedence(Precedence.call_one_arg if alone else Precedence.Comma, *arguments)
        set_precedence(Precedence.Comma, *(keyword.value for keyword in keywords))
        for index, argument in enumerate(arguments):
            self.write(", " if index else "", argument)
        for index, keyword in enumerate(keywords, len(arguments)):
            self.write(", " if index else "", f"{keyword.arg}=" if keyword.arg else "**", keyword.value)

    def visit_Starred(self, node: ast.Starred) -> None:
        set_precedence(Precedence.BitOr, node.value)
        self.write("*", node.value)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        with self.delimit(node) as delimiters:
            set_precedence(delimiters.p, node.body)
            arguments = node.args
            named = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
            self.write("lambda " if any(named) else "lambda")
            self.visit_arguments(arguments)
            self.write(": ", node.body)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        set_precedence(Precedence.Comma, node.elt)
        super().visit_ListComp(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        set_precedence(Precedence.Comma, node.elt)
        super().visit_SetComp(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        set_precedence(Precedence.Comma, node.key, node.value)
        super().visit_DictComp(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        set_precedence(Precedence.Comma, *node.keys)
        super().visit_Dict(node)

    def visit_Slice(self, node: ast.Slice) -> None:
        set_precedence(Precedence.Comma, node.lower, node.upper, node.step)
        self.conditional_write(node.lower)
        self.write(":")
        self.conditional_write(node.upper)
        self.conditional_write(":", node.step)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        bare = self.get__pp(node) in (Precedence.If, Precedence.While, Precedence.call_one_arg)
        set_precedence(Precedence.Comma, node.value)
        self.write("" if bare else "(", node.target, " := ", node.value, "" if bare else ")")


def _comment(statement: ast.stmt) -> str | None:
    """The text of a comment marker, None for another statement."""
    if isinstance(statement, ast.Expr):
        value = statement.value
        if isinstance(value, ast.Constant) and value.kind == "comment":
            return str(value.value)
    return None


def _documentation(statement: ast.stmt) -> str | None:
    """The text of a statement that is a string, None for another statement."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.kind is None:
        return value.value
    return None


def _line(tokens: list[str]) -> list[str]:
    """The lines that one statement takes, its tokens beginning with the indentation."""
    if sum(map(len, tokens)) <= LINE_LENGTH or tokens[0].lstrip().startswith("#"):
        return ["".join(tokens).rstrip()]
    indentation = 0
    while tokens and not tokens[0].strip(" "):
        indentation += len(tokens.pop(0))
    return wrapped(tokens, indentation)
