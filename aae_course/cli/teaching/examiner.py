"""The process that runs one notebook and writes down how each of its exercises stands.

It is started as ``python -m aae_course.cli.teaching.examiner``, with a `Task` as JSON behind it.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from time import monotonic

HELPERS = "__import__('aae_course.cli.teaching.verdict', fromlist=['verdict'])"


@dataclass(frozen=True)
class Task:
    """What one process is to do.

    Attributes:
        notebook: its path.
        module: of its checks, such as "vae".
        exercises: the names to look at.
        folder: in which it runs, the only one to which it may write.
        seconds: that a cell may take.
        verdicts: path of the file that gets lines of JSON, [exercise, passed, reason], the last of
            which counts; the reason is null while the cell of the exercise runs.
    """

    notebook: str
    module: str
    exercises: list[str]
    folder: str
    seconds: int
    verdicts: str

    def command(self) -> list[str]:
        """The words that start the process."""
        return [sys.executable, "-m", __name__, json.dumps(asdict(self))]


class Examiner:
    """Runs the cells of a notebook, and asks after each how the exercises in it stand."""

    def __init__(self, task: Task):
        self.task = task
        self.noted: dict[str, str | None] = {}

    def run(self) -> None:
        """Run all cells; where the kernel is lost, say so of what was not looked at."""
        from nbclient.exceptions import DeadKernelError

        self.client = _client(self.task)
        try:
            # What a kernel writes past Jupyter would go to our own terminal.
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            with self.client.setup_kernel(cwd=self.task.folder, **silent):
                self._ask(f"begin({self.task.module!r}, {self.task.folder!r})")
                self.client.timeout = self.task.seconds
                for index in self._needed():
                    self._run_cell(index, self.client.nb.cells[index])
                self._look({name for name in self.task.exercises if name not in self.noted})
        except DeadKernelError:
            for name in self.task.exercises:
                if name not in self.noted:
                    why = "the notebook ends its own process before this exercise"
                    self._note(name, False, why)
                elif self.noted[name] is None:
                    self._note(name, False, "its cell ends the notebook's process")

    def _needed(self) -> list[int]:
        """Where the cells of code are, up to the last that has to do with an exercise."""
        code = [i for i, cell in enumerate(self.client.nb.cells) if cell.cell_type == "code"]
        asked = [i for i in code if self._exercises_in(self.client.nb.cells[i])]
        return [i for i in code if i <= max(asked, default=-1)]

    def _exercises_in(self, cell) -> set[str]:
        """The exercises whose function a cell defines, or has checked."""
        pattern = r"\bdef {0}\(|\bchecks\.{0}\("
        return {n for n in self.task.exercises if re.search(pattern.format(n), cell.source)}

    def _run_cell(self, index: int, cell) -> None:
        here = self._exercises_in(cell)
        for name in here:
            self._note(name, False, None)  # whoever ends this process knows why it has no verdict
        began = monotonic()
        self.client.execute_cell(cell, index)
        if monotonic() - began < self.task.seconds:
            self._look(here, _error_of(cell))
        else:
            for name in here:
                self._note(name, False, f"its cell does not end within {self.task.seconds} s")

    def _look(self, names: set[str], error: str = "") -> None:
        for name in sorted(names):
            passed, why = self._verdict(name)
            absent = error and not passed and why.startswith("there is no function")
            self._note(name, passed, f"its cell {error}" if absent else why)

    def _verdict(self, name: str) -> tuple[bool, str]:
        answer = self._ask(f"verdict({self.task.module!r}, {name!r}, globals())")
        if answer is None:
            return False, f"does not end within {self.task.seconds} s"
        if answer["status"] == "error":
            return False, f"stops with {answer['ename']}: {answer['evalue']}"
        return ast.literal_eval(answer["data"]["text/plain"])

    def _ask(self, call: str) -> dict | None:
        """What a helper in the kernel returns, which no cell can print; None if it takes long."""
        asked = {"answer": f"{HELPERS}.{call}"}
        sent = self.client.kc.execute("", silent=True, user_expressions=asked)
        reply = self.client.wait_for_reply(sent)
        return reply and reply["content"]["user_expressions"]["answer"]

    def _note(self, name: str, passed: bool, why: str | None) -> None:
        self.noted[name] = why
        with open(self.task.verdicts, "a", encoding="utf-8") as file:
            file.write(json.dumps([name, passed, why]) + "\n")


def _client(task: Task):
    import nbformat
    from nbclient import NotebookClient

    return NotebookClient(
        nbformat.read(task.notebook, as_version=4),
        timeout=None,  # until torch is loaded, which on a busy machine takes its time
        interrupt_on_timeout=True,
        allow_errors=True,
        kernel_name="python3",  # this Python, whatever the notebook names
        shutdown_kernel="immediate",
    )


def _error_of(cell) -> str:
    """What stopped a cell, "" if nothing did."""
    for output in cell.outputs:
        if output.output_type == "error":
            return f"stops with {output.ename}: {output.evalue}"
    return ""


if __name__ == "__main__":
    Examiner(Task(**json.loads(sys.argv[1]))).run()
