"""What a Word template may do: read its context, choose and repeat. Nothing else."""

from __future__ import annotations

from typing import Any

from jinja2 import DictLoader, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casework.documents.docx_prose import runs, table

# Filters that cannot be made to build a huge text.
_FILTERS = (
    *("capitalize", "default", "d", "escape", "e", "first", "join", "last", "length", "count"),
    *("list", "lower", "reverse", "selectattr", "string", "title", "trim", "upper"),
)

# Private-use characters, so that no text of a person can be taken for a list number.
NUMBER_OPENS, NUMBER_CLOSES = "\ue000", "\ue001"


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja for templates that anyone may have written.

    No call, no multiplication of texts, no other file; text is escaped and an unknown
    variable is refused.
    """

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, loader=DictLoader({}))
        self.globals.clear()
        known = self.filters
        own = {"list_number": _list_number, "runs": runs, "table": table}
        self.filters = {name: known[name] for name in _FILTERS} | own

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        """Jinja's own hook before code is made: here {% autoescape false %} is refused."""
        if switch := source.find(nodes.EvalContextModifier):
            raise TemplateSyntaxError("autoescape", switch.lineno)
        return super()._generate(source, *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A declared field of a context is safe by declaration; all else is asked about.

        Of a dict only its entries are seen, never its methods.
        """
        if isinstance(obj, dict):
            found = obj.get(attribute, self)
            return self.undefined(obj=obj, name=attribute) if found is self else found
        if attribute in getattr(type(obj), "__dataclass_fields__", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, Macro)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "*" and isinstance(left, int) and isinstance(right, int):
            return left * right
        raise SecurityError(f"{operator} is not allowed")


def _list_number(number: int) -> str:
    """Says in a numbered paragraph which number it has, wherever Word would have gone on."""
    return f"{NUMBER_OPENS}{int(number)}{NUMBER_CLOSES}"
