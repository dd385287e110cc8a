package targetapi

// Unrelated is no client, though it comes from an API package.
type Unrelated struct{}

// Do calls what it is given.
func (*Unrelated) Do(job func()) error {
	job()
	return nil
}
