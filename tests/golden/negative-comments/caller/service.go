package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

// Run does not call targetapi.NewClient(svc).Save(ctx).
func (svc *Service) Run(ctx context.Context) string {
	// targetapi.NewClient(svc).Save(ctx)
	/*
		targetapi.NewClient(svc).Seal(ctx)
		svc.Request(ctx, pub.GET("https://commented.golden/x"))
	*/
	return targetapi. /* NewClient(svc).Seal(ctx) */ Hostname
}
