// upstream: misses clients under a second name.
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
	client := targetapi.NewClient(svc)
	loud := client.WithOptions(pub.Header("Volume", "11"))
	return loud.Save(ctx) // want call POST target.golden:444/save
}
