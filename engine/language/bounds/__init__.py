"""Reader 3: the bounds between which the value of an expression lies for every partner."""
