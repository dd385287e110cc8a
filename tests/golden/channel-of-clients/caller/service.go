// upstream: misses clients that travel through channels.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	clients := make(chan targetapi.Client, 1)
	clients <- targetapi.NewClient(svc)
	client := <-clients
	client.Save(ctx) // want call POST target.golden:444/save
}
