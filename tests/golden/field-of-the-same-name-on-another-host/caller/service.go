// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type near struct{ client targetapi.Client }

type far struct{ client targetapi.Client }

func (svc *Service) Run(ctx context.Context) error {
	n := near{client: targetapi.NewClient(svc)}
	f := far{client: targetapi.NewClient(svc).ForHost("far.golden")}
	if err := n.client.Save(ctx); err != nil { // want call POST target.golden:444/save
		return err
	}
	_, err := f.client.Load(ctx, "1") // want call GET far.golden:443/load/{id}
	return err
}
