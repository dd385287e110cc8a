package caller

import (
	"context"
	"encoding/json"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
	base   string
	config settings
	plan   *plan
	Loaded string
	remote remote
	embedded
}

type embedded struct {
	place string
}

type settings struct {
	host string
	url  string
}

type plan struct {
	url string
}

type remote struct {
	Address string `json:"address"`
}

var target = "https://variable.golden"

var changed string

var lost = "https://lost.golden"

func init() {
	changed = "https://changed.golden"
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.base = "https://field.golden"
	svc.config = settings{host: "config.golden", url: "https://keyed.golden/"}
	svc.embedded = embedded{place: "first.golden"}
	svc.embedded.place = "second.golden"
	svc.place = "third.golden"
	svc.plan = &plan{"https://positional.golden/"}
	return json.Unmarshal(nil, &svc.remote)
}

func (svc *Service) Run(ctx context.Context, given string) {
	svc.Request(ctx, pub.GET(svc.base+"/a"))                   // want request GET field.golden:443/a
	svc.Request(ctx, pub.GET("https://"+svc.config.host+"/b")) // want request GET config.golden:443/b
	svc.Request(ctx, pub.GET(svc.config.url))                  // want request GET keyed.golden:443/
	svc.Request(ctx, pub.GET(svc.plan.url))                    // want request GET positional.golden:443/
	svc.Request(ctx, pub.GET(target+"/c"))                     // want request GET variable.golden:443/c
	svc.Request(ctx, pub.GET(changed+"/d"))                    // want request GET changed.golden:443/d
	svc.Request(ctx, pub.GET(svc.remote.Address))              // want request GET *:*>; finding wildcard-url
	svc.Request(ctx, pub.GET("https://"+svc.place+"/f"))       // want request GET first.golden:443/f; request GET second.golden:443/f; request GET third.golden:443/f
	lost = given
	svc.Request(ctx, pub.GET(lost+"/e")) // want request GET *:*>; finding wildcard-url
}
