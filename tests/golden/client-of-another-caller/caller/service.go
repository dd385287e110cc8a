package caller

import (
	"context"

	"github.com/microbus-io/fabric/service"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	var publisher service.Publisher = svc
	return targetapi.NewClient(publisher).Save(ctx) // want call POST target.golden:444/save
}
