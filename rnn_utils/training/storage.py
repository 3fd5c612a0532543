"""Parameters in files, and in PyTorch."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np

from rnn_utils._shapes import expect_floats
from rnn_utils.training.models import expect_parameters
from rnn_utils.training.parameters import Parameters, RNNParameters

Named = TypeVar("Named")


def save(path: str | PathLike[str], parameters: Any) -> None:
    """Write parameters to an .npz file, under their names.

    Args:
        path: where to; a file of that name is replaced.
        parameters: a named tuple of arrays, such as `RNNParameters`.

    Raises:
        TypeError: the parameters have no names.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from rnn_utils.training.parameters import initialise_rnn
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> with TemporaryDirectory() as folder:
        ...     save(f"{folder}/model.npz", parameters)
        ...     again = load(f"{folder}/model.npz")
        >>> bool(np.all(again.W_hh == parameters.W_hh))
        True
    """
    if not hasattr(parameters, "_asdict"):
        raise TypeError(
            f"save: parameters should be a named tuple of arrays, such as RNNParameters, but is a "
            f"{type(parameters).__name__}. Make one first: RNNParameters(*parameters)."
        )
    with open(path, "wb") as file:  # given a name, NumPy would write to another one without .npz
        np.savez(file, **parameters._asdict())


def load(path: str | PathLike[str], kind: type[Named] = RNNParameters) -> Named:  # type: ignore[assignment]
    """Return the parameters that `save` wrote to a file. Nothing in the file is run as code.

    Args:
        path: the file.
        kind: the named tuple that they were.

    Returns:
        The parameters, with the values and the dtypes that they had.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a file of parameters of that kind.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     np.savez(f"{folder}/model.npz", W_xh=np.ones((4, 3)))
        ...     load(f"{folder}/model.npz")
        Traceback (most recent call last):
        ValueError: load: model.npz should hold W_xh, W_hh, b_h, W_hy, b_y, the parameters of
        RNNParameters, but holds W_xh. Give the kind that was saved, or another file.
    """
    name, fields = Path(path).name, kind._fields  # type: ignore[attr-defined]
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)  # a file of one array, not of several, has no names and fails here
    except (ValueError, TypeError, EOFError, BadZipFile) as error:
        raise ValueError(
            f"load: {name} should be an .npz file of parameters, as `save` writes it, but it cannot "
            f"be read as one ({error}). Give another file."
        ) from None
    if arrays.keys() != set(fields):
        raise ValueError(
            f"load: {name} should hold {', '.join(fields)}, the parameters of {kind.__name__}, but "
            f"holds {', '.join(arrays) or 'nothing'}. Give the kind that was saved, or another file."
        )
    for field, array in arrays.items():
        expect_floats("load", f"{field} in {name}", array)
    return kind(**arrays)


def to_torch(parameters: Parameters) -> tuple[Any, Any]:
    """Return the model as modules of PyTorch, which has to be installed.

    The weights go in as they are: PyTorch has the same shapes and the same order. Where it has a
    second bias and the course has not, that becomes zero.

    Args:
        parameters: the parameters of the model.

    Returns:
        A torch.nn.RNN, LSTM or GRU that makes h from x, and a torch.nn.Linear that makes y from h,
        both with copies of the parameters in their dtype.

    Raises:
        ModuleNotFoundError: PyTorch is not installed.
        TypeError, ValueError: the parameters do not fit together.

    Example:
        >>> from rnn_utils.training.parameters import initialise_rnn
        >>> parameters = initialise_rnn(D=3, H=4, O=2, rng=np.random.default_rng(0))
        >>> rnn, linear = to_torch(parameters)  # doctest: +SKIP
        >>> h, h_T = rnn(torch.zeros(5, 6, 3, dtype=torch.float64))  # doctest: +SKIP
        >>> linear(h).shape  # doctest: +SKIP
        torch.Size([5, 6, 2])
    """
    expect_parameters("to_torch", parameters)
    try:
        import torch
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "to_torch: PyTorch should be installed, but is not. Install it beside the course, "
            "for example with `uv pip install torch`."
        ) from None
    W_x, W_h, b_x, *b_h, W_hy, b_y = map(torch.tensor, parameters)
    name = type(parameters).__name__.removesuffix("Parameters")  # as PyTorch calls them too
    cell = getattr(torch.nn, name)(W_x.shape[1], W_h.shape[1], dtype=W_h.dtype)
    linear = torch.nn.Linear(*reversed(W_hy.shape), dtype=W_hy.dtype)
    cell.load_state_dict(
        {
            "weight_ih_l0": W_x,
            "weight_hh_l0": W_h,
            "bias_ih_l0": b_x,
            "bias_hh_l0": b_h[0] if b_h else torch.zeros_like(b_x),
        }
    )
    linear.load_state_dict({"weight": W_hy, "bias": b_y})
    return cell, linear
