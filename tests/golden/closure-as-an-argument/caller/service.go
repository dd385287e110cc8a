package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func retry(job func() error) error { return job() }

func (svc *Service) Run(ctx context.Context) error {
	return retry(func() error {
		return retry(func() error {
			return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
		})
	})
}
