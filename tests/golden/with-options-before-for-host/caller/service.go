package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).WithOptions(pub.Header("A", "b")).ForHost("opted.golden").Save(ctx) // want call POST opted.golden:444/save
}
