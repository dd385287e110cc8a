// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type session struct{ client targetapi.Client }

func (svc *Service) open() session {
	return session{client: targetapi.NewClient(svc)}
}

func (svc *Service) Run(ctx context.Context) error {
	return svc.open().client.Save(ctx) // want call POST target.golden:444/save
}
