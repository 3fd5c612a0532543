"""The interactive pictures without a browser: their mathematics, and what Python can see of them.

One file, since all parts compare with the same reference cases.
"""

import base64
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import ipywidgets
import numpy as np
import pytest

from rnn_utils import (
    attend,
    bidirectional_forward,
    compose,
    gru_step,
    rnn_backward,
    rnn_forward,
    rnn_step,
    rnn_step_backward,
    stacked_forward,
    widgets,
)
from rnn_utils.analysis.dynamics import fixed_points, half_life, is_stable
from rnn_utils.analysis.jacobians import gradient_norms, spectral_radius
from rnn_utils.cells.activations import relu
from rnn_utils.layers.output import softmax
from rnn_utils.tasks.text import generate, one_hot
from rnn_utils.training.models import RNNParameters, count_parameters, initialise_rnn
from rnn_utils.widgets.javascript import JS, bundle, page_fragment
from rnn_utils.widgets.picture import KIT

HERE = Path(__file__).parent
PICTURES = sorted({path.stem for path in JS.glob("*.js")} - {*KIT, "questions", "static", "writer"})

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")


def neuron_end(w, b, h0):
    """Where one neuron is after so many steps that nothing moves, as its one or two last states."""
    h = h0
    for _ in range(20_000):
        before, h = h, float(np.tanh(w * h + b))
    return [h] if abs(h - before) < 1e-9 else sorted([before, h])


def reference_cases():
    """Calls of the pictures' mathematics with what NumPy and `rnn_utils` say to them."""
    rng = np.random.default_rng(0)

    def case(call, *args, value):
        cases.append({"call": call, "args": args, "value": value})

    cases = []
    for w_hh, w_xh, h0 in rng.uniform(-1.2, 1.2, (5, 3)):
        x, h, states = rng.standard_normal(20), h0, []
        for x_t in x:
            h = w_hh * h + w_xh * x_t
            states.append(h)
        case("linearRecurrence", x.tolist(), w_hh, w_xh, h0, value=states)
    for w in (0.0, 0.5, -0.9):
        case("halfLife", w, value=half_life(w))
    for D, H, O, T in rng.integers(1, 9, (5, 4)).tolist():  # noqa: E741
        for shared in (True, False):
            counted = count_parameters(D, H, O, T, shared)
            case("countParameters", D, H, O, T, shared, value=counted)

    W_xh, W_hh = rng.standard_normal((3, 2)), rng.standard_normal((3, 3))
    b_h, h, x = rng.standard_normal(3), rng.standard_normal(3), rng.standard_normal((6, 2))
    args, states = [a.tolist() for a in (x, h, W_xh, W_hh, b_h)], []
    for x_t in x:
        h = np.tanh(W_hh @ h + W_xh @ x_t + b_h)
        states.append(h.tolist())
    case("rnnForward", *args, value=states)
    halves = np.array([[1.5, -0.1, 65504.0], [6e-8, -0.0, 3.1e-5]], dtype="<f2")
    packed = base64.b64encode(halves.tobytes()).decode("ascii")
    case("unpackHalves", packed, 2, value=halves.astype(float).tolist())

    for w, b, h0 in [
        *rng.uniform((-3, -2, -1), (4, 2, 1), (40, 3)).tolist(),
        [2, 0, 0.2],
        [-2, 0, 0.2],
    ]:
        found = fixed_points(w, b)
        slopes = w * (1 - found**2)
        if np.abs(np.abs(slopes) - 1).min() < 0.05:
            continue  # there a rounding error moves the fixed point by more than itself
        case("fixedPoints", w, b, value=found.tolist())
        case("neuronEnd", w, b, h0, value=neuron_end(w, b, h0))
        for h_star, s in zip(found.tolist(), slopes.tolist(), strict=True):
            case("slope", w, h_star, value=s)
            assert is_stable(w, h_star) == (abs(s) < 1)
    case("fixedPoints", 1.0, 0.0, value=[0.0])
    for start in (0.0, 1.0):
        case("neuronOrbit", 1.7, 0.3, start, 2, value=_orbit(1.7, 0.3, start, 2))

    for radius, angle, other in [(0.9, 30, 0.5), (1.4, 117, 0.0), (1.3, 0, -0.4), (0.7, 180, 1.2)]:
        turn = np.radians(angle)
        if angle in (0, 180):
            first = radius if angle == 0 else -radius
            axes = np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2)
            W = axes @ np.diag([first, other]) @ axes
        else:
            W = radius * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        case("matrixFromEigenvalues", radius, angle, other, value=W.tolist())
        pair = sorted(np.linalg.eigvals(W), key=lambda z: (-z.real, -z.imag))
        case("eigenvalues", W.tolist(), value=[[float(z.real), float(z.imag)] for z in pair])
        h, states = np.array([0.3, -0.6]), [[0.3, -0.6]]
        for _ in range(10):
            h = np.tanh(W @ h)
            states.append(h.tolist())
        case("orbitOfTwo", W.tolist(), states[0], 10, value=states)
        J = np.diag(1 - h**2) @ W
        case("jacobian", W.tolist(), h.tolist(), value=J.tolist())

    y = rng.standard_normal(6)
    for temperature, top_k in [(1.0, 6), (0.3, 6), (1.7, 3), (0.5, 1)]:
        kept = np.where(y >= np.sort(y)[-top_k], y / temperature, -np.inf)
        p = softmax(kept[None])[0]
        case("temperedProbabilities", y.tolist(), temperature, top_k, value=p.tolist())
        case("entropyBits", p.tolist(), value=-float(np.sum(p[p > 0] * np.log2(p[p > 0]))))
    for part in (0.5, 0.95, 1.0):
        shares = rng.dirichlet(np.full(20, 0.3))
        counted = np.searchsorted(np.cumsum(np.sort(shares)[::-1]), part) + 1
        case("pixelsThatHold", shares.tolist(), part, value=min(int(counted), 20))
    case("temperedProbabilities", y.tolist(), 0, 6, value=one_hot(y.argmax(), 6).tolist())

    model = initialise_rnn(5, 7, 5, rng)
    model = model._replace(b_h=rng.standard_normal(7), b_y=rng.standard_normal(5))
    indices, place, temperature = rng.integers(5, size=9), 6, 0.7
    x, h0 = one_hot(indices[:place, None], 5), np.zeros((1, 7))
    h = rnn_forward(x, h0, model.W_xh, model.W_hh, model.b_h)
    scores = (h[-1] @ model.W_hy.T + model.b_y)[0]
    dh = np.zeros_like(h)
    dy = one_hot(indices[place], 5) - softmax(scores[None] / temperature)[0]
    dh[-1] = dy / temperature @ model.W_hy
    dx = rnn_backward(dh, x, h0, h, model.W_xh, model.W_hh)[0]
    case(
        "influence",
        {name: array.tolist() for name, array in model._asdict().items()},
        indices.tolist(),
        h[:, 0].tolist(),
        scores.tolist(),
        place,
        temperature,
        5,
        value=(dx * x).sum(axis=(1, 2)).tolist(),
    )
    return cases


@needs_node
@pytest.mark.parametrize("temperature", [0.0, 0.6, 1.5])
def test_the_browser_writes_what_numpy_writes_with_the_same_noise(temperature):
    rng = np.random.default_rng(4)
    play = widgets.sampling_temperature(initialise_rnn(4, 9, 4, rng), "abcd", "bad", length=30)
    parameters = RNNParameters(*(3 * np.array(play.data[name]) for name in RNNParameters._fields))
    model = {name: array.tolist() for name, array in parameters._asdict().items()}
    arguments = json.dumps([model, [1, 0, 3], play.data["noise"], temperature, 4])
    code = f"import {{ writeOn }} from {json.dumps((JS / 'maths.js').as_uri())};"
    code += f"console.log(JSON.stringify(writeOn(...{arguments}).indices))"
    run = subprocess.run(
        ["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=True
    )

    class Frozen:
        rows = iter(np.array(play.data["noise"]))

        def gumbel(self, size):
            return next(self.rows).reshape(size)

    text = generate(parameters, "bad", 30, temperature, Frozen(), "abcd")
    assert "".join("abcd"[index] for index in json.loads(run.stdout)) == text


@needs_node
@pytest.mark.parametrize("activation", ["tanh", "ReLU", "linear"])
@pytest.mark.parametrize("start", ["Gaussian", "orthogonal", "identity"])
def test_the_browser_finds_the_gradient_norms_that_numpy_finds(start, activation):
    play = widgets.gradient_over_lag()
    W = np.array(play.data["matrices"][start])
    assert spectral_radius(W) == pytest.approx(1.0)
    W_hh, x, lags = 1.1 * W, 0.3 * np.array(play.data["noise"]), play.data["lags"]
    number = ["tanh", "ReLU", "linear"].index(activation)
    code = f"import {{ activatedStates, logGradientNorms }} from {json.dumps((JS / 'maths.js').as_uri())};"
    code += f"const W = {json.dumps(W_hh.tolist())};"
    code += f"const h = activatedStates(W, {json.dumps(x.tolist())}, {number});"
    code += f"console.log(JSON.stringify([h, logGradientNorms(W, h, {number}, {lags})]))"
    run = subprocess.run(
        ["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=True
    )
    theirs, norms = json.loads(run.stdout)

    activate = {"tanh": np.tanh, "ReLU": relu, "linear": lambda a: a}[activation]
    h = np.zeros((len(x) + 1, len(W)))
    for t, x_t in enumerate(x):
        h[t + 1] = activate(W_hh @ h[t] + x_t)
    np.testing.assert_allclose(theirs, h[1:], rtol=1e-9, atol=1e-12)
    product, expected = np.eye(len(W)), [0.0]
    for h_t in h[: -lags - 1 : -1]:
        slopes = {"tanh": 1 - h_t**2, "ReLU": h_t > 0, "linear": np.ones(len(W))}[activation]
        product = product @ (slopes[:, None] * W_hh)
        size = np.linalg.norm(product, 2)
        expected.append(np.log10(size) if size > 0 else -np.inf)
    norms = [-np.inf if norm is None else norm for norm in norms]  # JSON has no infinity
    np.testing.assert_allclose(norms, expected, atol=0.02)
    if activation == "tanh":
        np.testing.assert_allclose(
            10 ** np.array(norms[::-1])[1:], gradient_norms(h[-lags:], W_hh), rtol=0.05
        )


def _orbit(w, b, h, steps):
    states = [h]
    for _ in range(steps):
        states.append(float(np.tanh(w * states[-1] + b)))
    return states


@needs_node
def test_the_mathematics_in_the_browser_is_that_of_numpy(tmp_path):
    reference = tmp_path / "reference.json"
    reference.write_text(json.dumps(reference_cases()), encoding="utf-8")
    run_node("maths.test.mjs", reference)


def run_node(name, reference):
    run = subprocess.run(
        ["node", "--test", str(HERE / "js" / name)],
        env=os.environ | {"RNN_REFERENCE": str(reference)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout + run.stderr


#: The pictures whose data Python computes in a notebook, with the functions of the course.
COMPUTED = {
    "alignment": lambda: widgets.alignment_map(attend),
    "lstm_cell": widgets.lstm_cell_live,
    "tanh_gate": lambda: widgets.gradient_gate(rnn_step_backward),
    "lstm_gates": widgets.lstm_gates_by_hand,
    "gru_cell": widgets.gru_cell_live,
    "impulse": widgets.impulse_memory,
    "keep": lambda: widgets.keep_by_hand(gru_step),
    "pipe": lambda: widgets.gradient_pipe(rnn_backward),
    "saturation": lambda: widgets.saturation_meter(rnn_step),
    "scan": lambda: widgets.scan_rounds(compose),
    "sight": lambda: widgets.who_has_seen_what(stacked_forward, bidirectional_forward),
    "steps": lambda: widgets.step_through(rnn_forward, "alice said that"),
}


@needs_node
def test_a_page_without_python_computes_what_python_does_wherever_the_sliders_stand(tmp_path):
    rng = np.random.default_rng(0)
    cases = []
    for file, make in COMPUTED.items():
        play = make()
        for _ in range(12):
            for slider in play.sliders.values():
                if isinstance(slider, ipywidgets.Dropdown):
                    slider.value = str(rng.choice(slider.options))
                else:
                    stops = round((slider.max - slider.min) / slider.step)
                    slider.value = slider.min + slider.step * int(rng.integers(0, stops + 1))
            values = dict(play.picture.at)
            cases.append({"file": file, "given": play.given, "values": values, "data": play.data})
    reference = tmp_path / "reference.json"
    reference.write_text(json.dumps(cases), encoding="utf-8")
    run_node("compute.test.mjs", reference)


def test_every_picture_that_python_computes_is_computed_in_a_page_too():
    asking = [path.stem for path in JS.parent.glob("*.py") if "compute=" in path.read_text("utf-8")]
    assert sorted(asking) == sorted(COMPUTED)


@needs_node
@pytest.mark.parametrize("name", PICTURES)
def test_a_bundle_is_one_module_without_imports(name, tmp_path):
    code = bundle(*KIT, name)
    page = page_fragment([*KIT, name], "key", [], {"text": "</script>"})
    script = page.split('<script type="module">')[1].split("</script>")[0]
    assert not re.search(r"^\s*import\b", code, flags=re.MULTILINE)
    assert re.findall(r"^export\b.*", code, flags=re.MULTILINE) == re.findall(
        r"^export default picture\(.*", code, flags=re.MULTILINE
    )
    for module, text in ((tmp_path / "a.mjs", code), (tmp_path / "b.mjs", script)):
        module.write_text(text, encoding="utf-8")
        subprocess.run(["node", "--check", str(module)], check=True)


@pytest.mark.parametrize(
    "make",
    [
        widgets.fold_and_unfold,
        widgets.gradient_over_lag,
        widgets.one_neuron,
        widgets.two_neurons,
    ],
)
def test_every_slider_can_be_read_and_set_in_python(make):
    play = make()
    for name, slider in play.sliders.items():
        last = slider.options[-1] if isinstance(slider, ipywidgets.Dropdown) else slider.max
        setattr(play, name, last)
        assert getattr(play, name) == slider.value == last


def test_a_gate_set_by_hand_keeps_the_marked_number():
    play = widgets.keep_by_hand(gru_step)
    assert play.data["recall"] < 0.1  # a share of one half forgets within a few steps
    play.bias, play.mark = 8.0, -16.0
    assert play.data["recall"] > 0.95
    play.mark = 0.0
    assert play.data["recall"] < 0.1  # without the mark all numbers are treated alike


def test_a_larger_forget_bias_keeps_more_until_it_is_wiped():
    play = widgets.lstm_gates_by_hand()
    written, shown = int(play.write) - 1, int(play.show) - 1
    left = []
    for bias in (0.0, 1.0, 3.0):
        play.bias = bias
        c, product = np.array(play.data["c"]), np.array(play.data["product"])
        left.append(product[shown])
        # with the input gate shut, the cell is what was written times the forget gates since
        np.testing.assert_allclose(c[shown], c[written] * product[shown], atol=1e-9)
        np.testing.assert_allclose(np.add(play.data["kept"], play.data["written"]), c)
    assert left[0] < left[1] < left[2]
    play.wipe = 20.0
    assert play.data["product"][shown] < 0.01 * left[2]


def test_only_gates_that_keep_still_know_of_an_impulse():
    play = widgets.impulse_memory()
    play.bias = 4.0
    later = int(play.at) - 1 + 50
    known = {name: share[later] for name, share in play.data["known"].items()}
    assert known["RNN"] < 1e-4 < 0.01 < min(known["GRU"], known["LSTM"])
    play.bias = -1.0
    known = {name: share[later] for name, share in play.data["known"].items()}
    assert max(known.values()) < 1e-4


@pytest.mark.parametrize("name", PICTURES)
def test_each_picture_shows_its_numpy_line(name):
    made_by = [
        text
        for path in JS.parent.glob("*.py")
        if re.search(rf'Play\(\s*"{name}"', text := path.read_text(encoding="utf-8"))
    ]
    assert len(made_by) == 1
    assert re.search(r"\bcode=", made_by[0])


MADE_BY_THE_LEARNER = {
    widgets.gradient_gate: (rnn_step_backward, "dh"),
    widgets.gradient_pipe: (rnn_backward, "w"),
    widgets.saturation_meter: (rnn_step, "scale"),
    widgets.step_through: (rnn_forward, "t"),
}


@pytest.mark.parametrize("make", MADE_BY_THE_LEARNER)
def test_the_learners_error_stands_in_the_pictures_place_until_it_is_mended(make):
    function, moved = MADE_BY_THE_LEARNER[make]
    broken = [True]

    def learners(*arguments):
        if broken:
            raise ZeroDivisionError("not like that")
        return function(*arguments)

    play = make(learners)
    assert "ZeroDivisionError: not like that" in play.error
    assert "raise ZeroDivisionError" in play.error  # the learner's own line
    broken.clear()
    setattr(play, moved, play.sliders[moved].max)
    assert play.error == ""
    assert play.data
    assert play.picture.at[moved] == play.sliders[moved].max


def test_only_both_directions_have_seen_what_comes():
    play = widgets.who_has_seen_what(stacked_forward, bidirectional_forward)
    for network, sees_ahead in (
        ("one layer", False),
        ("three layers", False),
        ("both directions", True),
    ):
        play.network = network
        moved = np.array(play.data["moved"])
        assert (np.tril(moved) > 0)[np.tril_indices(len(moved))].all()
        assert np.triu(moved, 1).any() == sees_ahead


@pytest.mark.parametrize("signal", [[[1.0, 2.0]], [1.0], [1.0, np.nan]])
def test_a_signal_that_cannot_be_drawn_is_refused(signal):
    with pytest.raises(ValueError, match="finite numbers"):
        widgets.memory_slider(signal)
