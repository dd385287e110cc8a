// upstream: misses clients that functions return.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func (svc *Service) dial() (targetapi.Client, error) { return targetapi.NewClient(svc), nil }

func (svc *Service) Run(ctx context.Context) error {
	return must(svc.dial()).Save(ctx) // want call POST target.golden:444/save
}
