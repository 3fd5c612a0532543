"""How fast a training step of the course's RNN, LSTM and GRU is, as ratios within one run.

    uv run python benchmarks/training_speed.py              # against the plain form in NumPy
    uv pip install torch jax                                # optional peers, in any environment
    uv run --no-sync python benchmarks/training_speed.py    # against them as well
    uv run --no-sync python benchmarks/training_speed.py LSTM   # one of the cells only
    uv run --no-sync python benchmarks/training_speed.py scan   # linear recurrences: scan and loop

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
from functools import partial
from statistics import median
from typing import Any

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np

from rnn_utils import (
    Workspace,
    initialise_gru,
    initialise_lstm,
    initialise_rnn,
    loss_and_gradients,
    sgd_update,
    to_torch,
)
from rnn_utils.cells.linear_recurrence import linear_loop, linear_scan
from rnn_utils.training.parameters import GRUParameters, LSTMParameters, RNNParameters

SIZES = {  # T, N, D, H; there are as many classes as inputs, at least two
    "tiny": (50, 1, 1, 16),
    "kar": (25, 1, 65, 100),
    "small": (32, 16, 30, 64),
    "wide": (35, 32, 28, 256),
    "mid": (100, 64, 64, 256),
    "big": (200, 64, 64, 512),
}
INITIALISE: dict[str, Callable[..., Any]] = {
    "RNN": initialise_rnn,
    "LSTM": initialise_lstm,
    "GRU": initialise_gru,
}
GOALS = {  # of the time of PyTorch
    "RNN": {"tiny": 0.15, "kar": 0.20, "small": 0.35, "wide": 0.75, "mid": 0.85, "big": 0.85},
    "LSTM": {"tiny": 1.5, "kar": 0.95, "small": 1.3, "wide": 1.25, "mid": 1.0},
    "GRU": {"tiny": 0.2, "kar": 0.25, "small": 0.5, "wide": 1.0, "mid": 1.0},
}
RATE = 0.01

Step = Callable[[], object]
Size = tuple[int, int, int, int]


def problem(cell: str, T: int, N: int, D: int, H: int) -> tuple[Any, np.ndarray, np.ndarray]:
    """Draw parameters, inputs and classes in float32."""
    rng = np.random.default_rng(0)
    O = max(D, 2)  # noqa: E741
    x = rng.normal(size=(T, N, D)).astype(np.float32)
    return INITIALISE[cell](D, H, O, rng, np.float32), x, rng.integers(O, size=(T, N))


def course(parameters: Any, x: np.ndarray, targets: np.ndarray) -> Step:
    """The training step of the course, in arrays that are kept."""
    return with_numpy(Workspace().loss_and_gradients, parameters, x, targets)


def plain(parameters: Any, x: np.ndarray, targets: np.ndarray) -> Step:
    """The form that is there to be read."""
    return with_numpy(loss_and_gradients, parameters, x, targets)


def with_numpy(model: Callable[..., Any], parameters: Any, x: np.ndarray, targets: Any) -> Step:
    def step() -> None:
        nonlocal parameters
        _, gradients = model(parameters, x, targets)
        parameters = sgd_update(parameters, gradients, RATE)

    return step


def pytorch(parameters: Any, x: np.ndarray, targets: np.ndarray) -> Step:
    """torch.nn.RNN, LSTM or GRU, and torch.nn.Linear."""
    import torch

    torch.set_num_threads(1)
    cell, linear = to_torch(parameters)
    inputs, classes = torch.from_numpy(x), torch.from_numpy(targets).ravel()
    optimiser = torch.optim.SGD([*cell.parameters(), *linear.parameters()], lr=RATE)

    def step() -> None:
        optimiser.zero_grad()
        scores = linear(cell(inputs)[0]).flatten(0, 1)
        torch.nn.functional.cross_entropy(scores, classes).backward()
        optimiser.step()

    return step


def jax_scan(parameters: Any, x: np.ndarray, targets: np.ndarray) -> Step:
    """JAX: lax.scan, differentiated and compiled."""
    import jax
    import jax.numpy as jnp

    def rnn(p: Any, state: Any, a_t: Any) -> Any:
        h = jnp.tanh(a_t + state[0] @ p.W_hh.T)
        return (h, state[1]), h

    def lstm(p: Any, state: Any, a_t: Any) -> Any:
        i, f, g, o = jnp.split(a_t + state[0] @ p.W_h.T, 4, axis=1)
        c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    def gru(p: Any, state: Any, a_t: Any) -> Any:
        x_r, x_z, x_n = jnp.split(a_t, 3, axis=1)
        h_r, h_z, h_n = jnp.split(state[0] @ p.W_h.T + p.b_h, 3, axis=1)
        z = jax.nn.sigmoid(x_z + h_z)
        h = (1 - z) * jnp.tanh(x_n + jax.nn.sigmoid(x_r + h_r) * h_n) + z * state[0]
        return (h, state[1]), h

    cell = {RNNParameters: rnn, LSTMParameters: lstm, GRUParameters: gru}[type(parameters)]

    def loss(p: Any) -> Any:
        zero = jnp.zeros((x.shape[1], p.W_hy.shape[1]), dtype=x.dtype)
        W_x, _, b, *_ = p
        _, h = jax.lax.scan(partial(cell, p), (zero, zero), x @ W_x.T + b)
        log_p = jax.nn.log_softmax(h @ p.W_hy.T + p.b_y)
        return -jnp.take_along_axis(log_p, targets[..., None], axis=-1).mean()

    @jax.jit
    def update(p: Any) -> Any:
        value, gradients = jax.value_and_grad(loss)(p)
        return value, jax.tree.map(lambda a, g: a - RATE * g, p, gradients)

    current = jax.tree.map(jnp.asarray, parameters)

    def step() -> None:
        nonlocal current
        _, current = jax.block_until_ready(update(current))

    return step


def peers() -> dict[str, Callable[..., Step]]:
    """Everything that is installed to compare with."""
    found: dict[str, Callable[..., Step]] = {"plain": plain}
    for name, module, make in [("PyTorch", "torch", pytorch), ("JAX scan", "jax", jax_scan)]:
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


def peak_memory(cell: str, size: Size) -> float:
    """The most bytes that the loss and the gradients ever hold, in a second step."""
    made = problem(cell, *size)
    workspace = Workspace()
    tracemalloc.start()
    for _ in range(2):
        workspace.loss_and_gradients(*made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def memory(cell: str, size: Size) -> tuple[float, float]:
    """Peak memory in T·N·H numbers: of all, and of the part that grows with the sequence."""
    T, N, D, H = size
    unit = N * H * np.dtype(np.float32).itemsize
    long = max(T, 200)  # from here on NumPy's buffers, of 8192 numbers, do not grow any more
    once, twice = (peak_memory(cell, (steps, N, D, H)) for steps in (long, 2 * long))
    return peak_memory(cell, size) / (T * unit), (twice - once) / (long * unit)


def compare(cell: str, others: dict[str, Callable[..., Step]], budget: float) -> None:
    print(f"\n{cell:8}{'course':>10}" + "".join(f"{'/ ' + name:>12}" for name in others), end="")
    print(f"{'goal':>8}{'faults':>9}{'memory':>9}{'growing':>9}")
    for name, size in SIZES.items():
        makers = {"course": course, **others}
        steps = {peer: make(*problem(cell, *size)) for peer, make in makers.items()}
        times = interleaved(steps, budget)
        print(f"{name:8}{1e3 * median(times['course']):7.2f} ms", end="")
        print("".join(f"{ratio(times, peer):12.2f}" for peer in others), end="")
        print(f"{GOALS[cell].get(name, '–'):>8}{page_faults(steps['course']):9.1f}", end="")
        print("".join(f"{units:9.1f}" for units in memory(cell, size)), flush=True)


def growth(cell: str, budget: float) -> None:
    for name in ("small", "mid"):
        T, N, D, H = SIZES[name]
        lengths = [T, 2 * T, 4 * T, 8 * T]
        steps = {
            "course" if t == T else str(t): course(*problem(cell, t, N, D, H)) for t in lengths
        }
        times = interleaved(steps, budget)
        relative = [1.0, *(T / t / ratio(times, str(t)) for t in lengths[1:])]
        row = "   ".join(f"T={t}: {value:.2f}" for t, value in zip(lengths, relative, strict=True))
        print(f"{cell:8}{name:8}{row}", flush=True)


def jax_parallel_scan(a: np.ndarray, b: np.ndarray, h0: np.ndarray) -> Step:
    """The parallel scan that JAX brings along, compiled."""
    import jax

    compose = lambda first, second: (second[0] * first[0], second[0] * first[1] + second[1])  # noqa: E731

    @jax.jit
    def scanned(a: Any, b: Any, h0: Any) -> Any:
        return jax.lax.associative_scan(compose, (a, b.at[0].add(a[0] * h0)))[1]

    arrays = [jax.numpy.asarray(array) for array in (a, b, h0)]
    return lambda: scanned(*arrays).block_until_ready()


def torch_loop(a: np.ndarray, b: np.ndarray, h0: np.ndarray) -> Step:
    """A loop in PyTorch, which has no parallel scan among its stable functions."""
    import torch

    torch.set_num_threads(1)
    factors, addends, start = (torch.from_numpy(array) for array in (a, b, h0))

    def step() -> object:
        h, states = start, []
        for factor, addend in zip(factors, addends, strict=True):
            h = factor * h + addend
            states.append(h)
        return torch.stack(states)

    return step


def scans(budget: float) -> None:
    """Compare the scan of lesson 17 with loops, and with JAX's scan where it is installed."""
    makers: dict[str, Callable[..., Step]] = {
        "course": lambda *arrays: partial(linear_scan, *arrays),
        "loop": lambda *arrays: partial(linear_loop, *arrays),
    }
    for name, make in (("jax", jax_parallel_scan), ("torch", torch_loop)):
        if importlib.util.find_spec(name):
            makers[name] = make
    others = [name for name in makers if name != "course"]
    print(f"\n{'scan':8}{'course':>10}" + "".join(f"{'/ ' + name:>12}" for name in others))
    rng = np.random.default_rng(0)
    for T in (16, 64, 256, 1024, 4096):
        shape = (T, 16, 64)
        arrays = [
            rng.uniform(0.5, 1, shape).astype(np.float32),
            rng.standard_normal(shape).astype(np.float32),
            np.zeros(shape[1:], np.float32),
        ]
        times = interleaved({name: make(*arrays) for name, make in makers.items()}, budget)
        print(f"T={T:<6}{1e3 * median(times['course']):7.2f} ms", end="")
        print("".join(f"{ratio(times, peer):12.2f}" for peer in others), flush=True)


def main() -> None:
    summary, _, _ = __doc__.partition("\n")
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument(
        "cells", nargs="*", metavar="cell", help="RNN, LSTM, GRU, scan (default: all)"
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="per size (default: 4)")
    arguments = parser.parse_args()
    known = [*INITIALISE, "scan"]
    asked = arguments.cells or known
    if unknown := set(asked) - set(known):
        parser.error(f"a cell is one of {', '.join(known)}, not {', '.join(unknown)}")
    if "scan" in asked:
        scans(arguments.seconds)
    cells = [cell for cell in asked if cell != "scan"]
    if not cells:
        return

    others = peers()
    for cell in cells:
        compare(cell, others, arguments.seconds)
    print(
        "\ngoal: of the time of PyTorch.  faults: page faults in a warm step.\n"
        "memory: the peak of loss and gradients, in T·N·H float32 numbers; growing: what of it is in\n"
        "proportion to T, outputs included. The rest are gradients of weights, which count where T·N\n"
        "is small, and at the tiniest sizes objects of Python and buffers of NumPy, some 30 kB."
    )
    print("\nTime per time step, relative to the shortest sequence (linear in T: 1 throughout)")
    for cell in cells:
        growth(cell, arguments.seconds)


if __name__ == "__main__":
    main()
