package weirdapi

import (
	"github.com/microbus-io/fabric/define"
)

const (
	Hostname = "weird.fixture"
	Name     = "Fixture"
	Version  = 1
)

var Plain = define.Function{ // MARKER: Plain
	Host: Hostname, Method: "GET", Route: ":443/plain",
}

var PathArg = define.Function{ // MARKER: PathArg
	Host: Hostname, Method: "GET", Route: ":443/path-arg/{id}",
}

var GreedyArg = define.Function{ // MARKER: GreedyArg
	Host: Hostname, Method: "GET", Route: ":443/greedy/{tail...}",
}

var PeriodInPath = define.Function{ // MARKER: PeriodInPath
	Host: Hostname, Method: "GET", Route: ":888/openapi.json",
}

var AnyMethod = define.Function{ // MARKER: AnyMethod
	Host: Hostname, Method: "ANY", Route: ":443/any-method",
}

var InternalPort = define.Function{ // MARKER: InternalPort
	Host: Hostname, Method: "POST", Route: ":444/internal",
}

var TrustRoot = define.Function{ // MARKER: TrustRoot
	Host: Hostname, Method: "POST", Route: ":666/dangerous",
}

var SlashHostRoot = define.Web{ // MARKER: SlashHostRoot
	Host: Hostname, Method: "ANY", Route: "//root",
}

var SlashHostPort = define.Web{ // MARKER: SlashHostPort
	Host: Hostname, Method: "GET", Route: "//alt.host:0/alt-path",
}

var SlashHostPathArg = define.Web{ // MARKER: SlashHostPathArg
	Host: Hostname, Method: "GET", Route: "//alt.host/items/{id}",
}

var SpecialHostRoute = define.Function{ // MARKER: SpecialHostRoute
	Host: Hostname, Method: "GET", Route: "//my$.xml/lookup",
}

var UpperCasePath = define.Function{ // MARKER: UpperCasePath
	Host: Hostname, Method: "GET", Route: ":443/UPPERCASE.xml",
}

var OnSomething = define.OutboundEvent{ // want event POST weird.fixture:417/on-something
	Host: Hostname, Method: "POST", Route: ":417/on-something",
}
