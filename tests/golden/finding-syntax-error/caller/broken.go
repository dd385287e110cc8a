// does not compile: it ends too early.
package caller

func broken() { // want finding syntax-error
