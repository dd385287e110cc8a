// upstream: misses the host of a bound client.
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
	far := targetapi.NewClient(svc).ForHost("far.golden")
	if err := far.Save(ctx); err != nil { // want call POST far.golden:444/save
		return err
	}
	return far.WithOptions(pub.Header("A", "b")).ForHost("farther.golden").Seal(ctx) // want call POST farther.golden:666/seal
}
