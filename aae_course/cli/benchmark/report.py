"""The command ``aae-course bench``: what is timed, the tables, the JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import torch
from rich.box import SIMPLE_HEAD
from rich.table import Table

from aae_course.cli.benchmark.measure import IMAGES, Timer, Trial, in_rounds, ratio
from aae_course.cli.benchmark.profile import profile
from aae_course.cli.benchmark.pythae_peer import PythaeRun, import_pythae
from aae_course.cli.benchmark.subjects import PIXELS, WITH_VIEWS, Case
from aae_course.data.dataset import Split
from aae_course.data.minibatches import as_pixels
from aae_course.data.whole_files import write_text
from aae_course.training.memory import check_memory
from aae_course.training.origin import commit, machine

PEERS = ("pythae",)
BATCH = Case().batch_size  # the usual one, and the peer's
CAPTION = (
    "x 10: ten replicas. limit: share of what the fastest large product would allow; plain: of "
    "what torch's own fp32 one would; own: time of the step's products and convolutions alone over "
    "that of the step. docs/speed.md explains them."
)


def cases(device: torch.device, precisions: Sequence[str], replicas: int, batch_size: int):
    """What to time: the AAE in every precision, in the first one whatever else there is."""
    first = precisions[0]
    yield from (Case(precision=precision) for precision in precisions)
    if device.type == "cuda":
        yield Case(precision=first, eager=True)
    yield Case(precision=first, replicas=replicas)
    yield Case(precision=first, batch_size=batch_size)
    yield from (Case(model, first) for model in WITH_VIEWS)


def profiled(precisions: Sequence[str]) -> list[Case]:
    """Whose steps are taken apart: the AAE in every precision, the others in the first one."""
    aae = [Case(precision=precision) for precision in precisions]
    return aae + [Case(model, precisions[0]) for model in WITH_VIEWS]


def bench(
    device: torch.device,
    asked: Sequence[str],
    replicas: int,
    batch_size: int,
    rounds: int,
    peer: str | None,
    command: str,
) -> dict:
    """Time every case, and the peer if there is one, and return what was found.

    Raises:
        ValueError: the peer is not installed or not for this device, or there is too little memory
            for the replicas.
    """
    if peer:
        _check_peer(peer, device)
    split = random_images(device)
    todo = list(cases(device, asked, replicas, batch_size))
    for case in todo:
        check_memory(case.build, case.recipe.training, case.replicas, device)
    trials = [Trial(case, split) for case in todo]
    rival = Timer(rival_run(split).step, nullcontext, device) if peer else None
    in_rounds([trial.turn for trial in trials] + ([rival.turn] if rival else []), rounds)
    return {
        "name": "bench",
        **machine(device),
        **commit(),
        "command": command,
        "rounds": rounds,
        "cases": [trial.results() for trial in trials],
        "peer": compare(peer, rival, trials) if rival else None,
        "profiles": [profile_of(case, split) for case in profiled(asked)],
    }


def _check_peer(peer: str, device: torch.device) -> None:
    if device.type != "cpu":
        raise ValueError(f"{peer} is compared on the CPU: add --device cpu")
    import_pythae()


def random_images(device: torch.device) -> Split:
    """As many as MNIST has, of ten classes; what they show does not change the speed."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (IMAGES, PIXELS), dtype=torch.uint8, generator=generator)
    return Split(images, torch.arange(IMAGES) % 10).to(device)


def rival_run(split: Split) -> PythaeRun:
    """pythae's trainer on the same images, from which it keeps floats as its users do."""
    return PythaeRun(as_pixels(split.images), BATCH)


def compare(peer: str, rival: Timer, trials: Sequence[Trial]) -> dict:
    """Our speed over the peer's, as images per second and per update of a network."""
    found = {}
    for trial in trials:
        if trial.case == Case(precision=trial.case.precision):  # the peer has no other
            seconds = trial.rows()["step"]
            speed = ratio(rival.rounds[1:], seconds)
            per_update = speed * trial.steps.updates / PythaeRun.updates
            found[f"{trial.case.model} {trial.case.precision}"] = {
                "times_its_images_per_second": speed,
                "times_its_network_updates_per_second": per_update,
            }
    rate = BATCH / statistics.median(rival.rounds[1:])
    return {"name": peer, "images_per_second": rate, "ours": found}


def tables(found: dict) -> Iterator[Table]:
    """The results for a person."""
    place = f"{found['device']}, {found['processor']}, {found['threads']} threads"
    table = Table(title=f"Training speed on {place}", caption=CAPTION, title_justify="left")
    table.box, table.pad_edge, table.padding = SIMPLE_HEAD, False, (0, 1, 0, 0)  # for 80 columns
    table.caption_justify = "left"
    for heading in ("case", "images/s", "epoch", "limit", "plain", "own", "loader", "MB"):
        table.add_column(heading, justify="left" if heading == "case" else "right", no_wrap=True)
    for case in found["cases"]:
        table.add_row(*row(case))
    yield table
    yield flop_table(found["cases"])
    if found["peer"]:
        yield peer_table(found["peer"])
    yield from map(profile_table, found["profiles"])


def flop_table(cases: Sequence[dict]) -> Table:
    """What an image costs each model, and what the machine can do."""
    table = Table("model", "MFLOP an image", "precision", "GFLOP/s of a large product")
    seen = {(case["model"], case["precision"]): case for case in reversed(cases)}
    for (model, precision), case in sorted(seen.items()):
        peak = f"{case['square_flop_per_second'] / 1e9:,.0f}"
        table.add_row(model, f"{case['flop_per_image'] / 1e6:.2f}", precision, peak)
    return table


def row(case: dict) -> list[str]:
    """One case as the words of a table's row."""
    what = [case["model"], case["precision"]]
    what += [f"x {case['replicas']}"] if case["replicas"] > 1 else []
    what += [f"batch {case['batch_size']}"] if case["batch_size"] != BATCH else []
    what += ["eager"] if case["eager"] else []
    return [
        " ".join(what),
        f"{case['images_per_second']:,.0f}",
        f"{case['epoch_seconds']:.2f} s",
        *(f"{case[key]:.2f}" for key in
          ("fraction_of_limit", "fraction_of_plain_limit", "fraction_of_own_products")),
        f"{100 * case['loader_share']:.1f} %",
        f"{case['memory_bytes'] / 1e6:,.0f}",
    ]  # fmt: skip


def markdown(found: dict) -> list[str]:
    """The cases and the peer as lines of Markdown tables, for a page."""
    lines = [f"| {' | '.join(row(case))} |" for case in found["cases"]]
    peer = found["peer"]
    for name, ours in (peer["ours"] if peer else {}).items():
        factors = (f"{value:.2f} times" for value in ours.values())
        lines.append(f"| {name} | {' | '.join(factors)} |")
    for found_profile in found["profiles"]:
        lines += [f"| {' | '.join(words)} |" for words in profile_rows(found_profile)]
    return lines


def peer_table(peer: dict) -> Table:
    """How much faster than the peer we are."""
    title = f"Against {peer['name']}, {peer['images_per_second']:,.0f} images/s"
    table = Table("ours", "images/s", "updates of a network/s", title=title, title_justify="left")
    for name, ours in peer["ours"].items():
        table.add_row(name, *(f"{value:.2f} times" for value in ours.values()))
    return table


def profile_of(case: Case, split: Split) -> dict:
    """Where the time of a step goes: milliseconds of each part of each phase."""
    parts = [
        {"phase": phase, "part": part, "milliseconds": milliseconds}
        for (phase, part), milliseconds in profile(case, split).items()
    ]
    return {"model": case.model, "precision": case.precision, "parts": parts}


def profile_rows(found: dict) -> list[list[str]]:
    """A profile as the words of a table's rows."""
    whole = sum(part["milliseconds"] for part in found["parts"])
    return [
        [part["phase"], part["part"], f"{part['milliseconds']:.2f}",
         f"{100 * part['milliseconds'] / whole:.0f} %"]
        for part in found["parts"]
    ]  # fmt: skip


def profile_table(found: dict) -> Table:
    """A profile for a person."""
    table = Table("phase", "part", "ms", "share", title_justify="left")
    table.title = f"One step of {found['model']} in {found['precision']}"
    for words in profile_rows(found):
        table.add_row(*words)
    return table


def write(found: dict, out: Path) -> Path:
    """Write ``bench.json`` into a folder and return its path."""
    path = out / "bench.json"
    write_text(path, json.dumps(found, indent=1) + "\n")
    return path
