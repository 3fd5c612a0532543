"""What is said of draws that do not come from the generator that is given."""

SAME_SEED = (
    "Two generators of the same seed gave different results. All chance has to come from the `rng` that is "
    "given, or nobody can repeat what they saw."
)

ALWAYS_THE_SAME = (
    "Called twice with one and the same `rng`, it drew exactly the same. Each call has to go on with the "
    "generator that is given."
)
