"""The tangent functions of one module in the form that takes tangents in several directions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcgrad.differentiate.batching.batched import NotBatchedError, batched
from srcgrad.differentiate.batching.scope import Form
from srcgrad.differentiate.naming import Helpers
from srcgrad.syntax.build import names_read
from srcgrad.syntax.names import Names

if TYPE_CHECKING:
    from srcgrad.analyse.kinds import Kinds
    from srcgrad.pipeline.tangent import TangentFunction

# Where the tangent stands in what a tangent function returns: behind the value.
_PLACE = 1


class Several:
    """Makes the form for several tangents of each tangent function of a module, if that is wanted.

    It is ``complete`` where all functions have one.
    """

    def __init__(self, wanted: bool, module_names: Names, helpers: Helpers) -> None:
        self.complete = wanted
        self.names = module_names
        self.helpers = helpers
        # For each tangent function its form for several tangents.
        self.forms: dict[str, Form] = {}

    def announce(self, called: str, count: int) -> None:
        """Choose the name of a function's form before it is made: functions may call themselves."""
        if self.complete:
            self.forms[called] = Form(self.names.fresh(called.rstrip("_") + "s"), count)

    def add(self, functions: list[gast.FunctionDef], kinds: Kinds, made: TangentFunction) -> None:
        """Make the form of the latest function."""
        if not self.complete:
            return
        function = functions[-1]
        try:
            form = batched(
                function,
                kinds,
                {**made.given, **made.known},
                made.tangents,
                _PLACE,
                self.forms,
                self.helpers,
            )
        except NotBatchedError:
            self.complete = False
            return
        functions.append(form)

    def chosen(self, main: tuple[str, ...], functions: list[gast.FunctionDef]) -> tuple[str, ...]:
        """The name of the module's main function; functions that it does not need are dropped."""
        if self.complete:
            main = (self.forms[main[0]].name,)
        if self.forms:
            by_name = {function.name: function for function in functions}
            needed: set[str] = set()
            pending = list(main)
            while pending:
                called = pending.pop()
                if called in by_name and called not in needed:
                    needed.add(called)
                    pending += names_read(by_name[called].body)
            functions[:] = [function for function in functions if function.name in needed]
            functions.sort(key=lambda function: function.name == main[0])
        return main
