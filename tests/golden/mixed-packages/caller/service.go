// upstream: misses that no build takes both files.
package caller

type Service struct {
	*Intermediate
}
