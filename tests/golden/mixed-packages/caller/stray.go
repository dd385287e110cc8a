// does not compile: a directory is one package.
package stray // want finding mixed-packages
