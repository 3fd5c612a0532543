"""The tape gives the gradients that lessons 06 and 07 derived by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from rnn_utils import rnn_backward, rnn_forward
from rnn_utils.analysis.gradient_check import numerical_gradient, relative_error
from rnn_utils.training.tape import Tape, unbroadcast


def test_an_rnn_on_the_tape_has_the_gradients_of_backpropagation_through_time() -> None:
    rng = np.random.default_rng(0)
    T, N, D, H = 5, 3, 2, 4
    x, h0, W_xh, W_hh, b_h = (rng.normal(size=s) for s in [(T, N, D), (N, H), (H, D), (H, H), (H,)])
    dh = rng.normal(size=(T, N, H))
    tape = Tape()
    inputs = [tape.value(x_t) for x_t in x]
    start, V_xh, V_hh, v_h = (tape.value(array) for array in (h0, W_xh, W_hh, b_h))
    state, loss = start, tape.value(0.0)
    for x_t, dh_t in zip(inputs, dh, strict=True):
        from_input = tape.matmul(x_t, tape.transpose(V_xh))
        from_state = tape.matmul(state, tape.transpose(V_hh))
        state = tape.tanh(tape.add(tape.add(from_state, from_input), v_h))
        loss = tape.add(loss, tape.sum(tape.multiply(state, tape.value(dh_t))))
    gradients = tape.gradients(loss)
    h = rnn_forward(x, h0, W_xh, W_hh, b_h)
    dx, *theirs = rnn_backward(dh, x, h0, h, W_xh, W_hh)
    for place, by_hand in zip([start, V_xh, V_hh, v_h, *inputs], [*theirs, *dx], strict=True):
        np.testing.assert_allclose(gradients[place], by_hand, atol=1e-12)


@pytest.mark.parametrize(
    "shapes", [((4, 3), (3,)), ((4, 1), (1, 3)), ((), (2, 2)), ((1, 3), (4, 3))]
)
@pytest.mark.parametrize("operation", ["add", "multiply"])
def test_broadcasting_is_undone(operation: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    rng = np.random.default_rng(1)
    arrays = [rng.normal(size=shape) for shape in shapes]

    def computed(arrays: list[np.ndarray]) -> tuple[Tape, int, list[int]]:
        tape = Tape()
        places = [tape.value(array) for array in arrays]
        return tape, tape.sum(tape.tanh(getattr(tape, operation)(*places))), places

    def moved(k: int) -> Callable[[np.ndarray], float]:
        def loss(array: np.ndarray) -> float:
            tape, place, _ = computed([*arrays[:k], array, *arrays[k + 1 :]])
            return float(tape.values[place])

        return loss

    tape, loss, places = computed(arrays)
    gradients = tape.gradients(loss)
    for k, place in enumerate(places):
        assert gradients[place].shape == arrays[k].shape
        assert relative_error(gradients[place], numerical_gradient(moved(k), arrays[k])) < 1e-7


def test_a_value_used_twice_gets_both_ways_and_one_not_used_gets_zeros() -> None:
    tape = Tape()
    a, unused = tape.value(np.array([3.0])), tape.value(np.ones(2))
    loss = tape.sum(tape.add(tape.multiply(a, a), a))
    gradients = tape.gradients(loss)
    assert [gradients[place].tolist() for place in (a, unused)] == [[7.0], [0.0, 0.0]]
    assert tape.gradients(loss)[a].tolist() == [7.0], "walking the tape changes nothing on it"


def test_a_loss_of_several_numbers_is_refused() -> None:
    tape = Tape()
    with pytest.raises(ValueError, match="Sum it first"):
        tape.gradients(tape.value(np.ones(3)))
    assert unbroadcast(np.ones((2, 3)), ()).item() == 6
