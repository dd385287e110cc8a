package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, i, j int) {
	hosts := []string{"h0.golden", "h1.golden", "h2.golden", "h3.golden", "h4.golden", "h5.golden", "h6.golden", "h7.golden", "h8.golden"}
	paths := []string{"/p0", "/p1", "/p2", "/p3", "/p4", "/p5", "/p6", "/p7"}
	svc.Request(ctx, pub.GET("https://"+hosts[i]+paths[j]))  // want request GET *:*>; finding wildcard-url; finding too-many-values
	svc.Request(ctx, pub.GET("https://one.golden"+paths[j])) // want request GET one.golden:443/p0; request GET one.golden:443/p1; request GET one.golden:443/p2; request GET one.golden:443/p3; request GET one.golden:443/p4; request GET one.golden:443/p5; request GET one.golden:443/p6; request GET one.golden:443/p7
}
