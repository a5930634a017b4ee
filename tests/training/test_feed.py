"""What a step reads: the minibatches of an epoch in their order, each with its rate and clock."""

import pytest
import small
import torch

from aae_course.data.minibatches import Minibatches
from aae_course.training.feed import Feed
from aae_course.training.optimisation import Annealed

SCHEDULE, EPOCHS, STEPS = Annealed(hold=0.0), 3, 6


def feed(seeds=(0,)):
    return Feed(Minibatches(small.split(), 10, seeds), SCHEDULE, EPOCHS)


def read(feed, epoch, done=0):
    """Pixels, rate and clock of each step that is left in an epoch."""
    feed.begin_epoch(epoch, done)
    steps = [(*feed.next_batch(), feed.clock.item()) for _ in range(done, STEPS)]
    return [(batch.x, rate.item(), clock) for batch, rate, clock in steps]


def assert_same_steps(first, second):
    for (x, *numbers), (same_x, *same_numbers) in zip(first, second, strict=True):
        assert torch.equal(x, same_x)
        assert numbers == same_numbers


@pytest.mark.parametrize("seeds", [(3,), (3, 4)], ids=["one seed", "two seeds"])
def test_steps_get_the_minibatches_of_their_epoch_in_order(seeds):
    batches = Minibatches(small.split(), 10, seeds)
    for epoch in range(EPOCHS):
        expected = [batches.gather(row).x for row in batches.order(epoch)]
        assert all(map(torch.equal, [x for x, _, _ in read(feed(seeds), epoch)], expected))


def test_rates_follow_the_schedule_within_an_epoch():
    rates = [rate for _, rate, _ in read(feed(), 1)]
    assert rates == pytest.approx([SCHEDULE.factor(1 + i / STEPS, EPOCHS) for i in range(STEPS)])
    assert sorted(set(rates), reverse=True) == rates


def test_the_clock_counts_the_steps_of_each_epoch():
    one = feed()
    for epoch in range(EPOCHS):
        assert [clock for _, _, clock in read(one, epoch)] == list(range(STEPS))


def test_a_feed_that_begins_in_mid_epoch_gives_what_is_left_of_it():
    assert_same_steps(read(feed(), 1, done=4), read(feed(), 1)[4:])


def test_an_epoch_shuffled_ahead_of_time_is_the_same():
    ahead = feed()
    read(ahead, 0)
    ahead.prefetch(1)
    assert_same_steps(read(ahead, 1), read(feed(), 1))


def test_what_a_captured_step_reads_stays_where_it_is():
    one = feed()
    before = [tensor.data_ptr() for tensor in (one.order, one.factors, one.clock)]
    for epoch in range(EPOCHS):
        read(one, epoch)
    assert [tensor.data_ptr() for tensor in (one.order, one.factors, one.clock)] == before
