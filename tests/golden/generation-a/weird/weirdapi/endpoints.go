package weirdapi

// Hostname is the default hostname of the microservice.
const Hostname = "weird.fixture"

// Def is an endpoint.
type Def struct {
	Method string
	Route  string
}

var (
	Plain            = Def{Method: "GET", Route: `:443/plain`}            // MARKER: Plain
	PathArg          = Def{Method: "GET", Route: `:443/path-arg/{id}`}    // MARKER: PathArg
	GreedyArg        = Def{Method: "GET", Route: `:443/greedy/{tail...}`} // MARKER: GreedyArg
	PeriodInPath     = Def{Method: "GET", Route: `:888/openapi.json`}     // MARKER: PeriodInPath
	AnyMethod        = Def{Method: "ANY", Route: `:443/any-method`}       // MARKER: AnyMethod
	InternalPort     = Def{Method: "POST", Route: `:444/internal`}        // MARKER: InternalPort
	TrustRoot        = Def{Method: "POST", Route: `:666/dangerous`}       // MARKER: TrustRoot
	SlashHostRoot    = Def{Method: "ANY", Route: `//root`}                // MARKER: SlashHostRoot
	SlashHostPort    = Def{Method: "GET", Route: `//alt.host:0/alt-path`} // MARKER: SlashHostPort
	SlashHostPathArg = Def{Method: "GET", Route: `//alt.host/items/{id}`} // MARKER: SlashHostPathArg
	SpecialHostRoute = Def{Method: "GET", Route: `//my$.xml/lookup`}      // MARKER: SpecialHostRoute
	UpperCasePath    = Def{Method: "GET", Route: `:443/UPPERCASE.xml`}    // MARKER: UpperCasePath
	OnSomething      = Def{Method: "POST", Route: ":417/on-something"}    // want event POST weird.fixture:417/on-something
)
