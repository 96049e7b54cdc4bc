"""The mutants of `engine/`: each is one module with one small change, made by the operators of mutmut.

mutmut itself puts every mutant of a function into one module and leaves out what stands outside of functions and under
decorators. Here each mutant is a whole module, so that tables of texts and limits, properties and cached functions are
changed too, and processes that a test starts run the change as well.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

#: What is not mutated: it is run by tests that start Java, which are not run against mutants
UNTRIED = "engine/portfolio/spark/"
_EVERYWHERE = IgnoredCode(set(), set(), set())


class Mutant(NamedTuple):
    """One change of one module of the engine."""

    module: str  #: `engine/values.py`
    number: int  #: its place among the mutants of the module, from 0
    function: str  #: `Class.method`; empty outside of functions
    first: int  #: the lines of the statement that it changes
    last: int
    diff: str  #: the lines removed and added, each with its sign

    @property
    def name(self) -> str:
        """`engine/values.py:12`."""
        return f"{self.module}:{self.number}"


class _Visitor(MutationVisitor):
    """Enters decorated functions too, which mutmut leaves out, but not the decorators."""

    METADATA_DEPENDENCIES = (*MutationVisitor.METADATA_DEPENDENCIES, ParentNodeProvider)

    def __init__(self) -> None:
        super().__init__(mutation_operators, _EVERYWHERE)
        self.places: list[tuple[str, int, int]] = []

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Decorator):
            return True
        if isinstance(node, cst.FunctionDef) and node.decorators:
            return False
        return bool(super()._skip_node_and_children(node))

    def _create_mutations(self, node: cst.CSTNode) -> None:
        before = len(self.mutations)
        super()._create_mutations(node)
        if len(self.mutations) > before:
            self.places.extend([self._place(node)] * (len(self.mutations) - before))

    def _place(self, node: cst.CSTNode) -> tuple[str, int, int]:
        """The function around the node, and the first and last line of its statement, or of the head of one."""
        within = list(self._outwards(node))
        named = [part for part in within if isinstance(part, cst.FunctionDef | cst.ClassDef)]
        inside = any(isinstance(part, cst.FunctionDef) for part in named)
        name = ".".join(part.name.value for part in reversed(named)) if inside else ""
        own = self.get_metadata(PositionProvider, node)
        for part in within:
            if isinstance(part, cst.SimpleStatementLine):
                span = self.get_metadata(PositionProvider, part)
                return name, span.start.line, span.end.line
            if isinstance(part, cst.BaseCompoundStatement | cst.MatchCase | cst.ExceptHandler):
                break
        else:
            return name, own.start.line, own.end.line
        start = self.get_metadata(PositionProvider, part).start.line
        return name, start, max(start, own.end.line)

    def _outwards(self, node: cst.CSTNode | None) -> Iterator[cst.CSTNode]:
        while node is not None:
            yield node
            node = self.get_metadata(ParentNodeProvider, node, None)


@cache
def _visited(path: Path) -> tuple[cst.Module, list[Mutation], list[tuple[str, int, int]]]:
    wrapper = MetadataWrapper(cst.parse_module(path.read_text("utf-8")))
    visitor = _Visitor()
    wrapper.visit(visitor)
    return wrapper.module, visitor.mutations, visitor.places


def mutated(root: Path, module: str, number: int) -> str:
    """The source of a module of the checkout `root` with the mutant of that number."""
    tree, mutations, _ = _visited(root / module)
    mutation = mutations[number]
    return cst.ensure_type(tree.deep_replace(mutation.original_node, mutation.mutated_node), cst.Module).code


def mutant(root: Path, module: str, number: int) -> Mutant:
    """The mutant of that number of a module of the checkout `root`."""
    function, first, last = _visited(root / module)[2][number]
    old, new = (root / module).read_text("utf-8"), mutated(root, module, number)
    changed = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    diff = "\n".join(line for line in changed if not re.match(r"---|\+\+\+|@@", line))
    return Mutant(module, number, function, first, last, diff)


def stamp(path: Path) -> str:
    """The digest of a module: numbers of mutants hold for it alone."""
    return sha256(path.read_bytes()).hexdigest()


def counts(root: Path, kept: Path) -> dict[str, int]:
    """How many mutants each module of `engine/` has; of modules that did not change, it stands in the file `kept`."""
    before: Mapping[str, int] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    numbered: dict[str, int] = {}
    result: dict[str, int] = {}
    for path in sorted((root / "engine").rglob("*.py")):
        module = path.relative_to(root).as_posix()
        key = f"{module} {stamp(path)}"
        numbered[key] = result[module] = before[key] if key in before else len(_visited(path)[1])
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(numbered, indent=1), "utf-8")
    return result


def in_random_order(numbers: Mapping[str, int], seed: int) -> list[tuple[str, int]]:
    """Every mutant as a module and a number, in an order that follows from the seed; a sample is the first of them.

    A larger sample goes on from there, and a change of one module leaves the order of the others. Left out are the
    mutants of modules that only tests with Java reach.
    """
    every = [
        (module, number)
        for module, count in numbers.items()
        if not module.startswith(UNTRIED)
        for number in range(count)
    ]
    return sorted(every, key=lambda mutant: sha256(f"{seed} {mutant}".encode()).digest())
