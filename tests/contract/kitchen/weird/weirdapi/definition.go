package weirdapi

import "github.com/microbus-io/fabric/define"

const Hostname = "weird.fixture"

var Plain = define.Web{Host: Hostname, Method: "GET", Route: ":443/plain"}

var PathArg = define.Web{Host: Hostname, Method: "GET", Route: ":443/path-arg/{id}"}

var GreedyArg = define.Web{Host: Hostname, Method: "GET", Route: ":443/greedy/{tail...}"}

var PeriodInPath = define.Web{Host: Hostname, Method: "GET", Route: ":888/openapi.json"}

var AnyMethod = define.Web{Host: Hostname, Method: "ANY", Route: ":443/any-method"}

var InternalPort = define.Function{Host: Hostname, Method: "POST", Route: ":444/internal"}

var TrustRoot = define.Function{Host: Hostname, Method: "POST", Route: ":666/dangerous"}

var SlashHostRoot = define.Web{Host: Hostname, Method: "ANY", Route: "//root"}

var SlashHostPort = define.Web{Host: Hostname, Method: "GET", Route: "//alt.host:0/alt-path"}

var SlashHostPathArg = define.Web{Host: Hostname, Method: "GET", Route: "//alt.host/items/{id}"}

var SpecialHostRoute = define.Web{Host: Hostname, Method: "GET", Route: "//my$.xml/lookup"}

var UpperCasePath = define.Web{Host: Hostname, Method: "GET", Route: ":443/UPPERCASE.xml"}

var OnSomething = define.OutboundEvent{Host: Hostname, Method: "POST", Route: ":417/on-something"}
