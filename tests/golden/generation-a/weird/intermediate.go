package weird

import (
	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"golden.example/weird/weirdapi"
)

// NewIntermediate subscribes the endpoints.
func NewIntermediate(impl ToDo) *Intermediate {
	svc := &Intermediate{Connector: connector.New(weirdapi.Hostname), ToDo: impl}
	svc.Subscribe( // want route GET weird.fixture:443/plain
		"Plain", svc.doPlain,
		sub.At(weirdapi.Plain.Method, weirdapi.Plain.Route),
	)
	svc.Subscribe( // want route GET weird.fixture:443/path-arg/{id}
		"PathArg", svc.doPathArg,
		sub.At(weirdapi.PathArg.Method, weirdapi.PathArg.Route),
	)
	svc.Subscribe( // want route GET weird.fixture:443/greedy/{tail...}
		"GreedyArg", svc.doGreedyArg,
		sub.At(weirdapi.GreedyArg.Method, weirdapi.GreedyArg.Route),
	)
	svc.Subscribe( // want route GET weird.fixture:888/openapi.json
		"PeriodInPath", svc.doPeriodInPath,
		sub.At(weirdapi.PeriodInPath.Method, weirdapi.PeriodInPath.Route),
	)
	svc.Subscribe( // want route ANY weird.fixture:443/any-method
		"AnyMethod", svc.doAnyMethod,
		sub.At(weirdapi.AnyMethod.Method, weirdapi.AnyMethod.Route),
	)
	svc.Subscribe( // want route POST weird.fixture:444/internal
		"InternalPort", svc.doInternalPort,
		sub.At(weirdapi.InternalPort.Method, weirdapi.InternalPort.Route),
	)
	svc.Subscribe( // want route POST weird.fixture:666/dangerous
		"TrustRoot", svc.doTrustRoot,
		sub.At(weirdapi.TrustRoot.Method, weirdapi.TrustRoot.Route),
	)
	svc.Subscribe( // want route ANY root:443
		"SlashHostRoot", svc.doSlashHostRoot,
		sub.At(weirdapi.SlashHostRoot.Method, weirdapi.SlashHostRoot.Route),
	)
	svc.Subscribe( // want route GET alt.host:*/alt-path
		"SlashHostPort", svc.doSlashHostPort,
		sub.At(weirdapi.SlashHostPort.Method, weirdapi.SlashHostPort.Route),
	)
	svc.Subscribe( // want route GET alt.host:443/items/{id}
		"SlashHostPathArg", svc.doSlashHostPathArg,
		sub.At(weirdapi.SlashHostPathArg.Method, weirdapi.SlashHostPathArg.Route),
	)
	svc.Subscribe( // want route GET my$.xml:443/lookup
		"SpecialHostRoute", svc.doSpecialHostRoute,
		sub.At(weirdapi.SpecialHostRoute.Method, weirdapi.SpecialHostRoute.Route),
	)
	svc.Subscribe( // want route GET weird.fixture:443/UPPERCASE.xml
		"UpperCasePath", svc.doUpperCasePath,
		sub.At(weirdapi.UpperCasePath.Method, weirdapi.UpperCasePath.Route),
	)
	return svc
}
