"""The check of a training with labels names what is wrong in its losses, and in its updates."""

import pytest
import torch
import torch.nn.functional as F

from aae_course.lessons.checks import label_training as checks
from aae_course.lessons.label_informed import train_with_labels


def shown(label, code):
    return torch.cat([label, code], 1)


def hidden(label, code):
    return torch.cat([0 * label, code], 1)


def last_place(label, code):
    return torch.cat([torch.eye(label.shape[1])[-1].expand_as(label), code], 1)


def code_first(label, code):
    return torch.cat([code, label], 1)


def half_squares(x_hat, x):
    return 0.5 * (x_hat - x).square().sum(1).mean()


def cost(a, b):
    return F.softplus(-a).mean() + F.softplus(b).mean()


def wants(a):
    return F.softplus(-a).mean()


def follow(optimiser, loss):
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def loop(error=half_squares, real=shown, fake=shown, fooling=shown, of_d=cost, of_g=wants,
         update=lambda optimisers, phase, loss: follow(optimisers[phase], loss)):  # fmt: skip
    """An answer with these in the place of its parts; the right one without any."""

    def answer(encoder, decoder, D, optimisers, minibatches):
        history = []
        for x, label, draws in minibatches:
            rebuilt = error(decoder(encoder(x)), x)
            update(optimisers, "reconstruction", rebuilt)
            z = encoder(x).detach()
            told = of_d(D(real(label, draws)), D(fake(label, z)))
            update(optimisers, "discriminator", told)
            fooled = of_g(D(fooling(label, encoder(x))))
            update(optimisers, "generator", fooled)
            history.append([rebuilt.item(), told.item(), fooled.item()])
        return history

    return answer


def unclear(optimisers, phase, loss):
    loss.backward()
    optimisers[phase].step()


def clear_late(optimisers, phase, loss):
    unclear(optimisers, phase, loss)
    optimisers[phase].zero_grad()


def step_all(optimisers, phase, loss):
    for optimiser in optimisers.values():
        optimiser.zero_grad()
    loss.backward()
    for optimiser in optimisers.values():
        optimiser.step()


def step_others(optimisers, phase, loss):
    follow(optimisers["discriminator" if phase == "discriminator" else "reconstruction"], loss)


def stale_codes(encoder, decoder, D, optimisers, minibatches):
    history = []
    for x, label, draws in minibatches:
        z = encoder(x)
        losses = [half_squares(decoder(z), x)]
        follow(optimisers["reconstruction"], losses[0])
        losses.append(cost(D(shown(label, draws)), D(shown(label, z.detach()))))
        follow(optimisers["discriminator"], losses[1])
        losses.append(wants(D(shown(label, encoder(x)))))
        follow(optimisers["generator"], losses[2])
        history.append(losses)
    return history


def reordered(*order):
    """An answer that makes its updates in this order, and returns the losses in the right one."""

    def answer(encoder, decoder, D, optimisers, minibatches):
        history = []
        for x, label, draws in minibatches:
            losses = {}
            for phase in order:
                z = encoder(x)
                losses[phase] = {
                    "reconstruction": lambda z=z, x=x: half_squares(decoder(z), x),
                    "discriminator": lambda z=z, label=label, draws=draws: cost(
                        D(shown(label, draws)), D(shown(label, z.detach()))
                    ),
                    "generator": lambda z=z, label=label: wants(D(shown(label, z))),
                }[phase]()
                follow(optimisers[phase], losses[phase])
            history.append([losses[phase].item() for phase in optimisers])
        return history

    return answer


WRONG = {
    "no label beside the codes:": loop(fake=hidden, fooling=hidden),
    "no label beside the codes in its own": loop(fake=hidden),
    "no label in the generator's update": loop(fooling=hidden),
    "no label beside the draws": loop(real=hidden),
    "no label at all": loop(real=hidden, fake=hidden, fooling=hidden),
    "that no image is labelled": loop(real=last_place, fake=last_place, fooling=last_place),
    "that codes are not labelled": loop(fake=last_place, fooling=last_place),
    "puts the code before": loop(real=code_first, fake=code_first, fooling=code_first),
    "roles swapped": loop(of_d=lambda a, b: cost(b, a)),
    "averages the two terms": loop(of_d=lambda a, b: cost(a, b) / 2),
    "shows D draws only": loop(of_d=lambda a, b: wants(a)),
    "shows D codes only": loop(of_d=lambda a, b: F.softplus(b).mean()),
    "lets D make its loss large": loop(of_d=lambda a, b: -cost(a, b)),
    "sums the adversarial losses": loop(
        of_d=lambda a, b: len(a) * cost(a, b), of_g=lambda a: F.softplus(-a).sum()
    ),
    "lets the generator make D certain": loop(of_g=lambda a: F.softplus(a).mean()),
    "the minimax form": loop(of_g=lambda a: (1 - a.sigmoid()).log().mean()),
    "has log D for the generator": loop(of_g=lambda a: a.sigmoid().log().mean()),
    "not finite": loop(of_d=lambda a, b: -a.log().mean() - (1 - b).log().mean()),
    "forgets the half": loop(error=lambda x_hat, x: 2 * half_squares(x_hat, x)),
    "as mse_loss": loop(error=F.mse_loss),
    "averages over the pixels": loop(error=lambda x_hat, x: 0.5 * F.mse_loss(x_hat, x)),
    "the squared error over the minibatch": loop(
        error=lambda x_hat, x: 0.5 * (x_hat - x).square().sum()
    ),
    "never changes the weights": loop(update=lambda optimisers, phase, loss: None),
    "never clears a gradient": loop(update=unclear),
    "clears after the step": loop(update=clear_late),
    "lets all optimisers step": loop(update=step_all),
    "the reconstruction's optimiser for": loop(update=step_others),
    "before the reconstruction's update": stale_codes,
    "generator before the discriminator": reordered("reconstruction", "generator", "discriminator"),
    "before the reconstruction: it comes": reordered(
        "discriminator", "generator", "reconstruction"
    ),
    "the generator's loss of minibatch 0": loop(of_g=lambda a: 3 * wants(a)),
}


@pytest.mark.parametrize("why", WRONG)
def test_a_mistake_is_named(why, capsys):
    assert not checks.train_with_labels(WRONG[why])
    assert why in capsys.readouterr().out


def history_with(change):
    """An answer whose training is right, and whose history is changed afterwards."""
    return lambda *given: change(train_with_labels(*given))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (history_with(lambda history: history[:-1]), "3 entries for 4 minibatches"),
        (history_with(lambda history: [sum(row) for row in history]), "without three losses"),
        (history_with(lambda history: [row[:2] for row in history]), "without three losses"),
        (history_with(lambda history: [row[::-1] for row in history]), "in another order"),
        (history_with(lambda history: dict(enumerate(history))), "returns a dict"),
    ],
)
def test_another_history_is_told_why(answer, why, capsys):
    assert not checks.train_with_labels(answer)
    assert why in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        loop(fake=lambda label, code: code, real=lambda label, code: code),
        lambda encoder, decoder, D, optimisers, minibatches: [
            follow(optimisers["generator"], wants(D(shown(label, z))))
            for x, label, _ in minibatches
            for z in [encoder(x)]
            for _ in [follow(optimisers["reconstruction"], half_squares(decoder(z), x))]
        ],
    ],
    ids=["no label", "an old graph"],
)
def test_an_error_of_shapes_or_graphs_comes_with_a_hint(answer, capsys):
    assert not checks.train_with_labels(answer)
    out = capsys.readouterr().out
    assert "stops with RuntimeError" in out
    assert "encode the images again after the reconstruction's" in out


def test_no_update_after_the_last_losses_is_seen(capsys):
    def answer(encoder, decoder, D, optimisers, minibatches):
        history = train_with_labels(encoder, decoder, D, optimisers, minibatches[:-1])
        none = {**optimisers, "generator": torch.optim.SGD(encoder.parameters(), 0.0)}
        return history + train_with_labels(encoder, decoder, D, none, minibatches[-1:])

    assert not checks.train_with_labels(answer)
    assert "is the last update made" in capsys.readouterr().out


def test_other_right_answers_pass(capsys):
    phases = ("reconstruction", "discriminator", "generator")
    by_name = history_with(lambda history: [dict(zip(phases, row, strict=True)) for row in history])
    right = loop(), by_name, history_with(torch.tensor), loop(fake=lambda y, z: shown(y, z + 0))
    assert all(checks.train_with_labels(answer) for answer in right)
    assert capsys.readouterr().out == len(right) * "passed: train_with_labels\n"
