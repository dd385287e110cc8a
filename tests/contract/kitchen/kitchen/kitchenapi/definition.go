package kitchenapi

import "github.com/microbus-io/fabric/define"

const Hostname = "kitchen.fixture"

var MyFunc = define.Function{Host: Hostname, Method: "POST", Route: ":443/my-func"}

var SelfPing = define.Function{Host: Hostname, Method: "POST", Route: ":444/self-ping"}

var AltFn = define.Function{Host: Hostname, Method: "GET", Route: "//alt.kitchen:0/alt-fn"}

var OnMyEvent = define.OutboundEvent{Host: Hostname, Method: "POST", Route: ":417/on-my-event"}
