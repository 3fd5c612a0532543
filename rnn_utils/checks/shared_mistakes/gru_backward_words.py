"""What is said of the mistakes on the way back through a step of the GRU."""

from itertools import permutations

from rnn_utils.checks.shared_mistakes.gru import BLOCKS, IN_PAIRS, VARIANTS

BACKWARD = {
    "direct way missing": (
        "one way from h_t to h_prev is missing: h_prev stands in the mixture itself, times z_t, and not "
        "only inside the gates and the candidate"
    ),
    "direct way without z": "what goes straight to h_prev lacks its factor: h_prev is multiplied by z_t",
    "direct way with 1 − z": (
        "what goes straight to h_prev is multiplied by 1 − z_t; that is the candidate's share"
    ),
    "direct way alone": (
        "dh_prev has the way through the mixture only; h_prev stands inside r_t, z_t and n_t too"
    ),
    "dz with the wrong sign": (
        "dz_t has the wrong sign: how does h_t change when z_t grows, towards h_prev or towards n_t?"
    ),
    "dz without n": "dz_t lacks what z_t does to the candidate's share, 1 − z_t",
    "dz without h_prev": "dz_t lacks what z_t does to the old state's share",
    "dz as a sum": "in dz_t the old state and the candidate are added; 1 − z_t falls when z_t grows",
    "dn with z": "dn_t is made with z_t; the candidate's share is 1 − z_t",
    "dn without its share": "dn_t lacks the candidate's share, 1 − z_t",
    "tanh derivative missing": "the derivative of tanh, 1 − n_t², is missing on the way through it",
    "double derivative of tanh": (
        "tanh is applied once more, 1 − tanh(n_t)²; but n_t is the output of tanh already"
    ),
    "sigmoid derivative for n": "n_t passes the sigmoid's derivative, n_t (1 − n_t); it is a tanh",
    "tanh derivative at the state": "the derivative of tanh is taken at h_t; the tanh gave n_t",
    "gradient of r missing": (
        "no gradient goes through the reset gate: its rows are zero, and r_t does act on n_t"
    ),
    "gradient of z missing": "no gradient goes through the update gate: its rows are zero",
    "dr with the state": (
        "dr_t is made with h_prev; r_t was multiplied by the whole bracket, W_hn h_{t−1} + b_hn"
    ),
    "dr without the bias": "dr_t lacks b_hn, which stands in the bracket that r_t is multiplied by",
    "dr without the tanh derivative": (
        "dr_t is made from the gradient of n_t itself; r_t stands inside the tanh"
    ),
    "dr with the candidate": "dr_t is made with n_t; r_t was multiplied by the bracket inside the tanh",
    "dr without the bracket": "dr_t lacks the bracket, which r_t was multiplied by",
    "sigmoid derivative missing": "the gates' derivative, s (1 − s), is missing",
    "sigmoid derivative of r missing": "the derivative of r_t's sigmoid, r_t (1 − r_t), is missing",
    "sigmoid derivative of z missing": "the derivative of z_t's sigmoid, z_t (1 − z_t), is missing",
    "double derivative of the sigmoid": (
        "a sigmoid is applied once more in the derivative; r_t and z_t are its outputs already"
    ),
    "tanh derivative for the gates": "the gates pass the derivative of tanh, 1 − s²; they are sigmoids",
    "r missing on the way to h": (
        "what goes back through the bracket of n_t, to h_prev, W_h and b_h, lacks r_t, which the bracket "
        "was multiplied by"
    ),
    "r on the way to x": (
        "what goes back to x_t, W_x and b_x through n_t is multiplied by r_t; their part stands outside "
        "its bracket"
    ),
    "r missing in dh_prev": "dh_prev lacks r_t on the way through the bracket of n_t",
    "r missing in dW_h": "dW_h lacks r_t in the rows of n_t: the bracket was multiplied by it",
    "db_h like db_x": (
        "db_h is the same as db_x; in the rows of n_t they differ, since b_h stands inside the bracket"
    ),
    "dh_prev through blocks transposed": (
        "W_h's blocks are transposed in dh_prev (they are square, so no shape complains): forward the row "
        "h_prev meets W.T, so on the way back the gradient meets W"
    ),
    "dh_prev without the candidate": "dh_prev lacks the way through the candidate",
    "dh_prev without the gates": "dh_prev lacks the ways through the two gates",
    "dh_prev without r": "dh_prev lacks the way through the reset gate",
    "dh_prev without z's gate": "dh_prev lacks the way through the update gate's own sum",
    "dx without the gates": "dx_t lacks the ways through the two gates",
    "dx without the candidate": "dx_t lacks the way through the candidate",
    "dW_h uses the new state": "dW_h is made with h_t; W_h was multiplied by h_prev",
    "dW_h uses the reset state": (
        "the rows of n_t in dW_h are made with r_t ⊙ h_prev and lack r_t on the gradient's side: r_t "
        "scales each row of the product, not each entry of the state"
    ),
    "stacked z, r, n": "the gradients are stacked in the order z, r, n; the weights stand r, z, n",
    "stacked n first": "the gradients are stacked in the order n, r, z; the weights stand r, z, n",
    "biases with a kept axis": "the gradients of the biases have the shape (1, 3H); they are (3H,)",
    "biases with the batch": (
        "the gradients of the biases are not summed over the batch: every row had the same"
    ),
    "mean over the batch": (
        "the gradients of the weights are averaged over the batch; they are sums (if the loss is a mean, "
        "its 1/N is in the upstream gradient already)"
    ),
    "upstream never read": "dh_t is never read: ones stand in its place",
    "first sequence only": "only the first sequence of the batch enters the gradients of the weights",
}


BACK_IN_PAIRS = (*BACKWARD, *(name for name in VARIANTS if name in IN_PAIRS))


BACKWARD |= (
    {
        "square missing for n": "the derivative of tanh lacks its square: 1 − n_t is not 1 − n_t²",
        "square of n inside tanh": "1 − tanh(n_t²) stands where the derivative, 1 − n_t², belongs",
        "bracket squared for n": (
            "the bracket is squared, (1 − n_t)²; the square belongs to n_t alone, 1 − n_t²"
        ),
        "slope of n from its gradient": (
            "the derivative of tanh is taken at dn_t, a gradient; it is taken at the value, 1 − n_t²"
        ),
        "slopes of the gates from their gradients": (
            "the sigmoid's derivative is taken at dr_t and dz_t, which are gradients; it is taken at the "
            "gates, s (1 − s)"
        ),
        "dx through dW_x": (
            "dx_t is made with dW_x, a gradient; x_t was multiplied by the weight W_x itself"
        ),
        "dh_prev through dW_h": (
            "dh_prev is made with dW_h, a gradient; h_prev was multiplied by the weight W_h itself"
        ),
        "db_x from dW_x": (
            "db_x is the sum of dW_x; b_x was added to each sum, so db_x is the sum of da over the batch"
        ),
        "db_h from dW_h": (
            "db_h is the sum of dW_h; b_h was added to each sum, so db_h is the sum of da over the batch"
        ),
        "da clipped to 1": "da is clipped to ±1 inside; clipping comes after the whole gradient",
        "da clipped to 5": "da is clipped to ±5 inside; clipping comes after the whole gradient",
        "1 − r on the way to h": "what goes back through the bracket is multiplied by 1 − r_t; it is r_t",
        "dr as in Cho et al.": (
            "dr_t is made for the variant in which r_t scales the state, (W_hn^T da_n) ⊙ h_prev; here r_t "
            "scaled the bracket"
        ),
        "dr added to dh_prev": "dr_t is added to dh_prev as it is; it goes back through the gate's own sum",
        "joined z, r, n": (
            "the parts of da are joined in the order z, r, n; the weights stand r, z, n"
        ),
        "b_x's gradient is zero": "db_x is zero; b_x stands in all three sums",
        "b_h's gradient is zero": "db_h is zero; b_h stands in all three sums",
    }
    | {
        f"half the derivative of {a}": (
            f"1 − {a}_t stands where the sigmoid's derivative, {a}_t (1 − {a}_t), belongs"
        )
        for a in "rz"
    }
    | {
        f"derivative of {a} for {b}": (
            f"d{b}_t passes the derivative of {a}_t's sigmoid; its own is {b}_t (1 − {b}_t)"
        )
        for a, b in permutations("rz")
    }
    | {
        f"delta of {a} for {b}": f"the part of {BLOCKS[a]} stands in the rows of {BLOCKS[b]} too"
        for a, b in permutations("rz")
    }
    | {
        f"dx without {a}": f"dx_t lacks the way through {BLOCKS[a]}; x_t stands in all three sums"
        for a in "rz"
    }
    | {
        f"dh_prev through {a}'s block transposed": (
            f"in dh_prev the block of {BLOCKS[a]} is transposed (it is square, so no shape complains)"
        )
        for a in BLOCKS
    }
)


#: What it tells if the rows of these blocks are wrong and all others right.
WRONG_ROWS = {
    a: (
        f"the mistake is in the lines of {BLOCKS[a]}: its rows are wrong in what is stacked, and those of "
        "the others are right"
    )
    for a in BLOCKS
} | {
    "rn": (
        "the mistake is in the gradient of the candidate's sum, da_n: the rows of n and those of r, which "
        "are made from it, are wrong, and those of z are right"
    )
}
