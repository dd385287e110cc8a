// does not compile: two package clauses.
package caller

package caller // want finding syntax-error
