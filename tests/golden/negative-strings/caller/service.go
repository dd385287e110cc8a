package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) []string {
	return []string{
		"targetapi.NewClient(svc).Save(ctx)",
		`
targetapi.NewClient(svc).Seal(ctx)
svc.Request(ctx, pub.GET("https://quoted.golden/x"))
`,
		"// targetapi.NewHook(svc).OnSaved(svc.OnSaved)",
	}
}
