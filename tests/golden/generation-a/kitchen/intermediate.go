package kitchen

import (
	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"golden.example/kitchen/kitchenapi"
	"golden.example/weird/weirdapi"
)

// NewIntermediate subscribes the endpoints.
func NewIntermediate(impl ToDo) *Intermediate {
	svc := &Intermediate{Connector: connector.New(kitchenapi.Hostname), ToDo: impl}
	svc.Subscribe( // want route POST kitchen.fixture:443/my-func
		"MyFunc", svc.doMyFunc,
		sub.At(kitchenapi.MyFunc.Method, kitchenapi.MyFunc.Route),
	)
	svc.Subscribe( // want route POST kitchen.fixture:444/self-ping
		"SelfPing", svc.doSelfPing,
		sub.At(kitchenapi.SelfPing.Method, kitchenapi.SelfPing.Route),
	)
	svc.Subscribe( // want route GET alt.kitchen:*/alt-fn
		"AltFn", svc.doAltFn,
		sub.At(kitchenapi.AltFn.Method, kitchenapi.AltFn.Route),
		sub.NoQueue(),
	)
	weirdapi.NewHook(svc).OnSomething(svc.OnSomething) // want hook POST weird.fixture:417/on-something
	return svc
}
