"""The directives of the reference: `room`, the docstrings of its modules, and `front-door`."""

import pkgutil
from importlib import import_module

from sphinx.util.docutils import SphinxDirective

import aae_course

MODULE_LEVEL = {"class", "data", "exception", "function", "module"}


class Room(SphinxDirective):
    """The reference of a package, or of a module that is a room of its own."""

    required_arguments = 1

    def run(self):
        sections = "".join(map(section, modules_of(self.arguments[0])))
        return self.parse_text_to_nodes(sections, allow_section_headings=True)


class FrontDoor(SphinxDirective):
    """The names that come with ``from aae_course import``, each with a link."""

    def run(self):
        links = [f"{{py:obj}}`{name} <{origin(name)}>`" for name in aae_course.__all__]
        return self.parse_text_to_nodes(" · ".join(links))


def origin(name):
    """The full name of what the front door offers: a module's own, or the module and the name."""
    offered = getattr(aae_course, name)
    return f"{offered.__module__}.{name}" if hasattr(offered, "__module__") else offered.__name__


def modules_of(room):
    """The names of the modules of a room, or its own where it is a single file."""
    package = import_module(room)
    found = pkgutil.walk_packages(getattr(package, "__path__", []), f"{room}.")
    return sorted(module.name for module in found if not module.ispkg) or [room]


def section(module):
    """The part of a page that is about a module, in Markdown."""
    title = module.removeprefix("aae_course.")
    return f"## {title}\n\n```{{eval-rst}}\n.. automodule:: {module}\n```\n\n"


def link_by_last_name(app, env, node, text):
    """In docstrings, single backticks link to what alone has that name; else they mark code."""
    if node["reftype"] != "obj":
        return None
    objects = env.domains.python_domain.objects
    names = [
        name for name, found in objects.items()
        if name.endswith(f".{node['reftarget']}") and found.objtype in MODULE_LEVEL
    ]  # fmt: skip
    if len(names) != 1:
        return text
    domain, where = env.domains.python_domain, node["refdoc"]
    return domain.resolve_xref(env, where, app.builder, "obj", names[0], node, text)


def setup(app):
    """Called by Sphinx."""
    app.add_directive("room", Room)
    app.add_directive("front-door", FrontDoor)
    app.connect("missing-reference", link_by_last_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
