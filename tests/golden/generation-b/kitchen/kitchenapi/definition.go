package kitchenapi

import (
	"github.com/microbus-io/fabric/define"

	"golden.example/weird/weirdapi"
)

const (
	Hostname = "kitchen.fixture"
	Name     = "Fixture"
	Version  = 1
)

var MyFunc = define.Function{ // MARKER: MyFunc
	Host: Hostname, Method: "POST", Route: ":443/my-func",
}

var SelfPing = define.Function{ // MARKER: SelfPing
	Host: Hostname, Method: "POST", Route: ":444/self-ping",
}

var AltFn = define.Function{ // MARKER: AltFn
	Host: Hostname, Method: "GET", Route: "//alt.kitchen:0/alt-fn",
}

var OnMyEvent = define.OutboundEvent{ // want event POST kitchen.fixture:417/on-my-event
	Host: Hostname, Method: "POST", Route: ":417/on-my-event",
}

var OnSomething = define.InboundEvent{ // want hook POST weird.fixture:417/on-something
	Source: weirdapi.OnSomething,
}
