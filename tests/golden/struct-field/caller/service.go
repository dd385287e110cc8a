// upstream: misses clients in struct fields.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	target targetapi.Client
	unset  targetapi.Client
	worker *worker
}

type worker struct {
	saver interface{ Save(context.Context) error }
	load  targetapi.Client
}

var shared = targetapi.NewMulticastClient(nil)

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.target = targetapi.NewClient(svc).ForHost("kept.golden")
	svc.worker = &worker{saver: targetapi.NewClient(svc), load: targetapi.NewClient(svc)}
	return nil
}

func (svc *Service) Run(ctx context.Context) error {
	shared.Save(ctx)               // want call POST target.golden:444/save
	svc.worker.saver.Save(ctx)     // want call POST target.golden:444/save
	svc.worker.load.Load(ctx, "1") // want call GET target.golden:443/load/{id}
	return svc.target.Seal(ctx)    // want call POST kept.golden:666/seal
}

func (svc *Service) Unset(ctx context.Context) error {
	_, err := svc.unset.Load(ctx, "1") // want call GET target.golden:443/load/{id}
	return err
}
