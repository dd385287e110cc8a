package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).WithOptions(pub.Header("A", "b"), pub.Body("c")).Save(ctx) // want call POST target.golden:444/save
}
