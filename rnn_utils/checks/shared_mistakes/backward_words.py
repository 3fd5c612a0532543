"""What is said of the mistakes on the way back: through one step, and through a sequence."""

#: Mistakes of the derivative of tanh, common to a step and a sequence.
SLOPE = {
    "tanh derivative missing": "the derivative of tanh, 1 − h_t², is missing on the way through it",
    "double derivative": (
        "tanh is applied once more, 1 − tanh(h_t)²; but h_t is the output of tanh already"
    ),
    "derivative of the state before": (
        "the derivative of tanh is taken at h_{t−1}; the tanh of step t gave h_t"
    ),
    "square missing": "the derivative of tanh lacks its square: 1 − h_t is not 1 − h_t²",
    "bracket squared": "the bracket is squared, (1 − h_t)²; the square belongs to h_t alone",
    "plus for minus": "the derivative of tanh has a wrong sign in it, 1 + h_t²",
    "minus one": "the derivative of tanh has the wrong sign, h_t² − 1",
    "square only": "only h_t² stands where the derivative of tanh belongs",
    "derivative of the sigmoid": "this is the sigmoid's derivative, h_t (1 − h_t); tanh has another",
    "derivative of a relu": "this is the derivative of a ReLU; the step has a tanh",
    "divided by the derivative": "it is divided by 1 − h_t²; the chain rule multiplies",
    "derivative twice": "the gradient passes the derivative of tanh twice in one step",
    "tanh for its derivative": "tanh of h_t stands where the derivative of tanh belongs",
    "state for the derivative": "h_t itself stands where the derivative of tanh belongs",
    "one minus tanh": "1 − tanh(h_t) stands where the derivative of tanh belongs",
    "derivative of the square": "−2 h_t stands where the derivative of tanh, 1 − h_t², belongs",
    "square inside tanh": "1 − tanh(h_t²) stands where 1 − h_t² belongs; h_t is the output of tanh already",
    "slope of the gradient": (
        "the derivative of tanh is taken at the gradient; it is taken at the value, 1 − h_t²"
    ),
    "matrix product for the square": (
        "h_t @ h_t.T stands where h_t² belongs: each number is multiplied by itself, `h_t * h_t`"
    ),
    "root of the derivative": "the root of 1 − h_t² stands where 1 − h_t² belongs",
}

#: Mistakes of single gradients, common to a step and a sequence.
PARTS = {
    "dW_hh uses the new state": (
        "dW_hh is made with h_t; W_hh was multiplied by the state before, h_{t−1}"
    ),
    "dW_hh transposed": (
        "dW_hh is transposed (it is square, so no shape complains): row i belongs to unit i of the "
        "gradient, column j to unit j of the state that W_hh was multiplied by"
    ),
    "dW_xh without the tanh derivative": (
        "dW_xh is made from the gradient after the tanh; W_xh stands inside it"
    ),
    "dW_hh without the tanh derivative": (
        "dW_hh is made from the gradient after the tanh; W_hh stands inside it"
    ),
    "db_h without the tanh derivative": (
        "db_h is made from the gradient after the tanh; b_h stands inside it"
    ),
    "dx without the tanh derivative": (
        "the gradient of the input is made from the gradient after the tanh; the input stands inside it"
    ),
    "dx without W_xh": ("the gradient of the input lacks W_xh, which the input was multiplied by"),
    "tanh derivative on the way back only": (
        "only what goes back to the state before has passed the tanh; x_t, the weights and the bias "
        "stand inside it as well"
    ),
    "db_h with a kept axis": "db_h has the shape (1, H); b_h, and so its gradient, is (H,)",
    "db_h with the batch": "db_h is not summed over the batch: every row had the same b_h",
    "db_h summed over the units": (
        "db_h is summed over the units instead of over the batch: it should keep the axis H"
    ),
    "dW_hh is one number": (
        "dW_hh is a sum over everything, one number; entry (i, j) is the sum over the batch of da[:, i] "
        "times the state before [:, j]"
    ),
    "db_h from dW_xh": (
        "db_h is the sum of dW_xh; b_h was added as it is, so db_h is the sum of da over the batch"
    ),
    "db_h from dW_hh": (
        "db_h is the sum of dW_hh; b_h was added as it is, so db_h is the sum of da over the batch"
    ),
    "db_h is one number": "db_h is summed up to one number; there is one for each unit",
    "mean over the batch": (
        "the gradients of the weights are averaged over the batch; they are sums (if the loss is a "
        "mean, its 1/N is in the upstream gradient already)"
    ),
    "db_h mean over the batch": "db_h is averaged over the batch; it is a sum",
}

#: Mistakes of one step.
STEP = {
    "W_hh transposed": (
        "W_hh is transposed in dh_prev (it is square, so no shape complains): forward the row h_prev "
        "meets W_hh.T, so on the way back da_t meets W_hh"
    ),
    "dh_prev through dW_hh": (
        "dh_prev is made with dW_hh, a gradient; h_prev was multiplied by the weight W_hh itself"
    ),
    "dx through dW_xh": "dx_t is made with dW_xh, a gradient; x_t was multiplied by the weight W_xh itself",
    "dh_prev without W_hh": "dh_prev lacks W_hh, which h_prev was multiplied by",
    "dh_prev without the tanh derivative": (
        "dh_prev is made from the gradient after the tanh; h_prev stands inside it"
    ),
    "dh_prev through one tanh too many": (
        "dh_prev is multiplied by 1 − h_prev²: that tanh belongs to the step before"
    ),
    "upstream added to dh_prev": (
        "dh_t is added to dh_prev; there is one way only from h_t to h_prev, through the tanh"
    ),
    "state added to dh_prev": "a state is added to dh_prev as if it were a gradient",
    "state added to the upstream": "the state h_t is added to dh_t as if it were a gradient",
    "state before added to the upstream": "h_prev is added to dh_t as if it were a gradient",
    "upstream never read": "dh_t is never read: ones stand in its place",
    "first sequence only": "only the first sequence of the batch enters the gradients of the weights",
}

#: Mistakes of the way back through time: what arrives at a state, and what is handed on.
TIME = {
    "recurrent gradient dropped": (
        "nothing is carried from step t + 1 to step t: h_t acts on the loss through its own output "
        "and through h_{t+1}, and only the first way is there"
    ),
    "carry from ones, upstream never read": (
        "the carried gradient starts at ones and dh is never read; it starts at zeros, for nothing "
        "comes after the last step, and dh[t] is added at every step"
    ),
    "carry starts at ones": (
        "the carried gradient starts at ones; nothing comes after the last step, so it starts at zeros"
    ),
    "carry starts at the last upstream": (
        "the last step's dh is counted twice, once at the start and once in the loop"
    ),
    "upstream is ones": "dh is never read: ones stand in its place",
    "last upstream at every step": "every step adds the last step's dh; each has its own, dh[t]",
    "first upstream at every step": "every step adds the first step's dh; each has its own, dh[t]",
    "upstream at the last step only": (
        "dh is read at the last step only; every state may have an output of its own, so dh[t] is "
        "added at every step"
    ),
    "summed upstream at every step": "every step adds the sum of dh over time; each has its own, dh[t]",
    "upstream of the step before": "step t adds dh[t − 1]; it is off by one in time",
    "upstream of the next step": "step t adds dh[t + 1]; it is off by one in time",
    "upstream in reverse": "dh is read from the first step on while the loop goes back from the last",
    "states in reverse": "h is read from the first step on while the loop goes back from the last",
    "loop not reversed": (
        "the loop runs forwards in time; the gradient of a state needs that of the next one first"
    ),
    "W_hh transposed in the carry": (
        "W_hh is transposed on the way back (it is square, so no shape complains): forward the row "
        "h_{t−1} meets W_hh.T, so on the way back da meets W_hh"
    ),
    "W_hh missing in the carry": "what is carried back lacks W_hh, which h_{t−1} was multiplied by",
    "W_hh by element in the carry": (
        "what is carried back meets W_hh's diagonal only; every unit acts on every unit"
    ),
    "carry without the tanh derivative": (
        "what is carried back has not passed the tanh: h_{t−1} stands inside it, so the factor "
        "1 − h_t² comes before W_hh"
    ),
    "carry added after the tanh derivative": (
        "what is carried back is added after the factor 1 − h_t²; both ways end at h_t, so their sum "
        "passes its tanh"
    ),
    "upstream added after the tanh derivative": (
        "dh[t] is added after the factor 1 − h_t²; both ways end at h_t, so their sum passes its tanh"
    ),
    "carry accumulates": (
        "the carried gradient grows by += from step to step; each step replaces it, since the sum is "
        "handed on already"
    ),
    "carry counted twice": "what is carried back is added twice",
    "carry through two derivatives": (
        "what is carried back passes the derivative of tanh twice on its way into a step"
    ),
    "carry through its own derivative twice": (
        "what is carried back from step t + 1 passes 1 − h_{t+1}² once more, where 1 − h_t² belongs"
    ),
    "carry through the upstream only": (
        "what is handed on is made from dh[t] alone, without what came from step t + 1, so the "
        "gradient reaches back by one step only"
    ),
    "carry is multiplied by the upstream": (
        "dh[t] and what is carried back are multiplied; two ways to the loss are added"
    ),
    "mean of the two ways": "dh[t] and what is carried back are averaged; two ways are added",
    "state added to the total": "the state h_t is added to its gradient as if it were one",
    "state before added to the total": "h_{t−1} is added to a gradient as if it were one",
    "state in place of the carry": (
        "the state is handed back where the carried gradient belongs: a state is no gradient"
    ),
    "state before in place of the carry": (
        "h_{t−1} is handed back where the carried gradient belongs: a state is no gradient"
    ),
    "last derivative at every step": (
        "every step uses the last state's 1 − h², probably of a variable that the forward loop left; "
        "each step has its own"
    ),
    "first derivative at every step": "every step uses the first state's 1 − h²; each has its own",
    "derivative of the next state": "step t uses 1 − h² of step t + 1; it is off by one in time",
    "first step missing": "the loop ends one step early: step 0 is never reached",
    "last step missing": "the loop begins one step early: the last step is left out",
    "only the last step": "only the last step is gone through; the loop runs over all of them",
    "only the first step": "only the first step is gone through; the loop runs over all of them",
    "loop over the batch": (
        "the loop runs over the batch; time is the first axis of dh, the batch is the second"
    ),
}

#: Mistakes of single gradients of a sequence.
TIME_PARTS = {
    "zeros instead of h0": (
        "the first step's h_{t−1} is zeros, or is left out of dW_hh; before the first input the state "
        "is h0"
    ),
    "last state before the first": (
        "at t = 0, h[t − 1] is h[−1], the last state; before the first input the state is h0"
    ),
    "first state before the first": "at t = 0, h[0] itself is taken as the state before; that is h0",
    "h0 at every step": "dW_hh uses h0 at every step; W_hh was multiplied by h_{t−1}",
    "last state at every step": "dW_hh uses the last state at every step; it belongs to h_{t−1}",
    "state two steps before": "dW_hh uses h_{t−2}; it is off by one in time",
    "state after the next": "dW_hh uses h_{t+1}; W_hh was multiplied by h_{t−1}",
    "weights overwritten": (
        "the gradients of the weights are overwritten at each step (= for +=): the same weights act "
        "at every step, so their gradient is the sum over time"
    ),
    "weights from the last step only": (
        "the gradients of the weights hold the last step only: the same weights act at every step, so "
        "their gradient is the sum over time"
    ),
    "mean over time": (
        "the gradients of the weights are averaged over time; the same weights act at every step, and "
        "their gradient is the sum"
    ),
    "mean over batch and time": (
        "the gradients of the weights are averaged over batch and time; they are sums"
    ),
    "weights running sums": (
        "the running sums of the weights' gradients are summed once more, so that some steps count "
        "several times"
    ),
    "weights without the carry": (
        "the gradients of the weights are made from dh[t] alone, without what is carried back"
    ),
    "dx without the carry": "dx is made from dh[t] alone, without what is carried back",
    "dx in reverse": "the steps of dx stand in the order in which the loop found them, last step first",
    "dx of the last step only": "dx is filled in at one step only",
    "input of the step before": "dW_xh uses the input of step t − 1; it is off by one in time",
    "input of the next step": "dW_xh uses the input of step t + 1; it is off by one in time",
    "first input at every step": "dW_xh uses the first input at every step; each has its own",
    "last input at every step": "dW_xh uses the last input at every step; each has its own",
    "inputs in reverse": "x is read from the first step on while the loop goes back from the last",
    "dh0 without W_hh": "dh0 lacks W_hh, which h0 was multiplied by in the first step",
    "dh0 without the tanh derivative": (
        "dh0 is made from the gradient after the first step's tanh; h0 stands inside it"
    ),
    "dh0 of the second step": (
        "dh0 is what is carried into the first step; h0 lies one step further back"
    ),
    "dh0 is the total of the first state": (
        "dh0 is the gradient of the first state h[0]; h0 lies one step further back"
    ),
    "dh0 is the first upstream": "dh0 is dh[0], which belongs to the first state; h0 lies before it",
    "dh0 from the last step": "dh0 is what the last step hands back; h0 lies before the first step",
    "dh0 summed over time": "dh0 is summed over all steps; only the first step used h0",
    "dh0 with the first upstream": "dh[0] is added to dh0; it belongs to the first state, h[0]",
    "dh0 through one tanh too many": "dh0 is multiplied by 1 − h0², but h0 did not come out of a tanh",
    "dh0 transposed": "W_hh is transposed in dh0 (it is square, so no shape complains)",
    "db_h per step": "db_h is not summed over time: b_h is the same at every step",
}

#: Clipping has no place in a gradient: it hides mistakes from a gradient check.
CLIPPED = {
    "carry clipped to 1": "what is carried back is clipped to ±1; clipping comes after the gradient",
    "carry clipped to 5": "what is carried back is clipped to ±5; clipping comes after the gradient",
    "carry clipped to 10": "what is carried back is clipped to ±10; clipping comes after the gradient",
    "da clipped to 1": "da is clipped to ±1 at each step; clipping comes after the whole gradient",
    "da clipped to 5": "da is clipped to ±5 at each step; clipping comes after the whole gradient",
    "da clipped to 10": "da is clipped to ±10 at each step; clipping comes after the whole gradient",
}

#: Of all mistakes in a sequence, those common enough to come in pairs.
PAIRED = (
    "recurrent gradient dropped",
    "carry from ones, upstream never read",
    "carry starts at ones",
    "carry starts at the last upstream",
    "upstream is ones",
    "last upstream at every step",
    "upstream at the last step only",
    "upstream of the step before",
    "upstream of the next step",
    "loop not reversed",
    "W_hh transposed in the carry",
    "W_hh missing in the carry",
    "carry without the tanh derivative",
    "carry added after the tanh derivative",
    "upstream added after the tanh derivative",
    "carry accumulates",
    "carry through the upstream only",
    "state added to the total",
    "state before added to the total",
    "state in place of the carry",
    "state before in place of the carry",
    "last derivative at every step",
    "first step missing",
    "last step missing",
    "tanh derivative missing",
    "double derivative",
    "derivative of the state before",
    "square missing",
    "divided by the derivative",
    "tanh derivative on the way back only",
    "dW_hh uses the new state",
    "dW_hh transposed",
    "zeros instead of h0",
    "last state before the first",
    "weights overwritten",
    "weights from the last step only",
    "mean over the batch",
    "mean over time",
    "mean over batch and time",
    "db_h with a kept axis",
    "db_h with the batch",
    "db_h per step",
    "dx in reverse",
    "dx without the tanh derivative",
    "dx without W_xh",
    "input of the step before",
    "input of the next step",
    "dh0 without W_hh",
    "dh0 is the total of the first state",
    "dh0 summed over time",
)

#: ... and those that come even three at a time.
THREE = (
    "recurrent gradient dropped",
    "loop not reversed",
    "W_hh transposed in the carry",
    "last upstream at every step",
    "tanh derivative missing",
    "double derivative",
    "last derivative at every step",
    "dW_hh uses the new state",
    "zeros instead of h0",
    "last state before the first",
    "weights overwritten",
    "db_h with a kept axis",
)

#: The gradient reaches back by so many steps and no further.
CUT = {
    f"cut after {k} steps": (
        f"the gradient of each step's loss is followed back over {k} steps only; here it goes back to "
        "the very beginning"
    )
    for k in (2, 3, 4, 5)
}
