package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

const debug = false

func (svc *Service) Run(ctx context.Context) {
	if debug {
		targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
	}
	for false {
		otherapi.NewClient(svc).Store(ctx) // want call PUT other.golden:444/store
	}
}
