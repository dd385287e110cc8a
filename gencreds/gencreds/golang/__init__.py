"""Go syntax, packages and modules, read without a Go toolchain. Knows nothing of Microbus."""
