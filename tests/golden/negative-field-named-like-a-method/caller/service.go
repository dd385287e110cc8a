package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}
type record struct {
	Request func(ctx context.Context, url string)
	GET     string
}

func (svc *Service) Run(ctx context.Context, r record) string {
	r.Request(ctx, "https://nothing.golden/x")
	return r.GET
}
