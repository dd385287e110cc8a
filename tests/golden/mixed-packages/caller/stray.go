package stray // want finding mixed-packages

// does not compile: a directory is one package.
