"""Recurrent neural networks from nothing: the reference implementation of the course.

What is imported here is the mathematics, which needs NumPy only. Figures, widgets and checks are
imported by name when they are wanted, for example `from rnn_utils import plots`.
"""

from rnn_utils.activations import (
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    tanh_derivative,
)
from rnn_utils.cells import rnn_step, rnn_step_backward, state_step, state_step_column
from rnn_utils.dynamics import fixed_points, half_life, is_stable, parity_state, saturated_fraction
from rnn_utils.gradcheck import numerical_gradient, relative_error
from rnn_utils.losses import (
    accuracy,
    cross_entropy,
    cross_entropy_backward,
    mean_squared_error,
    mean_squared_error_backward,
)
from rnn_utils.models import (
    RNNParameters,
    checkpointed_loss_and_gradients,
    count_parameters,
    initialise_rnn,
    load,
    loss_and_gradients,
    rnn_predict,
    save,
    stateful_loss_and_gradients,
    to_torch,
    truncated_bptt,
)
from rnn_utils.optimizers import (
    ADAM,
    MOMENTUM,
    SGD,
    AdamState,
    Optimizer,
    adam_start,
    adam_update,
    clip_by_global_norm,
    global_norm,
    momentum_start,
    momentum_update,
    sgd_update,
    step_decay,
    warm_up_cosine,
)
from rnn_utils.output import output_layer, output_layer_backward, softmax
from rnn_utils.sequences import (
    forward_layers,
    impulse_response,
    last_state,
    linear_rnn,
    rnn_backward,
    rnn_backward_plain,
    rnn_forward,
    rnn_forward_hoisted,
    run_recurrence,
    running_mean,
)
from rnn_utils.training import History, Trained, train
from rnn_utils.workspace import Workspace

__version__ = "0.1.0"

__all__ = [
    "ADAM",
    "MOMENTUM",
    "SGD",
    "AdamState",
    "History",
    "Optimizer",
    "RNNParameters",
    "Trained",
    "Workspace",
    "accuracy",
    "adam_start",
    "adam_update",
    "checkpointed_loss_and_gradients",
    "clip_by_global_norm",
    "count_parameters",
    "cross_entropy",
    "cross_entropy_backward",
    "fixed_points",
    "forward_layers",
    "global_norm",
    "half_life",
    "impulse_response",
    "initialise_rnn",
    "is_stable",
    "last_state",
    "linear_rnn",
    "load",
    "loss_and_gradients",
    "mean_squared_error",
    "mean_squared_error_backward",
    "momentum_start",
    "momentum_update",
    "numerical_gradient",
    "output_layer",
    "output_layer_backward",
    "parity_state",
    "relative_error",
    "relu",
    "relu_derivative",
    "rnn_backward",
    "rnn_backward_plain",
    "rnn_forward",
    "rnn_forward_hoisted",
    "rnn_predict",
    "rnn_step",
    "rnn_step_backward",
    "run_recurrence",
    "running_mean",
    "saturated_fraction",
    "save",
    "sgd_update",
    "sigmoid",
    "sigmoid_derivative",
    "softmax",
    "state_step",
    "state_step_column",
    "stateful_loss_and_gradients",
    "step_decay",
    "tanh_derivative",
    "to_torch",
    "train",
    "truncated_bptt",
    "warm_up_cosine",
]
