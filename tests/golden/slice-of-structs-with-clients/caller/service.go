// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type job struct {
	name   string
	client targetapi.Client
}

func (svc *Service) Run(ctx context.Context) {
	jobs := []job{{name: "a", client: targetapi.NewClient(svc)}, {"b", targetapi.NewClient(svc).ForHost("b.golden")}}
	for _, job := range jobs {
		job.client.Save(ctx) // want call POST target.golden:444/save; call POST b.golden:444/save
	}
}
