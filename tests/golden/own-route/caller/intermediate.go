package caller

import (
	"context"
	"github.com/microbus-io/fabric/sub"
	"golden.example/caller/callerapi"
)

func NewIntermediate(impl ToDo) *Intermediate {
	svc := &Intermediate{}
	svc.Subscribe( // want route GET caller.golden:443/here
		"Here", svc.doHere,
		sub.At(callerapi.Here.Method, callerapi.Here.Route),
		sub.Description(`Here is here.`),
		sub.Function(callerapi.HereIn{}, callerapi.HereOut{}),
	)
	svc.Subscribe( // want route ANY there.golden:*/{rest...}
		"There", svc.There,
		sub.Web(),
		sub.At(callerapi.There.Method, callerapi.There.Route),
	)
	return svc
}
