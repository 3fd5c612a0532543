"""What is said of the mistakes on the way back through a sequence of the LSTM."""

TIME = {
    "state's gradient dropped": (
        "no dh is carried from step t + 1 to step t: h_t acts through its own output and through all "
        "four blocks of the next step"
    ),
    "cell's gradient dropped": (
        "no dc is carried from step t + 1 to step t: the cell goes on to c_{t+1} directly, times f_{t+1}"
    ),
    "both gradients dropped": "nothing is carried from step t + 1 to step t, neither dh nor dc",
    "dh of the last step at every step": "every step adds the last step's dh; each has its own, dh[t]",
    "dh read at the last step only": (
        "dh is read at the last step only; every state may have an output of its own, so dh[t] is added "
        "at every step"
    ),
    "carries start at ones": (
        "the carried gradients start at ones; nothing comes after the last step, so they start at zeros"
    ),
    "dc starts at ones": "the carried dc starts at ones; nothing comes after the last cell: zeros",
    "dh never read": "dh is never read: ones stand in its place",
    "last dh counted twice": (
        "the carried dh starts as dh[−1], which is added at the last step once more; it starts at zeros"
    ),
    "dh read from the other end": "step t adds dh[T − 1 − t]; its own is dh[t]",
    "dh of the step before": "step t adds dh[t − 1]; its own is dh[t]",
    "dh of the next step": "step t adds dh[t + 1]; its own is dh[t]",
    "dh of the next step, the last twice": "step t adds dh[t + 1]; its own is dh[t]",
    "carried dh clipped to 1": "what is carried to h_t is clipped to ±1; clipping comes after the gradient",
    "carried dh clipped to 5": "what is carried to h_t is clipped to ±5; clipping comes after the gradient",
    "both carries clipped to 1": "what is carried is clipped to ±1; clipping comes after the gradient",
    "both carries clipped to 5": "what is carried is clipped to ±5; clipping comes after the gradient",
    "dh summed over the later steps": (
        "step t adds the sum of dh[t] and all later ones; what later steps say comes with what is carried"
    ),
    "sum of dh at every step": "every step adds the sum of all dh; each has its own, dh[t]",
    "do from dh[t] alone": (
        "do_t is made from dh[t] alone; what is carried to h_t acts through the output gate, too"
    ),
    "cell's way from dh[t] alone": (
        "what reaches the cell through h_t is made from dh[t] alone; what is carried to h_t goes there, too"
    ),
    "both carries accumulate": (
        "the carried gradients grow by += from step to step; each step replaces them"
    ),
    "state and cell of their own step": "h[t] and c[t] stand where those of the step before belong",
    "forward from zeros": "h0 and c0 are not read: the forward pass starts from zeros",
    "forward with a zero state": "h0 is not read: the forward pass starts from a state of zeros",
    "forward with a zero cell": "c0 is not read: the forward pass starts from a cell of zeros",
    "cell dropped forward, kept on the way back": (
        "the forward pass starts every step from a cell of zeros, and the way back from c[t − 1]: c_t has "
        "to be handed on in both"
    ),
    "old cell missing forward": (
        "the forward pass leaves the old cell out of c_t: it is f_t ⊙ c_prev + i_t ⊙ g_t"
    ),
    "forward with nothing carried": "the forward pass starts every step from zeros",
    "forward without the cell": "the forward pass does not pass c_t on: every step starts from zeros",
    "forward with c0": "the forward pass does not pass c_t on: every step starts from c0",
    "forward with h0": "the forward pass does not pass h_t on: every step starts from h0",
    "loop not reversed": (
        "the loop runs forwards in time; the gradient of a step needs that of the next one first"
    ),
    "zeros instead of h0": (
        "the first step's h_prev is zeros; before the first input the state is h0"
    ),
    "zeros instead of c0": "the first step's c_prev is zeros; before the first input the cell is c0",
    "last state before the first": (
        "at t = 0, h[t − 1] is h[−1], the last state; before the first input the state is h0"
    ),
    "last cell before the first": (
        "at t = 0, c[t − 1] is c[−1], the last cell; before the first input the cell is c0"
    ),
    "last of both before the first": (
        "at t = 0, [t − 1] is [−1], the last step; before the first input there are h0 and c0"
    ),
    "state of its own step": "h_prev is h[t], the state after the step; it is the one before",
    "cell of its own step": "c_prev is c[t], the cell after the step; it is the one before",
    "weights overwritten": (
        "the gradients of the weights are overwritten at each step (= for +=): the same weights act at "
        "every step, so their gradient is the sum over time"
    ),
    "weights of the last step only": (
        "the gradients of the weights hold the last step only; they are sums over time"
    ),
    "mean over time": "the gradients of the weights are averaged over time; they are sums",
    "carried state accumulates": "the carried dh grows by += from step to step; each step replaces it",
    "carried cell accumulates": "the carried dc grows by += from step to step; each step replaces it",
    "dx in reverse": "the steps of dx stand in the order in which the loop found them, last step first",
    "dh0 is zero": "dh0 is zero; the first step read h0",
    "dc0 is zero": "dc0 is zero; the first step kept f_1 of c0",
    "dh0 and dc0 exchanged": "dh0 and dc0 have changed places",
    "dh[0] added to dh0": "dh[0] is added to dh0; it belongs to the first state, h[0]",
    "dh added to the cell": "dh[t] is added to the cell's gradient as well; it belongs to h_t",
    "first step missing": (
        "the loop stops before step 0: the first step's gradients are missing (a range from T − 1 down to "
        "0 ends with range(…, −1, −1))"
    ),
    "last step missing": "the loop begins with step T − 2: the last step's gradients are missing",
    "dc never handed on": (
        "nothing is handed back along the cell: what is carried begins at zeros and stays there, since it "
        "is never set, or lacks what reaches the cell through h_t"
    ),
    "carried cell through its own forget gate": (
        "what comes to c_t from c_{t+1} is multiplied by f_t, and dc0 by none; the factor is that of the "
        "later step, f_{t+1}"
    ),
    "carried cell through the forget gate before": (
        "what is carried to c_{t−1} is multiplied by f_{t−1}; it was multiplied by f_t"
    ),
    "dc0 without the forget gate": "dc0 lacks f_1, which c0 was multiplied by",
    "carried cell through f twice": (
        "what is carried to the cell is multiplied by f twice: dc_prev holds it already"
    ),
}
