package stray // want finding mixed-packages
