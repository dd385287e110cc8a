// upstream: misses what a client calls that a function value returns.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	count int
}

func first(svc *Service) targetapi.Client { return targetapi.NewClient(svc) }

func second(svc *Service) otherapi.Client { return otherapi.NewClient(svc) }

func (svc *Service) Declared(ctx context.Context) {
	var // the other one
	first func(*Service) otherapi.Client
	first, svc.count = second, 1
	first(svc).Store(ctx) // want call PUT other.golden:444/store
}

func (svc *Service) Grouped(ctx context.Context) {
	var (
		count = 1
		first func(*Service) otherapi.Client
	)
	fill(&first)
	first(svc).Store(ctx) // want call PUT other.golden:444/store
	svc.count = count
}

func (svc *Service) Passed(ctx context.Context) {
	run := func( // the other one
		first func(*Service) otherapi.Client) {
		first(svc).Store(ctx) // want call PUT other.golden:444/store
	}
	run(second)
}

func fill(to *func(*Service) otherapi.Client) { *to = second }

func (svc *Service) Kept(ctx context.Context) {
	first(svc).Save(ctx) // want call POST target.golden:444/save
}
