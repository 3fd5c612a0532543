"""Looking at a network from outside: gradient checks, Jacobians, fixed points."""
