"""The mistakes that exercises share, as small wrong implementations: of a step, of the way back, of gates."""
