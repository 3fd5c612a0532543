"""Interactive pictures: sliders joined in the browser to a canvas, and guesses before the reveal.

Each is loaded when it is first asked for. So a lesson reads only what it shows, and a change in one
picture makes the site run only those lessons again that have it.
"""

from importlib import import_module
from typing import Any

_PLACES = {
    "Play": "picture",
    "alignment_map": "alignment",
    "fold_and_unfold": "fold",
    "forecast_origin": "forecast",
    "gradient_gate": "tanh_gate",
    "gradient_over_lag": "lag",
    "gradient_pipe": "pipe",
    "gru_cell_live": "gru_cell",
    "impulse_memory": "impulse",
    "keep_by_hand": "keep",
    "lstm_cell_live": "lstm_cell",
    "lstm_gates_by_hand": "lstm_gates",
    "memory_slider": "memory",
    "one_neuron": "neuron",
    "pixel_reach": "reach",
    "predict": "questions",
    "quiz": "questions",
    "reveal": "questions",
    "sampling_temperature": "sampling",
    "saturation_meter": "saturation",
    "scan_rounds": "scan",
    "step_through": "steps",
    "sum_up": "questions",
    "training_board": "board",
    "two_neurons": "phase",
    "weight_puzzle": "puzzle",
    "who_has_seen_what": "sight",
    "writing_network": "writer",
}
__all__ = [*_PLACES]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
