package kitchenapi

// Hostname is the default hostname of the microservice.
const Hostname = "kitchen.fixture"

// Def is an endpoint.
type Def struct {
	Method string
	Route  string
}

var (
	MyFunc    = Def{Method: "POST", Route: `:443/my-func`}          // MARKER: MyFunc
	SelfPing  = Def{Method: "POST", Route: `:444/self-ping`}        // MARKER: SelfPing
	AltFn     = Def{Method: "GET", Route: `//alt.kitchen:0/alt-fn`} // MARKER: AltFn
	OnMyEvent = Def{Method: "POST", Route: ":417/on-my-event"}      // want event POST kitchen.fixture:417/on-my-event
)
