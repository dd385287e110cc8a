package caller

import (
	"context"
	"net/http"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	_, err := targetapi.NewClient(svc).Page(ctx, http.MethodPut, "?q=1", nil) // want call ANY target.golden:443/page
	return err
}
