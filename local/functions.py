"""The Lambda functions, imported from the folders that template.yaml names and called as the Lambda service would."""

import importlib.util
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from local import product
from local.intrinsics import TemplateError
from local.template import ACCOUNT, Function, Template

Handler = Callable[[Any, "LambdaContext"], Any]


@dataclass(frozen=True)
class LambdaContext:
    """What Lambda hands to a handler beside the event."""

    function_name: str
    memory_limit_in_mb: int
    invoked_function_arn: str
    deadline: float
    function_version: str = "$LATEST"
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's timeout. Here nothing is cut off when they are over."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))


class Functions:
    """All handlers of the template, imported now. They may be called from any thread, and at once."""

    def __init__(self, template: Template, environment_of: Callable[[str], Mapping[str, str]], *, region: str) -> None:
        """Raises TemplateError when a function has no code, and whatever the import of one raises."""
        product.forget()
        self._functions = template.functions
        self._region = region
        self._handlers: dict[str, Handler] = {}
        for name, function in template.functions.items():
            os.environ.update(environment_of(name))
            self._handlers[name] = _load(function)

    def invoke(self, name: str, event: Any) -> Any:
        """What the function answers to `event`. Whatever it raises is passed on."""
        function = self._functions[name]
        context = LambdaContext(
            function_name=name,
            memory_limit_in_mb=function.memory,
            invoked_function_arn=f"arn:aws:lambda:{self._region}:{ACCOUNT}:function:{name}",
            deadline=time.monotonic() + function.timeout,
        )
        return self._handlers[name](event, context)

    def handler(self, name: str) -> Handler:
        """The handler of the function with that logical id."""
        return self._handlers[name]

    def close(self) -> None:
        """Lets go of what was wired, so that another stack in this process starts afresh."""
        product.forget()


def _load(function: Function) -> Handler:
    file, attribute = function.handler.rsplit(".", 1)
    path = function.code / f"{file}.py"
    spec = importlib.util.spec_from_file_location(f"wallboard_function_{function.name}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise TemplateError(f"{function.name}: {path} is not there")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Handler = getattr(module, attribute)
    return handler


@contextmanager
def process_environment(values: Mapping[str, str], *, without: tuple[str, ...] = ()) -> Iterator[None]:
    """Sets the process's environment for as long as the stack runs, then puts back what was there."""
    before = dict(os.environ)
    for name in without:
        os.environ.pop(name, None)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
