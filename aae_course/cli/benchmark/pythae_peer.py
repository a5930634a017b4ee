"""The adversarial autoencoder of the library pythae, to compare training speeds with.

Only the benchmark needs pythae (Chadebec et al., 2022), so it is imported when a run is made.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator
from types import ModuleType

import torch
from torch import Tensor, nn


def import_pythae() -> ModuleType:
    """Import pythae with its models and trainers.

    Raises:
        ValueError: pythae is not installed.
    """
    try:
        import pythae
        import pythae.models
        import pythae.trainers
    except ImportError as error:
        raise ValueError('pythae is not installed: pip install "aae-course[bench]"') from error
    return pythae


class PythaeRun:
    """pythae's Adversarial_AE at the paper's size, trained step by step by its own trainer.

    One minibatch makes one step of each of pythae's two optimisers: the encoder and the decoder
    learn from the sum of reconstruction and adversarial loss, the discriminator from its own. So
    every network is updated once, where the paper updates the encoder twice.

    Args:
        images: (images, pixels) in [0, 1], on the CPU, from where pythae draws its minibatches.
        batch_size: images in a minibatch.
        hidden: widths of the hidden layers of every network; the decoder has them reversed.
        dim: width of the code.
        lr: learning rate of both optimisers, which are SGD.
        momentum: of both optimisers.

    Raises:
        ValueError: pythae is not installed, or the images do not fill one minibatch.
    """

    updates = 3  # of a network, in one step

    def __init__(
        self,
        images: Tensor,
        batch_size: int,
        hidden: tuple[int, ...] = (1000, 1000),
        dim: int = 2,
        lr: float = 0.01,
        momentum: float = 0.9,
    ):
        pythae = import_pythae()
        # pythae's messages at construction are for somebody who watches a training.
        logging.getLogger(pythae.trainers.BaseTrainer.__module__).setLevel(logging.WARNING)
        # Its loader would end each epoch with a smaller minibatch; this way all are of one size.
        images = images[: len(images) // batch_size * batch_size]
        self.trainer = pythae.trainers.AdversarialTrainer(
            model=_build_model(pythae, images.shape[1], hidden, dim),
            train_dataset=pythae.data.datasets.BaseDataset(images, torch.ones(len(images))),
            training_config=_trainer_config(pythae, batch_size, lr, momentum),
        )
        self._prepare_training(pythae)

    def step(self) -> None:
        """Train on the next minibatch, by pythae's loop over an epoch that ends after it."""
        self.trainer.train_step(epoch=1)

    def _prepare_training(self, pythae: ModuleType) -> None:
        """What the trainer's ``prepare_training`` does, less output folder and progress bar."""
        trainer = self.trainer
        trainer.set_autoencoder_optimizer()
        trainer.set_discriminator_optimizer()
        callbacks = pythae.trainers.training_callbacks
        trainer.callback_handler = callbacks.CallbackHandler(
            [callbacks.TrainingCallback()], trainer.model
        )
        trainer.train_loader = _OneByOne(trainer.train_loader)


class _OneByOne:
    """A data loader that hands out one minibatch for each pass over it, and goes on in the next.

    The minibatches, their order included, are those of ``loader``, epoch after epoch.
    """

    def __init__(self, loader: torch.utils.data.DataLoader):
        self.dataset = loader.dataset
        self.minibatches = itertools.chain.from_iterable(itertools.repeat(loader))

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator:
        yield next(self.minibatches)


def _trainer_config(pythae: ModuleType, batch_size: int, lr: float, momentum: float):
    return pythae.trainers.AdversarialTrainerConfig(
        per_device_train_batch_size=batch_size,
        autoencoder_optimizer_cls="SGD",
        autoencoder_optimizer_params={"momentum": momentum},
        autoencoder_learning_rate=lr,
        discriminator_optimizer_cls="SGD",
        discriminator_optimizer_params={"momentum": momentum},
        discriminator_learning_rate=lr,
        no_cuda=True,
    )


def _build_model(pythae: ModuleType, pixels: int, hidden: tuple[int, ...], dim: int) -> nn.Module:
    """pythae's model, with networks of the course's widths in place of its own."""
    models, bases = pythae.models, pythae.models.nn
    config = models.Adversarial_AE_Config(
        input_dim=(pixels,), latent_dim=dim, deterministic_posterior=True
    )
    # Even of a deterministic encoder pythae wants a log-covariance, draws that noise and adds 0
    # times it. Zeros, where pythae's own encoder has a second output layer, spare it the layer's
    # 6 · hidden · dim FLOP an image; what it does beyond our encoder is a few operations on
    # (batch, dim). Its loss takes probabilities: the sigmoid after the discriminator is part of
    # our loss.
    return models.Adversarial_AE(
        config,
        encoder=_wrap(
            bases.BaseEncoder,
            _mlp(pixels, *hidden, dim),
            lambda z: {"embedding": z, "log_covariance": torch.zeros_like(z)},
        ),
        decoder=_wrap(
            bases.BaseDecoder,
            _mlp(dim, *reversed(hidden), pixels).append(nn.Sigmoid()),
            lambda x: {"reconstruction": x},
        ),
        discriminator=_wrap(
            bases.BaseDiscriminator,
            _mlp(dim, *hidden, 1).append(nn.Sigmoid()),
            lambda probability: {"embedding": probability},
        ),
    )


def _mlp(*widths: int) -> nn.Sequential:
    """torch's own linear layers, as a user of pythae writes them, with ReLU between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _wrap(
    base: type[nn.Module], network: nn.Module, outputs: Callable[[Tensor], dict[str, Tensor]]
):
    """``network`` as a ``base`` of pythae, which returns its results under names."""
    from pythae.models.base.base_utils import ModelOutput

    class Wrapped(base):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, x: Tensor) -> ModelOutput:
            return ModelOutput(**outputs(self.network(x)))

    return Wrapped()
