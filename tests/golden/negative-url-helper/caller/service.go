package caller

import (
	"context"

	"github.com/microbus-io/fabric/httpx"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) string {
	return httpx.JoinHostAndPath(targetapi.Hostname, targetapi.Save.Route)
}
