package kitchen

import (
	"example.com/fixtures/kitchen/kitchenapi"
	"example.com/fixtures/weird/weirdapi"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"
)

type Intermediate struct {
	*connector.Connector
}

func NewIntermediate(impl ToDo) *Intermediate {
	svc := &Intermediate{Connector: connector.New(kitchenapi.Hostname)}
	svc.Subscribe("MyFunc", svc.doMyFunc, sub.At(kitchenapi.MyFunc.Method, kitchenapi.MyFunc.Route))
	svc.Subscribe("SelfPing", svc.doSelfPing, sub.At(kitchenapi.SelfPing.Method, kitchenapi.SelfPing.Route))
	svc.Subscribe("AltFn", svc.doAltFn, sub.At(kitchenapi.AltFn.Method, kitchenapi.AltFn.Route))
	weirdapi.NewHook(svc).OnSomething(impl.OnSomething)
	return svc
}
