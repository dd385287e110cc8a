package weird

// Service has no calls of its own.
type Service struct {
	*Intermediate
}
