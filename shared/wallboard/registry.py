"""A family of plug-ins: the files of one package, listed without importing them, imported one by one on request."""

import importlib
import pkgutil
from types import ModuleType
from typing import Generic, TypeVar

from wallboard.errors import BrokenMember

M = TypeVar("M")


class Family(Generic[M]):
    """Each public module `<name>.py` (or folder `<name>/`) of `package` declares one member as `<attribute>`."""

    def __init__(self, package: ModuleType, *, attribute: str, member: type[M]) -> None:
        self._package = package
        self._attribute = attribute
        self._member = member
        self._loaded: dict[str, M] = {}

    def names(self) -> list[str]:
        """The module names in alphabetical order. Imports nothing. A leading underscore hides a module."""
        found = pkgutil.iter_modules(self._package.__path__)
        return sorted(module.name for module in found if not module.name.startswith("_"))

    def load(self, name: str) -> M:
        """The member that module `name` declares.

        Raises BrokenMember, naming the file, when the module is missing, does not import, or declares something else.
        """
        if name not in self._loaded:
            self._loaded[name] = self._import(name)
        return self._loaded[name]

    def _import(self, name: str) -> M:
        path = f"{self._package.__name__}.{name}"
        try:
            module = importlib.import_module(path)
        except Exception as error:  # a plug-in file may fail in any way, and must fail alone
            raise BrokenMember(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
        member = getattr(module, self._attribute, None)
        if not isinstance(member, self._member):
            raise BrokenMember(f"{path} must declare {self._attribute} as a {self._member.__name__}, not {member!r}")
        return member
