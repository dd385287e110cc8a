// Run does not call targetapi.NewClient(svc).Save(ctx).
package caller

import (
	"context"


	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	// targetapi.NewClient(svc).Save(ctx)
	/*
		targetapi.NewClient(svc).Seal(ctx)
		svc.Request(ctx, pub.GET("https://commented.golden/x"))
	*/
}
