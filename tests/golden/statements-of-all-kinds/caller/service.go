package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, jobs chan int) error {
	c := targetapi.NewClient(svc)
	switch err := c.Save(ctx); { // want call POST target.golden:444/save
	case err != nil:
		return err
	}
	switch _, err := c.Load(ctx, "1"); err { // want call GET target.golden:443/load/{id}
	default:
	}
	select {
	case <-jobs:
		c.Seal(ctx) // want call POST target.golden:666/seal
	default:
	}
outer:
	for i := 0; i < 3; i++ {
		for {
			otherapi.NewClient(svc).Store(ctx) // want call PUT other.golden:444/store
			break outer
		}
	}
	var results = []error{otherapi.NewClient(svc).Save(ctx)} // want call POST other.golden:443/save
	return results[0]
}
