"""How fast a training step of the course's RNN is, as ratios within one run.

    uv run python benchmarks/training_speed.py              # against the plain form in NumPy
    uv pip install torch jax                                # optional peers, in any environment
    uv run --no-sync python benchmarks/training_speed.py    # against them as well

A step is the loss (cross-entropy at every step), all gradients, and an update by gradient descent;
float32, one thread, at six sizes. Rounds are interleaved, peer after peer in changing order, so that
a busy moment hits all of them; of each pair of times the median of their ratio is shown. Below 1 the
course is faster. Time is the processor time of this process: it leaves out what others on the
machine take. Absolute times depend on the machine, ratios much less.
"""

# ruff: noqa: E402 - the number of threads is set before NumPy is imported

import argparse
import importlib.util
import os
import resource
import time
import tracemalloc
from collections.abc import Callable
from statistics import median

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np

from rnn_utils import RNNParameters, Workspace, initialise_rnn, sgd_update
from rnn_utils.cells import rnn_step, rnn_step_backward
from rnn_utils.losses import cross_entropy, cross_entropy_backward
from rnn_utils.output import output_layer, output_layer_backward

SIZES = {  # T, N, D, H; there are as many classes as inputs, at least two
    "tiny": (50, 1, 1, 16),
    "kar": (25, 1, 65, 100),
    "small": (32, 16, 30, 64),
    "wide": (35, 32, 28, 256),
    "mid": (100, 64, 64, 256),
    "big": (200, 64, 64, 512),
}
GOALS = {"tiny": 0.15, "kar": 0.20, "small": 0.35, "wide": 0.75, "mid": 0.85, "big": 0.85}
RATE = 0.01

Step = Callable[[], object]
Problem = tuple[RNNParameters, np.ndarray, np.ndarray]


def problem(T: int, N: int, D: int, H: int) -> Problem:
    """Draw parameters, inputs and classes in float32."""
    rng = np.random.default_rng(0)
    O = max(D, 2)  # noqa: E741
    x = rng.normal(size=(T, N, D)).astype(np.float32)
    return initialise_rnn(D, H, O, rng, np.float32), x, rng.integers(O, size=(T, N))


def course(parameters: RNNParameters, x: np.ndarray, targets: np.ndarray) -> Step:
    """The training step of the course, in arrays that are kept."""
    workspace = Workspace()

    def step() -> None:
        nonlocal parameters
        _, gradients = workspace.loss_and_gradients(parameters, x, targets)
        parameters = sgd_update(parameters, gradients, RATE)

    return step


def naive(parameters: RNNParameters, x: np.ndarray, targets: np.ndarray) -> Step:
    """The same equations, one time step after the other, as one would first write them."""

    def step() -> None:
        nonlocal parameters
        W_xh, W_hh, b_h, W_hy, b_y = parameters
        (T, N, _), H = x.shape, len(W_hh)
        h = [np.zeros((N, H), dtype=x.dtype)]
        dys = []
        for t in range(T):
            h.append(rnn_step(x[t], h[-1], W_xh, W_hh, b_h))
            y = output_layer(h[-1], W_hy, b_y)
            cross_entropy(y, targets[t])
            dys.append(cross_entropy_backward(y, targets[t]) / np.float32(T))
        total = [np.zeros_like(p) for p in parameters]
        carried = np.zeros((N, H), dtype=x.dtype)
        for t in reversed(range(T)):
            dh, dW_hy, db_y = output_layer_backward(dys[t], h[t + 1], W_hy)
            _, carried, *of_cell = rnn_step_backward(dh + carried, x[t], h[t], h[t + 1], W_xh, W_hh)
            for whole, part in zip(total, [*of_cell, dW_hy, db_y], strict=True):
                whole += part
        parameters = sgd_update(parameters, RNNParameters(*total), RATE)

    return step


def pytorch(parameters: RNNParameters, x: np.ndarray, targets: np.ndarray) -> Step:
    """torch.nn.RNN and torch.nn.Linear."""
    import torch

    from rnn_utils import to_torch

    torch.set_num_threads(1)
    rnn, linear = to_torch(parameters)
    inputs, classes = torch.from_numpy(x), torch.from_numpy(targets).ravel()
    optimiser = torch.optim.SGD([*rnn.parameters(), *linear.parameters()], lr=RATE)

    def step() -> None:
        optimiser.zero_grad()
        scores = linear(rnn(inputs)[0]).flatten(0, 1)
        torch.nn.functional.cross_entropy(scores, classes).backward()
        optimiser.step()

    return step


def jax_scan(parameters: RNNParameters, x: np.ndarray, targets: np.ndarray) -> Step:
    """JAX: lax.scan, differentiated and compiled."""
    import jax
    import jax.numpy as jnp

    def loss(p: RNNParameters) -> object:
        def cell(h: object, a_t: object) -> object:
            h = jnp.tanh(h @ p.W_hh.T + a_t)
            return h, h

        h0 = jnp.zeros((x.shape[1], len(p.W_hh)), dtype=x.dtype)
        _, h = jax.lax.scan(cell, h0, x @ p.W_xh.T + p.b_h)
        log_p = jax.nn.log_softmax(h @ p.W_hy.T + p.b_y)
        return -jnp.take_along_axis(log_p, targets[..., None], axis=-1).mean()

    @jax.jit
    def update(p: RNNParameters) -> tuple[object, RNNParameters]:
        value, gradients = jax.value_and_grad(loss)(p)
        return value, jax.tree.map(lambda a, g: a - RATE * g, p, gradients)

    current = jax.tree.map(jnp.asarray, parameters)

    def step() -> None:
        nonlocal current
        _, current = jax.block_until_ready(update(current))

    return step


def peers() -> dict[str, Callable[..., Step]]:
    """Everything that is installed to compare with."""
    found: dict[str, Callable[..., Step]] = {"naive": naive}
    for name, module, make in [("torch.nn.RNN", "torch", pytorch), ("JAX scan", "jax", jax_scan)]:
        if importlib.util.find_spec(module):
            found[name] = make
        else:
            print(f"{name}: not installed; `uv pip install {module}` adds it to the comparison")
    return found


def seconds(step: Step, repeats: int) -> float:
    start = time.process_time()
    for _ in range(repeats):
        step()
    return (time.process_time() - start) / repeats


def interleaved(steps: dict[str, Step], budget: float) -> dict[str, list[float]]:
    """Time all steps in turn until the budget of seconds is spent, in at least five rounds."""
    for step in steps.values():
        step()  # to warm up: compile, allocate
    repeats = {name: max(1, int(0.01 / seconds(step, 2))) for name, step in steps.items()}
    times: dict[str, list[float]] = {name: [] for name in steps}
    end = time.perf_counter() + budget
    order = list(steps)
    while time.perf_counter() < end or len(times[order[0]]) < 5:
        for name in order:
            times[name].append(seconds(steps[name], repeats[name]))
        order = order[1:] + order[:1]
    return times


def ratio(times: dict[str, list[float]], peer: str) -> float:
    return median(a / b for a, b in zip(times["course"], times[peer], strict=True))


def page_faults(step: Step, steps: int = 20) -> float:
    """Page faults per step, of a warm step."""
    for _ in range(5):
        step()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(steps):
        step()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / steps


def peak_memory(size: tuple[int, int, int, int]) -> float:
    """The most that the loss and the gradients ever hold, in units of T·N·H numbers."""
    made = problem(*size)
    workspace = Workspace()
    tracemalloc.start()
    for _ in range(2):
        workspace.loss_and_gradients(*made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    T, N, _, H = size
    return peak / (T * N * H * made[1].itemsize)


def compare(budget: float) -> None:
    others = peers()
    print(f"\n{'':8}{'course':>10}" + "".join(f"{'/ ' + name:>16}" for name in others), end="")
    print(f"{'goal / torch':>16}{'faults':>9}{'memory':>9}")
    for name, size in SIZES.items():
        makers = {"course": course, **others}
        steps = {peer: make(*problem(*size)) for peer, make in makers.items()}
        times = interleaved(steps, budget)
        print(f"{name:8}{1e3 * median(times['course']):7.2f} ms", end="")
        print("".join(f"{ratio(times, peer):16.2f}" for peer in others), end="")
        print(f"{GOALS[name]:16.2f}{page_faults(steps['course']):9.1f}", end="")
        print(f"{peak_memory(size):9.1f}", flush=True)
    print("\nfaults: page faults in a warm step.  memory: the peak of loss and gradients, in T·N·H")
    print("float32 numbers; where T·N is below H, the gradients of the weights are most of it.")


def growth(budget: float) -> None:
    print("\nTime per time step, relative to the shortest sequence (linear in T: 1 throughout)")
    for name in ("small", "mid"):
        T, N, D, H = SIZES[name]
        lengths = [T, 2 * T, 4 * T, 8 * T]
        steps = {"course" if t == T else str(t): course(*problem(t, N, D, H)) for t in lengths}
        times = interleaved(steps, budget)
        relative = [1.0, *(T / t / ratio(times, str(t)) for t in lengths[1:])]
        row = "   ".join(f"T={t}: {value:.2f}" for t, value in zip(lengths, relative, strict=True))
        print(f"{name:8}{row}", flush=True)


def main() -> None:
    summary, _, _ = __doc__.partition("\n")
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("--seconds", type=float, default=4.0, help="per size (default: 4)")
    budget = parser.parse_args().seconds
    compare(budget)
    growth(budget)


if __name__ == "__main__":
    main()
