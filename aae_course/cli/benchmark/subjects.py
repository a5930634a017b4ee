"""What is timed: training steps, the products inside them, and large products alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only
from torch.utils.flop_counter import FlopCounterMode

from aae_course.data.dataset import Split
from aae_course.experiments import recipes
from aae_course.experiments.recipe import Recipe
from aae_course.models import AdversarialAutoencoder, Model
from aae_course.models.priors import Gaussian
from aae_course.networks.perceptrons import Perceptrons
from aae_course.networks.replicas import build_replicas
from aae_course.training.loop import Run
from aae_course.training.optimisation import SGD, Training
from aae_course.training.precision import fast_products

PIXELS, SQUARE = 784, 2048
PAPER_SIZE = Perceptrons((1000, 1000), initialisation="paper")  # appendix A.1
WITH_VIEWS = ("invariant_clusters_16", "invariant_100")  # recipes that distort and convolve
SCALE = "course"  # of these recipes


def basic_aae() -> Recipe:
    """The basic AAE at the size of the paper's MNIST experiments, with a code of 2 numbers.

    It is trained by SGD with momentum as in appendix A.
    """
    phases = AdversarialAutoencoder.phases
    training = Training({phase: SGD(0.01, momentum=0.9) for phase in phases}, epochs=1)
    return Recipe("AAE", AdversarialAutoencoder, training, Gaussian, PAPER_SIZE)


@dataclass(frozen=True)
class Case:
    """A way to train a model.

    Args:
        model: "aae" for `basic_aae`, or the name of a recipe.
        precision: fp32, tf32 or bf16.
        replicas: seeds trained side by side.
        batch_size: images in a minibatch.
        eager: on a GPU, do not capture the step as a graph.
    """

    model: str = "aae"
    precision: str = "fp32"
    replicas: int = 1
    batch_size: int = 100
    eager: bool = False

    @property
    def images_per_step(self) -> int:
        return self.replicas * self.batch_size

    @property
    def recipe(self) -> Recipe:
        """How the model is made and trained, in a run that nobody waits for the end of."""
        recipe = basic_aae() if self.model == "aae" else recipes.get(self.model, SCALE)
        changes = {"epochs": 10_000, "batch_size": self.batch_size, "precision": self.precision}
        return replace(recipe, training=replace(recipe.training, **changes))

    def build(self, replicas: int | None = None) -> Model:
        """The model with fresh weights."""
        return self.recipe.build(PIXELS, replicas)

    def run(self, split: Split) -> Run:
        """A run of this case, ready for its first step."""
        seeds = tuple(range(self.replicas))
        model = build_replicas(self.build, seeds).to(split.images.device)
        return Run(model, split, self.recipe.training, seeds, {})


class Steps:
    """The training steps of a case, and the products that they consist of."""

    def __init__(self, case: Case, split: Split):
        self.case, self.run = case, case.run(split)
        self.updates = sum(len(networks) for networks in self.run.model.phases.values())
        self.iterator: Iterator[None] = self.run.steps(eager=case.eager)
        self.flop_per_image, self.products = self._look_inside()

    def fast_context(self) -> AbstractContextManager:
        """The context that training takes place in."""
        return self.run.fast_context()

    def step(self) -> None:
        next(self.iterator)

    def load(self) -> None:
        """The share of the data loader: one minibatch gathered and converted."""
        self.run.minibatches.gather(self.run.feed.order[0])

    def _look_inside(self) -> tuple[float, Products]:
        """Take an eager step, count its FLOP and keep its products."""
        self.run.begin_epoch(0)
        products = Products()
        with FlopCounterMode(display=False) as counter, products:
            self.run.train_step()
        return counter.get_total_flops() / self.case.images_per_step, products


class Products(TorchDispatchMode):
    """Remembers every matrix product and convolution within it; `repeat` computes them again."""

    INTO = {
        torch.ops.aten.mm.default: torch.mm,
        torch.ops.aten.addmm.default: torch.addmm,
        torch.ops.aten.bmm.default: torch.bmm,
        torch.ops.aten.baddbmm.default: torch.baddbmm,
    }
    ANEW = (torch.ops.aten.convolution.default, torch.ops.aten.convolution_backward.default)

    def __init__(self):
        super().__init__()
        self.seen: list[Callable] = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        factors = tree_map_only(Tensor, Tensor.detach, args)
        if function in self.INTO:
            into = torch.empty_like(result)
            self.seen.append(partial(self.INTO[function], *factors, out=into))
        elif function in self.ANEW:
            self.seen.append(partial(function, *factors))
        return result

    def repeat(self) -> None:
        """Compute them all, and nothing else; products into memory that is there already."""
        for product in self.seen:
            product()


class Square:
    """A large square product: what the device can do at best.

    Args:
        precision: of the numbers that are multiplied.
        plain: as torch does it by default, rather than by the way that training takes.
        device: where.
    """

    flop = 2 * SQUARE**3

    def __init__(self, precision: str, plain: bool, device: torch.device):
        self.precision, self.plain, self.device = precision, plain, device
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        self.a, self.b = (torch.randn(SQUARE, SQUARE, device=device).to(dtype) for _ in range(2))
        self.result = torch.empty_like(self.a)

    def fast_context(self) -> AbstractContextManager:
        """The context that the product is computed in."""
        return nullcontext() if self.plain else fast_products(self.precision, self.device)

    def multiply(self) -> None:
        torch.mm(self.a, self.b, out=self.result)
