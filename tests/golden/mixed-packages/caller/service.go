package caller

type Service struct {
	*Intermediate
}
