// upstream: misses the runtime's form of empty path parts.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	c := targetapi.NewClient(svc)
	c.Bare(ctx)      // want call GET target.golden:443
	c.Root(ctx)      // want call GET target.golden:443/
	c.Dir(ctx)       // want call GET target.golden:443/dir/
	c.NoSlash(ctx)   // want call GET target.golden:443/no-slash
	c.OnlyPort(ctx)  // want call GET target.golden:80
	c.AnyPort(ctx)   // want call POST target.golden:*/any-port
	c.Dotted(ctx)    // want call GET target.golden:443/v1.2/open_api.json
	c.Capital(ctx)   // want call GET target.golden:443/UPPER
	c.HostRoot(ctx)  // want call ANY root:443
	c.HostPort(ctx)  // want call DELETE far.golden:444/x/{id}/y
	c.FullURL(ctx)   // want call PATCH full.golden:8443/z
	c.PlainHTTP(ctx) // want call HEAD plain.golden:80/p
}
