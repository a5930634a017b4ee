"""Which source decides the weights of a run: a hash of each module, and of a reader's own classes.

Comments, docstrings and formatting are no change of source, and neither are modules that the run
does not need: another model, a picture, the progress bar.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from textwrap import dedent

PACKAGE = Path(__file__).parents[1]
ALWAYS = {"aae_course.training.loop", "aae_course.networks.replicas"}
# They say, show, keep or refuse something, and leave no trace in the weights.
LEAVE_NO_TRACE = {
    "aae_course.data.arrays",  # what it makes of the data is compared itself
    "aae_course.models.parts",
    "aae_course.settings",
    *(
        f"aae_course.training.{name}"
        for name in (
            *("as_data", "checkpoint", "checks", "history", "interrupt", "live_curves", "memory"),
            *("origin", "progress", "source", "step_check"),
        )
    ),
}
LIBRARIES = {"torch", "torchvision", *sys.stdlib_module_names}  # their versions are recorded


def modules_behind(parts: Iterable[object]) -> dict[str, str]:
    """Name -> hash of each module that decides what these objects do in a training.

    The modules are those that define their classes and whatever these import within the package.
    A class of the reader's own stands for itself, as "module.Class".

    Args:
        parts: networks, priors, optimisers, whatever takes part.
    """
    classes = {each for part in parts for each in type(part).__mro__}
    roots = {each.__module__ for each in classes} & package_source().keys()
    own = [each for each in classes if each.__module__.split(".")[0] not in LIBRARIES]
    hashes = hashes_of(reached_from(roots | ALWAYS))
    for each in own:
        if each.__module__ not in package_source():
            hashes[f"{each.__module__}.{each.__qualname__}"] = hash_of(_own_source(each))
    return dict(sorted(hashes.items()))


def hashes_of(modules: Iterable[str]) -> dict[str, str]:
    """Name -> hash of modules of this package."""
    return {module: _hash_of_module(module) for module in modules & package_source().keys()}


def joint_hash(modules: Mapping[str, str]) -> str:
    """One hash of all."""
    return _digest(repr(sorted(modules.items())))


def file_of(module: str) -> str:
    """The file of a module of this package for people; another name as it is."""
    return f"{module.replace('.', '/')}.py" if module in package_source() else module


@cache
def package_source() -> dict[str, str]:
    """Module -> source of all of this package, as it was when this process first asked.

    A package stands for its ``__init__``. Nothing is read again: what is edited during a run is not
    what the run executes.
    """
    source = {}
    for path in PACKAGE.rglob("*.py"):
        words = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(words[:-1] if words[-1] == "__init__" else words)
        source[name] = path.read_text(encoding="utf-8")
    return source


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(package_source()[module])


def reached_from(roots: Iterable[str]) -> set[str]:
    """These modules and all that they import within the package, but those without a trace."""
    found, left = set(), package_source().keys() & roots - LEAVE_NO_TRACE
    while left:
        module = left.pop()
        found.add(module)
        left |= _imported_by(module) - found - LEAVE_NO_TRACE
    return found


@cache
def _imported_by(module: str) -> set[str]:
    """The modules of this package that define what a module imports."""
    return set(_imports_of(module))


def _imports_of(module: str) -> Iterator[str]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in package_source())
        elif isinstance(node, ast.ImportFrom):
            home = resolve_name("." * node.level + (node.module or ""), module)
            if home in package_source():
                yield from (_defines(home, each.name) for each in node.names)


def _defines(home: str, name: str) -> str:
    """The module that defines ``name``, which can be imported from the module ``home``."""
    if f"{home}.{name}" in package_source():
        return f"{home}.{name}"
    for node in _tree(home).body:
        if isinstance(node, ast.ImportFrom) and node.module in package_source():
            for each in node.names:
                if name == (each.asname or each.name):
                    return _defines(node.module, each.name)
    return home


@cache
def _hash_of_module(module: str) -> str:
    return hash_of(package_source()[module])


def hash_of(source: str) -> str:
    """A short hash of what a source does; comments, docstrings and formatting do not count."""
    tree = ast.parse(source)
    described = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in ast.walk(tree):
        if isinstance(node, described) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return _digest(_spelt_out(tree))


def _spelt_out(node: object) -> str:
    """A syntax tree in words; unlike `ast.dump` and `ast.unparse` the same in every Python."""
    if isinstance(node, list):
        return f"[{', '.join(map(_spelt_out, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    there = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
    fields = ", ".join(f"{name}={_spelt_out(value)}" for name, value in there)
    return f"{type(node).__name__}({fields})"


def _own_source(each: type) -> str:
    """The source of a class of the reader's own, as far as Python knows it.

    Of a class in a notebook it knows that of the methods.
    """
    try:
        return dedent(inspect.getsource(each))
    except (OSError, TypeError):
        with suppress(OSError, TypeError):
            methods = filter(inspect.isfunction, vars(each).values())
            return "\n".join(dedent(inspect.getsource(method)) for method in methods)
    return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
