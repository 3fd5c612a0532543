"""Parameters in files: they come back as they were, and what is something else is refused in words."""

import sys

import numpy as np
import pytest
from rnn_arguments import INITIALISE

from rnn_utils import (
    GRUParameters,
    LSTMParameters,
    initialise_lstm,
    initialise_rnn,
    load,
    save,
    to_torch,
)


@pytest.mark.parametrize("initialise", INITIALISE)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saved_parameters_come_back_as_they_were(tmp_path, initialise, dtype):
    parameters = initialise(2, 3, 4, np.random.default_rng(0), dtype)
    save(tmp_path / "model", parameters)  # the name is taken as it is given
    assert [file.name for file in tmp_path.iterdir()] == ["model"]
    again = load(tmp_path / "model", type(parameters))
    assert isinstance(again, type(parameters))
    for a, b in zip(again, parameters, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


def test_files_that_hold_something_else_are_refused_in_words(tmp_path):
    def written(write):
        with open(tmp_path / "it.npz", "wb") as file:
            write(file)
        return tmp_path / "it.npz"

    parameters = initialise_rnn(2, 3, 4, np.random.default_rng(0))._asdict()
    anything = np.array([print], dtype=object)  # would be run as code when it is unpickled
    for write in [
        lambda file: file.write(b"W_xh = [[1.0]]"),
        lambda file: file.write(b""),
        lambda file: file.write(b"PK\x03\x04 and no more"),
        lambda file: np.save(file, np.ones(3)),
        lambda file: np.savez(file, **parameters | {"W_hh": anything}),
    ]:
        with pytest.raises(ValueError, match=r"it\.npz should be an \.npz file of parameters"):
            load(written(write))
    with pytest.raises(ValueError, match=r"should hold W_xh, .* but holds weights"):
        load(written(lambda file: np.savez(file, weights=np.ones(3))))
    with pytest.raises(TypeError, match=r"b_h in it\.npz should hold floating-point"):
        load(written(lambda file: np.savez(file, **parameters | {"b_h": np.ones(3, int)})))
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing.npz")


def test_parameters_of_another_model_are_not_taken_for_those_asked_for(tmp_path):
    save(tmp_path / "it.npz", initialise_lstm(2, 3, 4, np.random.default_rng(0)))
    with pytest.raises(ValueError, match=r"parameters of RNNParameters, but holds W_x, W_h, b"):
        load(tmp_path / "it.npz")
    with pytest.raises(ValueError, match=r"parameters of GRUParameters, but holds W_x, W_h, b"):
        load(tmp_path / "it.npz", GRUParameters)
    assert isinstance(load(tmp_path / "it.npz", LSTMParameters), LSTMParameters)


def test_parameters_without_names_are_not_saved(tmp_path):
    with pytest.raises(TypeError, match=r"named tuple .* but is a tuple"):
        save(tmp_path / "model.npz", (np.ones(3),))


def test_without_pytorch_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModuleNotFoundError, match=r"Install it .* `uv pip install torch`"):
        to_torch(initialise_rnn(2, 3, 4, np.random.default_rng(0)))
