// does not compile: a literal has no end.
package targetapi

var broken = "no end // want finding syntax-error
