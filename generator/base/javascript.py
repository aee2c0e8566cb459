"""JavaScript, run and read by QuickJS: it reaches nothing outside of itself, and what has no end is broken off."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

READ_S = 1  # most that reading a script takes


def function(name: str, code: str, stack_bytes: int, memory_bytes: int, seconds: int) -> Callable[..., Any]:
    """A function that a script defines, on a thread of its own; past its limits it raises, and is of no more use.

    Called with `run_gc=False` it leaves its rubbish to a later call.
    """
    import quickjs

    made = quickjs.Function(name, code, own_executor=True)
    made.set_max_stack_size(stack_bytes)
    made.set_memory_limit(memory_bytes)
    made.set_time_limit(seconds)
    called: Callable[..., Any] = made
    return called


def fault_in(script: str) -> tuple[int, str] | None:
    """The line of a script in which its syntax breaks, and how; None: it can be read.

    Nothing of it runs, but for what stands behind a brace too many, which is then broken off.
    """
    import quickjs

    context = quickjs.Context()
    context.set_time_limit(READ_S)
    try:
        context.eval(f"if (false) {{{script}\n}}")
    except quickjs.JSException as error:
        if found := re.match(r"SyntaxError: (.*)\n +at <input>:(\d+)", str(error)):
            line, last = int(found[2]), script.rstrip().count("\n") + 1
            return (last, "ends before something is closed") if line > last else (line, found[1])
    return None
