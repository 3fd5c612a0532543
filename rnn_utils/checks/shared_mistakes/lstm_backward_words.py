"""What is said of the mistakes on the way back through a step of the LSTM."""

from itertools import permutations

from rnn_utils.checks.shared_mistakes.lstm import BLOCKS, GATES, ORDERS

BACKWARD = {
    "cell's gradient overwritten": (
        "what reaches the cell from later steps, dc_t, is lost: c_t acts through h_t and through c_{t+1}, "
        "and the two ways are added (+= for =)"
    ),
    "way through h_t missing": (
        "what reaches the cell through h_t is missing: dc_t is what comes from later steps only"
    ),
    "cell without its tanh derivative": (
        "on the way from h_t to c_t the derivative of tanh, 1 − tanh(c_t)², is missing"
    ),
    "tanh derivative of the cell itself": (
        "1 − c_t² stands where 1 − tanh(c_t)² belongs: c_t did not come out of a tanh"
    ),
    "tanh derivative at h_t": "1 − h_t² stands where 1 − tanh(c_t)² belongs: h_t is gated",
    "double derivative of the cell": (
        "tanh is applied once more, 1 − tanh(tanh(c_t))²; tanh(c_t) is the output already"
    ),
    "tanh derivative on dc_t too": (
        "dc_t passes the tanh's derivative as well; it reaches the cell beside the tanh, not through it"
    ),
    "way through h_t without o": "what reaches the cell through h_t lacks its factor o_t",
    "do without the tanh": "do_t is made with c_t; o_t was multiplied by tanh(c_t)",
    "do with the state": "do_t is made with h_t; o_t was multiplied by tanh(c_t)",
    "df with the new cell": "df_t is made with c_t; f_t was multiplied by c_prev",
    "df with the state": "df_t is made with h_prev; f_t was multiplied by c_prev",
    "di with the old cell": "di_t is made with c_prev; i_t was multiplied by g_t",
    "dg with the forget gate": "dg_t is made with f_t; g_t was multiplied by i_t",
    "dg without the input gate": "dg_t lacks i_t, which g_t was multiplied by",
    "gates from dh_t": (
        "di_t, df_t and dg_t are made from dh_t itself; they act on the loss through the cell"
    ),
    "gates from dc_t alone": (
        "di_t, df_t and dg_t are made from dc_t as it came, without what reaches the cell through h_t"
    ),
    "deltas of i and g exchanged": (
        "di_t is made with i_t and dg_t with g_t; each was multiplied by the other"
    ),
    "di with i": "di_t is made with i_t itself; i_t was multiplied by g_t",
    "dg with g": "dg_t is made with g_t itself; g_t was multiplied by i_t",
    "df with the tanh of the old cell": "df_t is made with tanh(c_prev); f_t was multiplied by c_prev",
    "do from dc_t": "do_t is made from dc_t; o_t acts on the loss through h_t, so on dh_t",
    "do from the cell's gradient": (
        "do_t is made from what reaches the cell; o_t acts on the loss through h_t, so on dh_t"
    ),
    "square of the cell inside tanh": (
        "1 − tanh(c_t²) stands where 1 − tanh(c_t)² belongs: the square is of the tanh"
    ),
    "square missing for the cell": "the derivative of the cell's tanh lacks its square: 1 − tanh(c_t)²",
    "bracket squared for the cell": (
        "the bracket is squared, (1 − tanh(c_t))²; the square belongs to tanh(c_t) alone"
    ),
    "tanh derivative of the old cell": (
        "1 − tanh(c_prev)² stands where 1 − tanh(c_t)² belongs: the new cell was shown"
    ),
    "o's derivative on the cell's way": (
        "what reaches the cell through h_t passes o_t (1 − o_t); on this way o_t is a factor, no more"
    ),
    "tanh for o on the cell's way": (
        "what reaches the cell through h_t is multiplied by tanh(c_t) in place of o_t"
    ),
    "dc_t through the output gate": (
        "dc_t is multiplied by o_t and the tanh's derivative too; it reaches the cell beside them"
    ),
    "dh_t added to dc_t": (
        "dh_t is added to dc_t as it is; on its way to the cell it passes o_t and the tanh's derivative"
    ),
    "dc_prev without the forget gate": "dc_prev lacks f_t, which c_prev was multiplied by",
    "dc_prev from dc_t alone": (
        "dc_prev is made from dc_t as it came, without what reaches the cell through h_t"
    ),
    "dc_prev from the way through h_t alone": (
        "dc_prev is made from what came through h_t alone, and lacks dc_t"
    ),
    "dc_prev without dh_t": (
        "in dc_prev the way through h_t lacks dh_t itself: o_t and the tanh's derivative stand there alone"
    ),
    "dc_prev with the cell": "dc_prev is multiplied by c_prev; c_prev was multiplied by f_t",
    "dc_prev with dc_t added": "dc_t is added to dc_prev once more; f_t of it goes back, and no more",
    "dc_prev with the input gate": "dc_prev is multiplied by i_t; c_prev was multiplied by f_t",
    "dc_prev is zero": "dc_prev is zero; c_prev is kept in c_t, times f_t",
    "dh_prev is zero": "dh_prev is zero; h_prev stands inside all four blocks",
    "sigmoid derivative missing": "the gates' derivative, s (1 − s), is missing",
    "double derivative of the sigmoid": (
        "a sigmoid is applied once more in the derivative; the gates are its outputs already"
    ),
    "tanh derivative for the gates": "the gates pass the derivative of tanh, 1 − s²; they are sigmoids",
    "tanh derivative of g missing": "the derivative of g_t's tanh, 1 − g_t², is missing",
    "double derivative of g": (
        "tanh is applied once more, 1 − tanh(g_t)²; but g_t is the output of tanh already"
    ),
    "sigmoid derivative for g": "g_t passes the sigmoid's derivative, g_t (1 − g_t); it is a tanh",
    "dh_prev through blocks transposed": (
        "W_h's blocks are transposed in dh_prev (they are square, so no shape complains): forward the row "
        "h_prev meets W.T, so on the way back the gradient meets W"
    ),
    "dh_prev through g alone": "dh_prev goes through one block only; h_prev stands inside all four",
    "dx through g alone": "dx_t goes through one block only; x_t stands inside all four",
    "dh_prev through o alone": (
        "dh_prev goes through the last block only (= for +=); h_prev stands inside all four"
    ),
    "dx through o alone": (
        "dx_t goes through the last block only (= for +=); x_t stands inside all four"
    ),
    "dh_prev times the forget gate": "dh_prev is multiplied by f_t; that is dc_prev's factor",
    "dh_prev with dh_t added": (
        "dh_t is added to dh_prev; h_prev reaches the loss through the four blocks alone"
    ),
    "derivative at the sums": (
        "a (1 − a) of the sums stands where the sigmoid's derivative belongs; from its output it is s (1 − s)"
    ),
    "derivative of g at its sum": "1 − a² of the sum stands where 1 − g_t² belongs",
    "square of g's sum inside tanh": (
        "1 − tanh(a²) stands where g_t's 1 − tanh(a)² belongs: the square is of the tanh"
    ),
    "brackets missing": (
        "brackets are missing: only the way through h_t is multiplied by the gates' derivatives; dc_t goes "
        "through them too"
    ),
    "tanh derivative at tanh(h_t)": (
        "1 − tanh(h_t)² stands where 1 − tanh(c_t)² belongs: it is the cell that went through this tanh"
    ),
    "do with the tanh of the state": (
        "do_t is made with tanh(h_t); o_t was multiplied by tanh(c_t): the cell's tanh, not the state's"
    ),
    "square of g inside tanh": "1 − tanh(g_t²) stands where the derivative, 1 − g_t², belongs",
    "bracket squared for g": (
        "the bracket is squared, (1 − g_t)²; the square belongs to g_t alone, 1 − g_t²"
    ),
    "slope of g from its gradient": (
        "the derivative of tanh is taken at dg_t, a gradient; it is taken at the value, 1 − g_t²"
    ),
    "slopes of the gates from their gradients": (
        "the sigmoid's derivative is taken at di_t, df_t and do_t, which are gradients; it is taken at the "
        "gates, s (1 − s)"
    ),
    "dx through dW_x": "dx_t is made with dW_x, a gradient; x_t was multiplied by the weight W_x itself",
    "dh_prev through dW_h": (
        "dh_prev is made with dW_h, a gradient; h_prev was multiplied by the weight W_h itself"
    ),
    "db from dW_h": "db is the sum of dW_h; b was added to each sum, so db is the sum of da over the batch",
    "db from dW_x": "db is the sum of dW_x; b was added to each sum, so db is the sum of da over the batch",
    "db is one number": "db is summed up to one number; there is one for each row, (4H,)",
    "da clipped to 1": "da is clipped to ±1 inside; clipping comes after the whole gradient",
    "da clipped to 5": "da is clipped to ±5 inside; clipping comes after the whole gradient",
    "db is zero": "db is zero; b stands in all four sums",
    "dW_h uses the new state": "dW_h is made with h_t; W_h was multiplied by h_prev",
    "dW_h uses the cell": "dW_h is made with c_prev; W_h was multiplied by h_prev",
    "bias with a kept axis": "db has the shape (1, 4H); b, and so its gradient, is (4H,)",
    "bias with the batch": "db is not summed over the batch: every row had the same b",
    "mean over the batch": (
        "the gradients of the weights are averaged over the batch; they are sums (if the loss is a mean, "
        "its 1/N is in the upstream gradient already)"
    ),
    "upstream never read": "dh_t is never read: ones stand in its place",
    "first sequence only": "only the first sequence of the batch enters the gradients of the weights",
    "half the derivative of the sigmoid": "1 − s stands where the sigmoid's derivative, s (1 − s), belongs",
    "square missing for g": "the derivative of g_t's tanh lacks its square: 1 − g_t is not 1 − g_t²",
    "all derivatives missing": "the derivatives of the sigmoids and of g_t's tanh are missing",
}


BACKWARD |= (
    {
        f"delta of {a} for {b}": f"the part of {BLOCKS[a]} stands in the rows of {BLOCKS[b]} too"
        for a, b in permutations(BLOCKS, 2)
    }
    | {
        f"gradient of {a} missing": f"no gradient goes through {BLOCKS[a]}: its rows are zero"
        for a in BLOCKS
    }
    | {
        f"joined {order}": (
            f"the four parts of da are joined in the order {order}; the weights stand i, f, g, o"
        )
        for order in ORDERS
    }
    | {
        f"stacked {order}": (
            f"dW_x, dW_h and db are stacked in the order {order}; the weights stand i, f, g, o"
        )
        for order in ORDERS
    }
    | {
        f"derivative of {a} missing": f"the derivative of {a}_t's sigmoid, {a}_t (1 − {a}_t), is missing"
        for a in GATES
    }
    | {
        f"derivative of {a} for {b}": (
            f"d{b}_t passes the derivative of {a}_t's sigmoid; its own is {b}_t (1 − {b}_t)"
        )
        for a, b in permutations(GATES, 2)
    }
    | {
        f"d{a} from dc_t alone": (
            f"d{a}_t is made from dc_t as it came, without what reaches the cell through h_t"
        )
        for a in "ifg"
    }
    | {
        f"bracket missing at {a}": (
            f"a bracket is missing in {a}_t's line: only the way through h_t is multiplied by the "
            "derivative; dc_t goes through it too"
        )
        for a in "ifg"
    }
    | {
        f"dh_prev without {a}": f"dh_prev lacks the way through {BLOCKS[a]}; h_prev stands inside all four"
        for a in BLOCKS
    }
    | {
        f"dx without {a}": f"dx_t lacks the way through {BLOCKS[a]}; x_t stands inside all four"
        for a in BLOCKS
    }
    | {
        f"dh_prev through {a}'s block transposed": (
            f"in dh_prev the block of {BLOCKS[a]} is transposed (it is square, so no shape complains)"
        )
        for a in BLOCKS
    }
)


#: Mistakes of the way back that are often made beside another.
OFTEN_BACK = (
    "cell's gradient overwritten",
    "way through h_t missing",
    "way through h_t without o",
    "cell without its tanh derivative",
    "tanh derivative of the cell itself",
    "double derivative of the cell",
    "tanh derivative on dc_t too",
    "do without the tanh",
    "df with the new cell",
    "dg without the input gate",
    "gates from dc_t alone",
    "dc_prev from dc_t alone",
    "dc_prev without the forget gate",
    "dc_prev is zero",
    "dh_prev is zero",
    "sigmoid derivative missing",
    "double derivative of the sigmoid",
    "tanh derivative for the gates",
    "tanh derivative of g missing",
    "double derivative of g",
    "sigmoid derivative for g",
    "square missing for g",
    "dh_prev through blocks transposed",
    "dW_h uses the new state",
    "bias with a kept axis",
    "mean over the batch",
    "upstream never read",
    "joined i, f, o, g",
    "joined f, i, g, o",
    "joined f, i, o, g",
    "stacked i, f, o, g",
    "stacked f, i, g, o",
)


#: What it tells if the rows of these blocks are wrong and all others right.
WRONG_ROWS = {
    a: (
        f"the mistake is in the lines of {BLOCKS[a]}: its rows are wrong in what is stacked, and those of "
        "the three others are right"
    )
    for a in BLOCKS
} | {
    "ifo": (
        "the mistake is in what the three sigmoids have in common, their derivative: the rows of i, f and o "
        "are wrong, and those of g are right"
    ),
    "ifg and dc_prev": (
        "the mistake is in what reaches the cell: the rows of i, f and g and dc_prev are wrong, which are "
        "made from it, and those of o are right"
    ),
}
