// upstream: misses the host that a parameter is passed with, and interfaces.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

type saver interface {
	Save(ctx context.Context) error
}

func (svc *Service) Run(ctx context.Context) error {
	byType(ctx, targetapi.NewClient(svc).ForHost("passed.golden"))
	byType(ctx, targetapi.NewClient(svc))
	svc.byInterface(ctx, targetapi.NewClient(svc))
	return nil
}

func byType(ctx context.Context, c targetapi.Client) error {
	return deeper(ctx, c)
}

func deeper(ctx context.Context, c targetapi.Client) error {
	_, err := c.Load(ctx, "1") // want call GET passed.golden:443/load/{id}; call GET target.golden:443/load/{id}
	return err
}

func (svc *Service) byInterface(ctx context.Context, s saver) error {
	return s.Save(ctx) // want call POST target.golden:444/save
}

func neverCalled(ctx context.Context, c *targetapi.MulticastClient) {
	c.Seal(ctx) // want call POST target.golden:666/seal
}
