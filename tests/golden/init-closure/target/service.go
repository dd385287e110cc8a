package target

type Service struct {
	*Intermediate
}
