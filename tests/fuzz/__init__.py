"""Random spoilt inputs of every kind: each is refused with problems at places in it, or answered by every surface.

`python -m tests.fuzz` searches long and goes on where it stopped; the tests here run a share of it.
"""
