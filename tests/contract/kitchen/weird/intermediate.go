package weird

import (
	"example.com/fixtures/weird/weirdapi"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"
)

type Intermediate struct {
	*connector.Connector
}

func NewIntermediate(impl ToDo) *Intermediate {
	svc := &Intermediate{Connector: connector.New(weirdapi.Hostname)}
	svc.Subscribe("Plain", impl.Plain, sub.At(weirdapi.Plain.Method, weirdapi.Plain.Route))
	svc.Subscribe("PathArg", impl.PathArg, sub.At(weirdapi.PathArg.Method, weirdapi.PathArg.Route))
	svc.Subscribe("GreedyArg", impl.GreedyArg, sub.At(weirdapi.GreedyArg.Method, weirdapi.GreedyArg.Route))
	svc.Subscribe("PeriodInPath", impl.PeriodInPath, sub.At(weirdapi.PeriodInPath.Method, weirdapi.PeriodInPath.Route))
	svc.Subscribe("AnyMethod", impl.AnyMethod, sub.At(weirdapi.AnyMethod.Method, weirdapi.AnyMethod.Route))
	svc.Subscribe("InternalPort", impl.InternalPort, sub.At(weirdapi.InternalPort.Method, weirdapi.InternalPort.Route))
	svc.Subscribe("TrustRoot", impl.TrustRoot, sub.At(weirdapi.TrustRoot.Method, weirdapi.TrustRoot.Route))
	svc.Subscribe("SlashHostRoot", impl.SlashHostRoot, sub.At(weirdapi.SlashHostRoot.Method, weirdapi.SlashHostRoot.Route))
	svc.Subscribe("SlashHostPort", impl.SlashHostPort, sub.At(weirdapi.SlashHostPort.Method, weirdapi.SlashHostPort.Route))
	svc.Subscribe("SlashHostPathArg", impl.SlashHostPathArg, sub.At(weirdapi.SlashHostPathArg.Method, weirdapi.SlashHostPathArg.Route))
	svc.Subscribe("SpecialHostRoute", impl.SpecialHostRoute, sub.At(weirdapi.SpecialHostRoute.Method, weirdapi.SpecialHostRoute.Route))
	svc.Subscribe("UpperCasePath", impl.UpperCasePath, sub.At(weirdapi.UpperCasePath.Method, weirdapi.UpperCasePath.Route))
	return svc
}
