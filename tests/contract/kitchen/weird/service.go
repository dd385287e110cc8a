package weird

type Service struct {
	*Intermediate
}
