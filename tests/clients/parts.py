"""Parts of packages whose __init__ would import all of a server."""

import importlib
import importlib.machinery
import sys
import types


def bare(name):
    """The package without what its __init__ does."""

    parent = name.rpartition(".")[0]
    path = importlib.import_module(parent).__path__ if parent else None
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    package = types.ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules[name] = package


def part(package, module):
    """A module of a package, as its project has published it."""

    if package not in sys.modules:
        bare(package)

    return importlib.import_module(f"{package}.{module}")
