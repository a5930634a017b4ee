"""PCA, t-SNE, UMAP and an AAE as maps of images into the plane, under one set of measures.

Introduced in notebook 10. What a method cannot do is None.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from sklearn import decomposition, manifold
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits
from torch import Tensor

from aae_course.metrics import Labelled, nearest_neighbour_error
from aae_course.models import EncoderDecoder

DECODED = 100  # new images that are sent to the plane and back: UMAP's way back is slow
VOTES = 5  # neighbours that name a code
NEAR = 10  # neighbours that trustworthiness and continuity look at


class Method:
    """A map of images into the plane: what all of them can do, and what only some can."""

    embed: Callable[[Tensor], Tensor] | None = None  # codes of new images, as `fit` gives them
    decode: Callable[[Tensor], Tensor] | None = None  # (n, 2) -> (n, pixels)

    def fit(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Codes of the images that it is fitted to, on the CPU: (n, pixels) -> (n, 2).

        Args:
            x: images in [0, 1].
            y: (n,) labels that it may see, -1 where there is none; most make no use of them.
        """
        raise NotImplementedError


class PCA(Method):
    """The plane in which the images spread the most; linear, there and back."""

    def fit(self, x, y=None):
        self.found = decomposition.PCA(2, random_state=0).fit(_array(x))
        return self.embed(x)

    def embed(self, x):
        return _tensor(self.found.transform(_array(x)))

    def decode(self, z):
        return _tensor(self.found.inverse_transform(_array(z)))


class TSNE(Method):
    """Points pushed about until their neighbours fit (van der Maaten & Hinton, 2008).

    It moves the points themselves and learns no map, so there is none for new ones, or back. They
    start as PCA places them, so chance has no part in it.
    """

    @threadpool_limits.wrap(limits=1)  # else it waits for the second thread that UMAP has woken
    def fit(self, x, y=None):
        return _tensor(manifold.TSNE(random_state=0).fit_transform(_array(x)))


class UMAP(Method):
    """A graph of neighbours laid out in the plane (McInnes, Healy & Melville, 2018).

    New images are placed among the old ones, and a point of the plane becomes a mixture of the
    images around it; both are optimisations of their own.
    """

    def __init__(self, seed: int = 0):
        self.seed = seed

    def fit(self, x, y=None):
        import numba
        from umap import UMAP as Layout  # both are installed only with the notebooks' extra

        numba.set_num_threads(1)
        # A fixed state makes it repeatable, and takes one thread: said here, or it would warn.
        self.found = Layout(random_state=self.seed, n_jobs=1)
        return _tensor(self.found.fit_transform(_array(x), None if y is None else _array(y)))

    def embed(self, x):
        return _tensor(self.found.transform(_array(x)))

    def decode(self, z):
        return _tensor(self.found.inverse_transform(_array(z)))


class AAE(Method):
    """A model with two-dimensional codes that was trained before.

    Args:
        model: in evaluation mode.
        seconds: its training took.
        images: it was trained on.
    """

    def __init__(self, model: EncoderDecoder, seconds: float, images: int):
        self.model, self.seconds, self.images = model, seconds, images

    def fit(self, x, y=None):
        return self.embed(x)  # nothing is left to be fitted

    @torch.no_grad()
    def embed(self, x):
        return self.model.encode(x.to(self.model.prior.origin.device)).cpu()

    @torch.no_grad()
    def decode(self, z):
        return self.model.decode(z.to(self.model.prior.origin.device)).cpu()


def _array(x: Tensor):
    return x.detach().cpu().numpy()


def _tensor(x) -> Tensor:
    return torch.as_tensor(x, dtype=torch.float32)


@dataclass(frozen=True)
class Placed:
    """What a method made of images.

    Args:
        codes: of the images that it was fitted to, in the plane (n, 2), with their labels.
        numbers: measure -> value, without those of what it cannot do; the `MEASURES` of
            `embedding_table` say which.
        decoded: the first `DECODED` new images, from the plane and back, where it can.
    """

    codes: Labelled
    numbers: dict[str, float]
    decoded: Tensor | None = None


def place(
    method: Method,
    fitted: Labelled,
    new: Labelled,
    seen: Tensor | None = None,
    decodes: bool = True,
) -> Placed:
    """Fit a method, place new images, send some of them back, and measure all that it can do.

    Args:
        method: one that is not fitted yet.
        fitted: images (n, pixels) in [0, 1] with the labels by which they are judged.
        new: the same, for images that it was not fitted to.
        seen: (n,) labels that the method may use, -1 for those that it may not.
        decodes: whether images are sent back, which takes UMAP long.
    """
    z, seconds = timed(method.fit, fitted.x, seen)
    codes, decoded = Labelled(z, fitted.y.cpu()), None
    numbers = {
        "fitted_images": getattr(method, "images", len(fitted)),
        "fit_seconds": getattr(method, "seconds", seconds),
        "own_images": len(fitted),
        "own_error_percent": leave_one_out_error(codes),
        "trustworthiness": trustworthiness(fitted.x, z),
        "continuity": continuity(fitted.x, z),
    }
    if method.embed:
        z_new, numbers["embed_seconds"] = timed(method.embed, new.x)
        numbers["new_images"] = len(new)
        numbers["new_error_percent"] = nearest_neighbour_error(
            codes, Labelled(z_new, new.y.cpu()), VOTES
        )
    if decodes and method.embed and method.decode:
        x = new.x[:DECODED].cpu()
        decoded, numbers["decode_seconds"] = timed(method.decode, z_new[:DECODED])
        numbers["half_squared_error"] = 0.5 * (decoded - x).square().sum(1).mean().item()
    return Placed(codes, numbers, decoded)


def timed(work: Callable, *given) -> tuple[Tensor, float]:
    """What a function returns, and the seconds that it took, with one thread for every method."""
    with one_thread():
        start = time.perf_counter()
        result = work(*given)
        return result, time.perf_counter() - start


@contextmanager
def one_thread() -> Iterator[None]:
    """Work with one thread; afterwards torch has as many as before.

    UMAP's library sets their number for all that use OpenMP. Where other programs are at work,
    torch would then wait for its second thread at every product of matrices.
    """
    threads = torch.get_num_threads()
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(threads)


def compile_umap(pixels: int) -> None:
    """Have UMAP's functions compiled, which happens at their first use and not again.

    Args:
        pixels: width of the images.
    """
    noise = torch.rand(120, pixels, generator=torch.Generator().manual_seed(0))
    method = UMAP()
    with one_thread():
        method.fit(noise, torch.arange(120) % 3)
        method.decode(method.embed(noise[:3]))


def leave_one_out_error(codes: Labelled, neighbours: int = VOTES) -> float:
    """Percent of codes whose label the nearest *other* codes vote against; ties to the smallest.

    Args:
        codes: with labels.
        neighbours: how many vote.

    Raises:
        ValueError: no more codes than vote.
    """
    if len(codes) <= neighbours:
        raise ValueError(f"{neighbours} neighbours among {len(codes) - 1} other codes")
    index = NearestNeighbors(n_neighbors=neighbours).fit(_array(codes.x))
    labels = codes.y
    votes = labels[torch.from_numpy(index.kneighbors(return_distance=False))]
    guess = torch.stack([row.bincount(minlength=1).argmax() for row in votes])
    return 100 * (guess != labels).float().mean().item()


def trustworthiness(x: Tensor, z: Tensor, near: int = NEAR) -> float:
    """Whether neighbours in the plane are neighbours among the images (Venna & Kaski, 2001).

    1 if they all are. Strangers among the ``near`` neighbours of a code count by their rank among
    the neighbours of its image.

    Args:
        x: images (n, pixels).
        z: their codes (n, 2).
        near: how many neighbours are looked at, fewer than half of the images.
    """
    return float(manifold.trustworthiness(_array(x), _array(z), n_neighbors=near))


def continuity(x: Tensor, z: Tensor, near: int = NEAR) -> float:
    """Whether neighbours among the images are neighbours in the plane: the other way round."""
    return trustworthiness(z, x, near)
