"""Chain of custody for digital evidence; importing it refuses strangers named `keys` or `schemas`.

`keys` and `schemas` are common names, and `python -m custody` puts the current folder first on the import path.
An evidence folder that holds a `schemas.py` would then run before anything of ours. So before either name is
imported, this module asks where it would come from, without running it, and refuses whatever doesn't lie beside
`custody` itself.
"""

import sys
from importlib.machinery import PathFinder
from os.path import dirname, join, realpath

_SIBLINGS = ("keys", "schemas")


def _refuse_strangers() -> None:
    """Check that each sibling package is, or would be, loaded from the directory that holds `custody`.

    Raises:
        ImportError: another package or module of that name comes first; both paths are named.
    """
    home = dirname(dirname(realpath(__file__)))
    for name in _SIBLINGS:
        loaded = sys.modules.get(name)
        spec = PathFinder.find_spec(name) if loaded is None else loaded.__spec__
        origin = None if spec is None else spec.origin
        expected = join(home, name, "__init__.py")
        if origin is None or realpath(origin) != expected:
            where = origin or "nowhere"
            raise ImportError(
                f"custody needs {name} from {expected}, but the import path gives {where}"
                "; run `custody` or `python -P -m custody`",
                name=name,
                path=origin,
            )


_refuse_strangers()
