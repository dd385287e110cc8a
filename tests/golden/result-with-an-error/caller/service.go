// upstream: misses clients that functions return.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) dial() (*targetapi.Client, error) {
	client := targetapi.NewClient(svc)
	return &client, nil
}

func (svc *Service) Run(ctx context.Context) error {
	client, err := svc.dial()
	if err != nil {
		return err
	}
	return client.Save(ctx) // want call POST target.golden:444/save
}
