"""An interruption is heard wherever it falls; tests/promises/interrupts.py does its worst to whole commands."""

import signal
import subprocess
import sys

import pytest

from tests.promises import ROOT

BEGIN = """
import os, signal, time
from generator.base.interrupts import heard, held
def sent(): os.kill(os.getpid(), signal.{name})
class Loses:
    def __del__(self): sent(); time.sleep(0.01)
try:
    with heard():
        {inside}
        time.sleep(9)
except KeyboardInterrupt: print("ended")
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("sent()", "ended"),
        ("Loses()", "ended"),  # Python tells of an exception there, and goes on
        ("\n        with held(): sent(); time.sleep(0.3); print('whole')\n        print('on')", "whole ended"),
        ("\n        with held():\n            with held(): sent()\n            print('whole')", "whole ended"),
        ("\n        try: sent()\n        finally: sent(); print('put away')", "put away ended"),
    ],
    ids=["plain", "lost", "held", "held twice", "twice"],
)
def test_an_interruption_is_heard_wherever_it_falls(name, inside, said):
    code = BEGIN.format(name=name, inside=inside)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=20)
    assert (done.stdout.split(), done.stderr, done.returncode) == (said.split(), "", 0)


def test_what_is_deaf_to_interruptions_stays_so():
    code = BEGIN.format(name="SIGINT", inside="sent(); print('deaf', flush=True); os._exit(0)")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert done.stdout.split() == ["deaf"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_exit_code_tells_the_signal_also_where_it_fell_into_code_that_is_text(number, tmp_path):
    """Python then kills itself by SIGINT at the end of a module run by -m, whatever it was to exit with."""
    raised = f"import signal, time; signal.raise_signal({int(number)}); time.sleep(1)"
    (tmp_path / "probe.py").write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import generator.__main__ as peek\n"
        f"peek.run = lambda _: exec({raised!r})\n"
        "peek.command()\n"
    )
    ended = subprocess.run([sys.executable, "-m", "probe"], cwd=tmp_path, capture_output=True, text=True)
    said = "interrupted; the site is whole, and finished runs are kept\n"
    assert (ended.returncode, ended.stderr) == (128 + number, said)
