"""One step of an RNN: h_t = tanh(x_t W_xhᵀ + h_{t−1} W_hhᵀ + b_h); versions lay it out in other ways."""

from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from rnn_utils.cells.rnn import rnn_step
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import arrays, scaled
from rnn_utils.checks.framework.exercise import Exercise, Mistake, Version, mistakes_in
from rnn_utils.checks.framework.version import in_version
from rnn_utils.checks.shared_mistakes import step as steps

Arguments = tuple[np.ndarray, ...]


def _softsign(a: np.ndarray) -> np.ndarray:
    return a / (1 + np.abs(a))


def _twice_a_sigmoid(a: np.ndarray) -> np.ndarray:
    return np.tanh(a / 2)


_ACTIVATIONS: dict[str, steps.Activation] = {"tanh": np.tanh, "softsign": _softsign}


@dataclass(frozen=True)
class Layout:
    """How a step is written.

    Attributes:
        columns: whether a sequence of the batch is a column of x_t (D, N) and h_prev (H, N).
        turned: whether the weights are stored (in, out), as many libraries do.
        activation: one of `_ACTIVATIONS`.
    """

    columns: bool = False
    turned: bool = False
    activation: str = "tanh"

    @property
    def key(self) -> str:
        """The version's name; empty for the lesson's own."""
        parts = ["columns" * self.columns, "in-out" * self.turned]
        parts.append(self.activation * (self.activation != "tanh"))
        return "-".join(filter(None, parts))

    def turn(self, x_t: np.ndarray, h_prev: np.ndarray, *weights: np.ndarray) -> Arguments:
        """Lay arguments out as the lesson does, or the lesson's as this version."""
        W_xh, W_hh, b_h = weights
        if self.columns:
            x_t, h_prev = x_t.T, h_prev.T
        return (x_t, h_prev, W_xh.T, W_hh.T, b_h) if self.turned else (x_t, h_prev, *weights)

    def step(self, made: steps.Made, *arguments: np.ndarray) -> np.ndarray:
        """Return a step with the mistakes made."""
        f = _ACTIVATIONS[self.activation]
        h_t = steps.rnn_step(made, *self.turn(*arguments), activation=f)
        return h_t.T if self.columns else h_t

    @property
    def shapes(self) -> dict[str, str]:
        """The shape of each argument, in letters."""
        x_t, h_prev = ("D N", "H N") if self.columns else ("N D", "N H")
        W_xh = "D H" if self.turned else "H D"
        return {"x_t": x_t, "h_prev": h_prev, "W_xh": W_xh, "W_hh": "H H", "b_h": "H"}

    @property
    def product(self) -> str:
        """The product with the state."""
        if self.columns:
            return "W_hh.T @ h_prev" if self.turned else "W_hh @ h_prev"
        return "h_prev @ W_hh" if self.turned else "h_prev @ W_hh.T"


LESSONS = Layout()
_LAYOUTS = tuple(
    Layout(columns, turned, activation)
    for columns in (False, True)
    for turned in (False, True)
    for activation in _ACTIVATIONS
)


def _mistakes(layout: Layout) -> tuple[Mistake, ...]:
    right, f = partial(layout.step, frozenset()), _ACTIVATIONS[layout.activation]
    total = partial(layout.step, frozenset({"no tanh"}))
    found = (
        *mistakes_in(layout.step, steps.TANH | steps.AFFINE),
        Mistake(
            "tanh of the previous state",
            "tanh is applied to h_prev as well; it is a state, so it has been through tanh already",
            lambda x_t, h_prev, *weights: right(x_t, f(h_prev), *weights),
        ),
        Mistake(
            "tanh over each product",
            "tanh is applied to each product and the bias added after; it belongs around the whole sum",
            lambda *arguments: layout.step(frozenset({"products apart"}), *arguments),
        ),
        Mistake(
            "slope instead of state",
            "the slope 1 − h_t² is returned; a step returns the state itself",
            lambda *arguments: 1 - right(*arguments) ** 2,
        ),
        Mistake(
            "previous state added",
            "h_prev is added to the new state; it enters through W_hh only",
            lambda x_t, h_prev, *weights: h_prev + right(x_t, h_prev, *weights),
        ),
        *(
            Mistake(
                f"{name} for tanh",
                f"the activation is {name}; the equation says tanh",
                lambda *arguments, g=g: g(total(*arguments)),
            )
            for name, g in (
                ("tan", np.tan),
                ("arctan", np.arctan),
                ("sin", np.sin),
                ("sinh", np.sinh),
                ("2σ − 1", _twice_a_sigmoid),
                *((("softsign", _softsign),) if layout == LESSONS else ()),
            )
        ),
        Mistake(
            "no negative states",
            "negative sums are set to 0 before tanh; tanh takes both signs, and so do states",
            lambda *arguments: np.maximum(right(*arguments), 0.0),
        ),
        Mistake(
            "difference instead of sum",
            "the state's term is subtracted; the two terms are added",
            lambda x_t, h_prev, *weights: right(x_t, -h_prev, *weights),
        ),
        Mistake(
            "clipped",
            "the sum is cut off at −1 and 1; tanh bends before it gets there",
            lambda *arguments: np.clip(total(*arguments), -1, 1),
        ),
        Mistake(
            "bias summed",
            "all biases are added to every neuron; each neuron has its own",
            lambda x_t, h_prev, W_xh, W_hh, b_h: right(
                x_t, h_prev, W_xh, W_hh, np.full_like(b_h, b_h.sum())
            ),
        ),
        Mistake(
            "only the first row",
            "only the first row is returned; the batch has N of them",
            lambda *arguments: right(*arguments)[0],
        ),
        Mistake(
            "state multiplied number by number",
            "`*` stands where a matrix product belongs: `*` multiplies number by number, `@` is the product",
            lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev * W_hh + x_t @ W_xh.T + b_h,
        ),
    )
    if layout == LESSONS:
        return found + _WITH_ROWS + _OVERFLOWING
    turned = Mistake(
        "W_hh transposed",
        "W_hh is transposed (it is square, so no shape complains): in your version the product is "
        f"`{layout.product}`",
        partial(layout.step, frozenset({"W_hh transposed"})),
    )
    followed = [
        replace(m, says=m.says.replace("tanh", layout.activation))
        for m in found
        if not (layout.columns and m.name in ("softmax", "only the first row"))
    ]
    # The first of a name is the one that is told.
    return turned, *(m for m in followed if m.name != turned.name), *_of_columns(layout)


def _of_columns(layout: Layout) -> tuple[Mistake, ...]:
    if not layout.columns:
        return ()
    f = _ACTIVATIONS[layout.activation]

    def bias_as_a_row(*arguments: np.ndarray) -> np.ndarray:
        *products, b_h = arguments
        x_t, h_prev, W_xh, W_hh, _ = layout.turn(*products, b_h)
        return f(W_hh @ h_prev.T + W_xh @ x_t.T + b_h)

    return (
        Mistake(
            "bias added to rows",
            "b_h (H,) is added to an array (H, N), whose rows are the neurons: it needs a second axis, "
            "as `b_h[:, None]` has it",
            bias_as_a_row,
        ),
        Mistake(
            "only the first column",
            "only the first sequence is returned; the batch has N of them",
            lambda *arguments: layout.step(frozenset(), *arguments)[:, 0],
        ),
    )


#: What goes wrong where sequences are rows and the weights are as on paper.
_WITH_ROWS = (
    *steps.COLUMN_ORDER,
    Mistake(
        "x_t does not fit",
        "x_t (N, D) stands before a matrix that has not D rows; W_xh is (H, D), so turn it first",
        lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev @ W_hh + x_t @ W_xh + b_h,
    ),
    Mistake(
        "h_prev does not fit",
        "h_prev (N, H) is multiplied with the input's weight; the state's own is W_hh (H, H)",
        lambda x_t, h_prev, W_xh, W_hh, b_h: h_prev @ W_xh.T + x_t @ W_hh.T + b_h,
    ),
    Mistake(
        "bias added to columns",
        "the sum stands in columns, (H, N), when the bias is added; b_h (H,) is added to rows, so turn "
        "the sum first",
        lambda x_t, h_prev, W_xh, W_hh, b_h: W_hh @ h_prev.T + W_xh @ x_t.T + b_h,
    ),
)


def _by_exponentials(*arguments: np.ndarray) -> np.ndarray:
    a = LESSONS.step(frozenset({"no tanh"}), *arguments)
    return (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))


def _by_one_exponential(*arguments: np.ndarray) -> np.ndarray:
    e = np.exp(2 * LESSONS.step(frozenset({"no tanh"}), *arguments))
    return (e - 1) / (e + 1)


_OVERFLOWING = tuple(
    Mistake(
        name,
        "tanh is put together from exponentials, which overflow for large sums; np.tanh does not",
        wrong,
    )
    for name, wrong in (
        ("exponentials overflow", _by_exponentials),
        ("an exponential of twice the sum overflows", _by_one_exponential),
    )
)


@cache
def _record(layout: Layout) -> Exercise:
    def step(
        x_t: np.ndarray, h_prev: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
    ) -> np.ndarray:
        return layout.step(frozenset(), x_t, h_prev, W_xh, W_hh, b_h)

    draw = arrays(**layout.shapes)
    record = Exercise(
        name="rnn_step",
        lesson="03_tanh",
        points=2,
        reference=rnn_step,
        outputs={"h_t": layout.shapes["h_prev"]},
        draw=draw,
        contract=Contract(
            sizes="NDH",
            zeros=("x_t", "h_prev", "W_xh", "W_hh", "b_h"),
            edges=(Case("large inputs", draw=scaled(draw, x_t=2000.0)),),
        ),
        mistakes=_mistakes(layout),
    )
    if layout == LESSONS:
        return replace(record, versions=tuple(_version(one) for one in _LAYOUTS if one != LESSONS))
    return in_version(record, layout.key, step)


def _version(layout: Layout) -> Version:
    shape = {name: f"({letters.replace(' ', ', ')})" for name, letters in layout.shapes.items()}
    batch = "column" if layout.columns else "row"
    stored = "(in, out)" if layout.turned else "(out, in), as on paper"
    formula = {"tanh": r"\tanh(a)", "softsign": r"\frac{a}{1 + |a|}"}[layout.activation]
    name = {"tanh": "tanh", "softsign": "the *softsign*"}[layout.activation]
    task = rf"""
Write the step for a batch, in a layout of your own:

- each sequence of the batch is a **{batch}**: `x_t` is {shape["x_t"]}, `h_prev` is {shape["h_prev"]}, and
  so is the result;
- the weights are stored **{stored}**: `W_xh` is {shape["W_xh"]}, and `W_hh` (H, H) in the same order;
  `b_h` is (H,);
- the activation is **{name}**, $f(a) = {formula}$, number by number.

<details><summary>First hint: where to look</summary>

Write the shape of the result down, then a product for the input that has it. Only one order of the two,
with or without a transpose, fits.

</details>

<details><summary>Second hint: the plan</summary>

Compute the whole sum first and give it a name: two products and the bias, one number of it for each
neuron. Then apply the activation once, to all of it. Is `W_hh`, whose shape cannot tell, used in the same
order as `W_xh`?

</details>
"""
    x_t, h_prev, W_xh, W_hh, b_h = layout.turn(
        np.array([[2.0]]),
        np.array([[0.5, -0.5]]),
        np.array([[0.2], [-0.25]]),
        np.array([[0.2, -0.4], [-0.6, 0.8]]),
        np.array([0.0, 0.1]),
    )
    shown = repr(layout.step(frozenset(), x_t, h_prev, W_xh, W_hh, b_h).round(2))
    shown = shown.replace("\n", "\n    ")
    stub = f'''
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    """Return the states after one step of an RNN with {name.replace("*", "")} as its activation.

    x_t: inputs, shape {shape["x_t"]}, one {batch} per sequence
    h_prev: previous states, shape {shape["h_prev"]}
    W_xh, W_hh, b_h: weights and bias, shapes {shape["W_xh"]}, (H, H), (H,); weights {stored}
    returns: the states h_t, shape {shape["h_prev"]}

    >>> W_xh = np.array({W_xh.tolist()})
    >>> W_hh = np.array({W_hh.tolist()})
    >>> x_t, h_prev = np.array({x_t.tolist()}), np.array({h_prev.tolist()})
    >>> rnn_step(x_t, h_prev, W_xh, W_hh, np.array([0.0, 0.1])).round(2)
    {shown}
    """
'''
    return Version(layout.key, task.strip(), stub.strip(), partial(_record, layout))


EXERCISE = _record(LESSONS)
