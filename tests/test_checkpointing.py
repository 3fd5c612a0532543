import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rnn_arguments import TARGETS, draw_model, draw_targets, quick, seeds, sizes

from rnn_utils import checkpointed_loss_and_gradients, loss_and_gradients


@pytest.mark.parametrize("kind", TARGETS)
@quick
@given(seed=seeds, n=sizes, more=st.integers(0, 8))
def test_the_gradients_are_the_same(kind, seed, n, more):
    n["T"] += more
    rng = np.random.default_rng(seed)
    m = draw_model(rng, **n)
    targets = draw_targets(kind, rng, m, **n)
    loss, gradients = checkpointed_loss_and_gradients(m["parameters"], m["x"], targets)
    whole_loss, whole = loss_and_gradients(m["parameters"], m["x"], targets)
    assert loss == pytest.approx(whole_loss)
    for name, gradient in gradients._asdict().items():
        np.testing.assert_allclose(
            gradient, getattr(whole, name), rtol=1e-9, atol=1e-12, err_msg=name
        )


def peak_memory(function, m):
    tracemalloc.start()
    function(**m)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_memory_grows_with_the_root_of_the_steps():
    sizes = {"N": 4, "D": 2, "H": 32, "O": 2}
    short, long = (draw_model(np.random.default_rng(0), T=T, **sizes) for T in (400, 1600))
    growth = peak_memory(checkpointed_loss_and_gradients, long) / peak_memory(
        checkpointed_loss_and_gradients, short
    )
    assert growth < 2.2  # twice, for four times the steps
    whole = peak_memory(loss_and_gradients, long)
    assert peak_memory(checkpointed_loss_and_gradients, long) < whole / 8
