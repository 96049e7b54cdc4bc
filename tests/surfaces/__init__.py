"""Every surface against the interpreter, on random programmes that use every form of the language."""
