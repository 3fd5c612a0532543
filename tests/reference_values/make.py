"""Compute the stored reference values with PyTorch, which shares no code with rnn_utils.

Run it with `python tests/reference_values/make.py` in an environment that has NumPy and torch; it
writes pytorch.npz beside itself. The inputs are stored too, so that the file says everything.
"""

from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("pytorch.npz")
CASES = {  # T, N, D, H, O
    "different": (6, 3, 2, 5, 4),
    "long": (20, 2, 3, 4, 7),
    "one step": (1, 3, 2, 4, 5),
    "one sequence": (5, 1, 2, 3, 4),
    "one input": (5, 3, 1, 2, 4),
    "one unit": (5, 3, 2, 1, 4),
    "all ones": (1, 1, 1, 1, 2),
}

KERNELS = (1, 3, 5)
LOOKS = {  # T, N, H, V
    "different": (6, 3, 4, 5),
    "one step": (1, 3, 2, 4),
    "one number": (4, 2, 1, 1),
    "all alike": (3, 3, 3, 3),
}


def draw_inputs(rng: np.random.Generator, T: int, N: int, D: int, H: int, O: int) -> Any:  # noqa: E741
    """Draw arguments with a nonzero initial state and an upstream gradient at every step."""
    return {
        "x": rng.normal(size=(T, N, D)),
        "h0": rng.uniform(-1, 1, size=(N, H)),
        "W_xh": rng.normal(size=(H, D)),
        "W_hh": rng.normal(size=(H, H)) / np.sqrt(H),
        "b_h": rng.normal(size=H),
        "W_hy": rng.normal(size=(O, H)),
        "b_y": rng.normal(size=O),
        "dh": rng.normal(size=(T, N, H)),
        "targets": rng.integers(O, size=(T, N)),
    }


def pytorch_values(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Run torch.nn.RNN and torch.nn.Linear with these inputs, forward and backward."""
    import torch  # here, so that this file can be imported where torch is not installed

    H, D = inputs["W_xh"].shape
    rnn = torch.nn.RNN(D, H).to(torch.from_numpy(inputs["x"]).dtype)
    linear = torch.nn.Linear(H, len(inputs["b_y"])).to(torch.from_numpy(inputs["x"]).dtype)
    weights = {
        "W_xh": rnn.weight_ih_l0,
        "W_hh": rnn.weight_hh_l0,
        "b_h": rnn.bias_ih_l0,
        "W_hy": linear.weight,
        "b_y": linear.bias,
    }
    with torch.no_grad():
        rnn.bias_hh_l0.zero_()  # torch adds two biases; ours is their sum
        for name, weight in weights.items():
            weight.copy_(torch.from_numpy(inputs[name]))
    x = torch.tensor(inputs["x"], requires_grad=True)
    h0 = torch.tensor(inputs["h0"], requires_grad=True)
    targets = torch.from_numpy(inputs["targets"])
    values: dict[str, Any] = {}

    def gradients(of: Any, names: list[str], upstream: Any = None) -> dict[str, Any]:
        leaves = {"x": x, "h0": h0} | weights
        found = torch.autograd.grad(
            of, [leaves[name] for name in names], upstream, retain_graph=True
        )
        return {f"d{name}": gradient for name, gradient in zip(names, found, strict=True)}

    h, _ = rnn(x, h0[None])
    values["h"] = h
    values |= gradients(h, ["x", "h0", "W_xh", "W_hh", "b_h"], torch.from_numpy(inputs["dh"]))

    h_from_zero, _ = rnn(x)
    scores = {"many_to_many": linear(h_from_zero), "many_to_one": linear(h_from_zero[-1])}
    wanted = {"many_to_many": targets, "many_to_one": targets[-1]}
    for kind, y in scores.items():
        loss = torch.nn.functional.cross_entropy(
            y.reshape(-1, y.shape[-1]), wanted[kind].reshape(-1)
        )
        values |= {f"{kind}/y": y, f"{kind}/p": torch.softmax(y, dim=-1), f"{kind}/loss": loss}
        found = gradients(loss, list(weights))
        values |= {f"{kind}/{name}": gradient for name, gradient in found.items()}
        values[f"{kind}/dy"] = torch.autograd.grad(loss, y, retain_graph=True)[0]
    squared = torch.nn.functional.mse_loss(h, torch.from_numpy(inputs["dh"]))
    values |= {"mse": squared, "mse/dh": torch.autograd.grad(squared, h)[0]}
    return {name: value.detach().numpy() for name, value in values.items()}


def gated_values(kind: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Run torch.nn.LSTM or torch.nn.GRU with these inputs, forward and backward."""
    import torch

    H, D = inputs["h0"].shape[1], inputs["x"].shape[2]
    module = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](D, H)
    module = module.to(torch.from_numpy(inputs["x"]).dtype)
    weights = {"W_x": module.weight_ih_l0, "W_h": module.weight_hh_l0}
    weights |= (
        {"b": module.bias_ih_l0}
        if kind == "lstm"
        else {"b_x": module.bias_ih_l0, "b_h": module.bias_hh_l0}
    )
    with torch.no_grad():
        module.bias_hh_l0.zero_()  # of the two biases of an LSTM ours is the sum
        for name, weight in weights.items():
            weight.copy_(torch.from_numpy(inputs[name]))
    leaves = {
        name: torch.tensor(inputs[name], requires_grad=True)
        for name in ("x", "h0", "c0")
        if name in inputs
    }
    states = tuple(leaf[None] for name, leaf in leaves.items() if name != "x")
    h, _ = module(leaves["x"], states if kind == "lstm" else states[0])
    leaves |= weights
    found = torch.autograd.grad(h, list(leaves.values()), torch.from_numpy(inputs["dh"]))
    values = {"h": h} | {f"d{name}": g for name, g in zip(leaves, found, strict=True)}
    return {name: value.detach().numpy() for name, value in values.items()}


def deep_values(kind: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Run torch.nn.RNN with several layers, "stacked", or in both directions, "bidirectional".

    The weights of layer or direction k are named W_xh/k, W_hh/k and b_h/k.
    """
    import torch

    (L, _, H), D = inputs["h0"].shape, inputs["x"].shape[2]
    sizes = {"num_layers": L} if kind == "stacked" else {"bidirectional": True}
    rnn = torch.nn.RNN(D, H, **sizes).to(torch.from_numpy(inputs["x"]).dtype)
    weights = {}
    for k in range(L):
        suffix = f"l{k}" if kind == "stacked" else ("l0", "l0_reverse")[k]
        weights[f"W_xh/{k}"] = getattr(rnn, f"weight_ih_{suffix}")
        weights[f"W_hh/{k}"] = getattr(rnn, f"weight_hh_{suffix}")
        weights[f"b_h/{k}"] = getattr(rnn, f"bias_ih_{suffix}")
        torch.nn.init.zeros_(getattr(rnn, f"bias_hh_{suffix}"))  # ours is the sum of the two
    with torch.no_grad():
        for name, weight in weights.items():
            weight.copy_(torch.from_numpy(inputs[name]))
    leaves = {name: torch.tensor(inputs[name], requires_grad=True) for name in ("x", "h0")}
    h, _ = rnn(leaves["x"], leaves["h0"])
    leaves |= weights
    found = torch.autograd.grad(h, list(leaves.values()), torch.from_numpy(inputs["dh"]))
    values = {"h": h} | {f"d{name}": g for name, g in zip(leaves, found, strict=True)}
    return {name: value.detach().numpy() for name, value in values.items()}


def convolution_values(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Run torch.nn.functional.conv2d with these inputs, images (R, C, N, D), forward and backward."""
    import torch

    leaves = {name: torch.tensor(inputs[name], requires_grad=True) for name in ("x", "W", "b")}
    x = leaves["x"].permute(2, 3, 0, 1)
    h = torch.nn.functional.conv2d(x, leaves["W"], leaves["b"], padding="same")
    h = h.permute(2, 3, 0, 1)
    found = torch.autograd.grad(h, list(leaves.values()), torch.from_numpy(inputs["dh"]))
    values = {"h": h} | {f"d{name}": g for name, g in zip(leaves, found, strict=True)}
    return {name: value.detach().contiguous().numpy() for name, value in values.items()}


def attention_values(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Run torch.nn.functional.scaled_dot_product_attention with these inputs, forward and backward."""
    import torch

    leaves = {
        name: torch.tensor(inputs[name], requires_grad=True) for name in ("query", "keys", "values")
    }
    query, keys, values = leaves.values()
    lengths = torch.from_numpy(inputs["lengths"])
    inside = torch.arange(len(keys)) < lengths[:, None]  # (N, T)
    y = torch.nn.functional.scaled_dot_product_attention(
        query[:, None], keys.transpose(0, 1), values.transpose(0, 1), attn_mask=inside[:, None]
    )[:, 0]
    found = torch.autograd.grad(y, list(leaves.values()), torch.from_numpy(inputs["dy"]))
    made = {"y": y} | {f"d_{name}": g for name, g in zip(leaves, found, strict=True)}
    return {name: value.detach().contiguous().numpy() for name, value in made.items()}


def stored() -> dict[str, tuple[dict[str, np.ndarray], dict[str, np.ndarray]]]:
    """Return for each case the stored inputs and what PyTorch made of them."""
    return _stored(CASES)


def stored_gated(kind: str) -> dict[str, tuple[dict[str, np.ndarray], dict[str, np.ndarray]]]:
    """Return the same for "lstm" or "gru"."""
    return _stored([f"{kind}/{case}" for case in CASES])


def stored_deep(kind: str) -> dict[str, tuple[dict[str, np.ndarray], dict[str, np.ndarray]]]:
    """Return the same for "stacked" or "bidirectional"."""
    return _stored([f"{kind}/{case}" for case in CASES])


def stored_convolution(K: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the same for a convolution with a kernel of K."""
    return _stored([f"convolution/{K}"])[f"convolution/{K}"]


def stored_attention() -> dict[str, tuple[dict[str, np.ndarray], dict[str, np.ndarray]]]:
    """Return the same for attention."""
    return {
        name.removeprefix("attention/"): case
        for name, case in _stored([f"attention/{name}" for name in LOOKS]).items()
    }


def _stored(names: Any) -> dict[str, tuple[dict[str, np.ndarray], dict[str, np.ndarray]]]:
    with np.load(FILE) as file:
        arrays = {name: file[name] for name in file.files}
    cases = {}
    for case in names:
        prefix = f"{case}/in/"
        inputs = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
        prefix = f"{case}/out/"
        values = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
        cases[case] = (inputs, values)
    return cases


if __name__ == "__main__":
    rng = np.random.default_rng(1990)
    arrays = {}
    for case, sizes in CASES.items():
        inputs = draw_inputs(rng, *sizes)
        arrays |= {f"{case}/in/{name}": value for name, value in inputs.items()}
        arrays |= {f"{case}/out/{name}": value for name, value in pytorch_values(inputs).items()}
    for kind, gates in (("lstm", 4), ("gru", 3)):
        for case, (T, N, D, H, _) in CASES.items():
            biases = ["b"] if kind == "lstm" else ["b_x", "b_h"]
            states = ["h0", "c0"] if kind == "lstm" else ["h0"]
            inputs = (
                {"x": rng.normal(size=(T, N, D)), "dh": rng.normal(size=(T, N, H))}
                | {name: rng.uniform(-1, 1, size=(N, H)) for name in states}
                | {"W_x": rng.normal(size=(gates * H, D)), "W_h": rng.normal(size=(gates * H, H))}
                | {name: rng.normal(size=gates * H) for name in biases}
            )
            values = gated_values(kind, inputs)
            arrays |= {f"{kind}/{case}/in/{name}": value for name, value in inputs.items()}
            arrays |= {f"{kind}/{case}/out/{name}": value for name, value in values.items()}
    rng = np.random.default_rng(1997)
    for kind, L, width in (("stacked", 3, 1), ("bidirectional", 2, 2)):
        for case, (T, N, D, H, _) in CASES.items():
            inputs = {
                "x": rng.normal(size=(T, N, D)),
                "dh": rng.normal(size=(T, N, width * H)),
                "h0": rng.uniform(-1, 1, size=(L, N, H)),
            }
            for k in range(L):
                below = H if kind == "stacked" and k > 0 else D
                inputs |= {f"W_xh/{k}": rng.normal(size=(H, below)), f"b_h/{k}": rng.normal(size=H)}
                inputs[f"W_hh/{k}"] = rng.normal(size=(H, H)) / np.sqrt(H)
            values = deep_values(kind, inputs)
            arrays |= {f"{kind}/{case}/in/{name}": value for name, value in inputs.items()}
            arrays |= {f"{kind}/{case}/out/{name}": value for name, value in values.items()}
    for K in KERNELS:
        rng = np.random.default_rng(K)
        shapes = {"x": (4, 6, 3, 2), "W": (5, 2, K, K), "b": (5,), "dh": (4, 6, 3, 5)}
        inputs = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        values = convolution_values(inputs)
        arrays |= {f"convolution/{K}/in/{name}": value for name, value in inputs.items()}
        arrays |= {f"convolution/{K}/out/{name}": value for name, value in values.items()}
    rng = np.random.default_rng(2017)
    for case, (T, N, H, V) in LOOKS.items():
        shapes = {"query": (N, H), "keys": (T, N, H), "values": (T, N, V), "dy": (N, V)}
        inputs = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        inputs["lengths"] = rng.integers(1, T + 1, size=N)
        values = attention_values(inputs)
        arrays |= {f"attention/{case}/in/{name}": value for name, value in inputs.items()}
        arrays |= {f"attention/{case}/out/{name}": value for name, value in values.items()}
    np.savez_compressed(FILE, **arrays)
