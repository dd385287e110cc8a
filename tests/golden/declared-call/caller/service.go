// upstream: misses comments.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

// gencreds:calls top.golden GET /status/{id} // want declared GET top.golden:443/status/{id}; finding declared-call

type Service struct {
	*Intermediate
}

// Run is documented; gencreds:calls in the middle of a sentence states nothing.
func (svc *Service) Run(ctx context.Context, url string, opts ...pub.Option) {
	// gencreds:calls before.golden:444 POST /a/{rest...} // want declared POST before.golden:444/a/{rest...}; finding declared-call
	svc.Request(ctx, opts...)
	svc.Request(ctx, pub.GET(url)) //gencreds:calls same.golden ANY / // want declared ANY same.golden:443/; finding declared-call
	text := "// gencreds:calls text.golden GET /x"
	svc.LogInfo(ctx, text)
}

func (svc *Service) Far(ctx context.Context, url string, opts ...pub.Option) {
	// gencreds:calls far.golden:443 get /x // want declared GET far.golden:443/x; finding declared-call

	svc.Request(ctx, pub.GET(url)) // want request GET *:*>; finding wildcard-url
}
