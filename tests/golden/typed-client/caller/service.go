package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	if _, err := targetapi.NewClient(svc).Load(ctx, "1"); err != nil { // want call GET target.golden:443/load/{id}
		return err
	}
	for range targetapi.NewMulticastClient(svc).Save(ctx) { // want call POST target.golden:444/save
	}
	go targetapi.NewClient(svc).
		WithOptions().
		Seal(ctx) // want call POST target.golden:666/seal
	return svc.Parallel(ctx, targetapi.NewClient(svc).Save) // want call POST target.golden:444/save
}

var later = func(svc *Service, ctx context.Context) error {
	return (&targetapi.Unrelated{}).Do(func() { (targetapi.NewClient(svc)).Save(ctx) }) // want call POST target.golden:444/save
}
