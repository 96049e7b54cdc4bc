"""What phrases have to know of a programme: titles, options, figures and currencies of its names."""

# Annotations are not postponed here: a named tuple of postponed ones takes twice as long to define, at every start.

from collections.abc import Callable
from typing import NamedTuple, get_args

from ..currencies import target_of
from ..function_names import Rounding
from ..tree import Aggregate, Arithmetic, Call, Choose, Expression, Literal, Name


def no_figure(name: Name) -> Literal | None:
    """No name has a figure: each is called by its title."""
    return None


def _no_order(name: Name) -> tuple[str, ...]:
    return ()


def _no_currency(name: Name) -> str:
    return ""


class Vocabulary(NamedTuple):
    """The words of a programme in one language, by callables.

    `title` of a name where the items of a list (its id, or "") are the subject; `option`: the title of an option, from
    the name it is an option of (None where no name says) and its id; `list_title` by the id of a list; `figure`: the
    value that a name has for every partner, None where it varies; `order`: the options of a choice, the lowest first,
    empty where they stand in no order; `currency` of an amount of money, empty where it has none.
    """

    title: Callable[[Name, str], str]
    option: Callable[[Name | None, str], str]
    list_title: Callable[[str], str]
    figure: Callable[[Name], Literal | None] = no_figure
    order: Callable[[Name], tuple[str, ...]] = _no_order
    currency: Callable[[Name], str] = _no_currency


#: functions whose value is an amount in the currency of their arguments
_OF_LIKE_AMOUNTS = frozenset({"min", "max", "abs", "modulo", *get_args(Rounding)})


def choice_of(tree: Expression) -> Name | None:
    """The name whose options an expression of kind choice has; None where it has only written ones."""
    match tree:
        case Name():
            return tree
        case Choose():
            return choice_of(tree.then) or choice_of(tree.otherwise)
        case Call(function="on"):
            return choice_of(tree.arguments[2])
        case Call(function="rank" | "rank_from_last"):
            return choice_of(tree.arguments[0])
        case Aggregate():
            return choice_of(tree.value)
        case _:
            return None


def currency_of(tree: Expression, vocabulary: Vocabulary) -> str:
    """The currency of an amount of money, from the names in it; empty where they name none."""
    match tree:
        case Name():
            return vocabulary.currency(tree)
        case Arithmetic():
            return currency_of(tree.left, vocabulary) or currency_of(tree.right, vocabulary)
        case Choose():
            return currency_of(tree.then, vocabulary) or currency_of(tree.otherwise, vocabulary)
        case Call(function="convert"):
            return target_of(tree)
        case Call(function="on"):
            return currency_of(tree.arguments[2], vocabulary)
        case Call() if tree.function in _OF_LIKE_AMOUNTS:
            return next(filter(None, (currency_of(part, vocabulary) for part in tree.arguments)), "")
        case Aggregate():
            return currency_of(tree.value, vocabulary)
        case _:
            return ""
