// upstream: misses clients that functions return.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) target(host string) targetapi.Client {
	return targetapi.NewClient(svc)
}

func (svc *Service) mirror() (c *targetapi.Client, err error) {
	mirror := targetapi.NewClient(svc).ForHost("mirror.golden")
	return &mirror, nil
}

func (svc *Service) Run(ctx context.Context) error {
	svc.target("x").Save(ctx) // want call POST target.golden:444/save
	c, err := svc.mirror()
	if err != nil {
		return err
	}
	_, err = c.Load(ctx, "1") // want call GET mirror.golden:443/load/{id}
	return err
}
