// upstream: misses all but the last.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Nested(ctx context.Context, region string, far bool) {
	options := []pub.Option{pub.POST("https://never.golden/x")}
	switch region {
	case "eu":
		options = []pub.Option{pub.Method("PUT")}
		if far {
			options = append(options, pub.URL("https://far.golden/x"))
		} else {
			options = append(options, pub.URL("https://near.golden/x"))
		}
	case "us":
		options = []pub.Option{pub.GET("https://us.golden/x")}
	default:
		return
	}
	svc.Request(ctx, options...) // want request PUT far.golden:443/x; request PUT near.golden:443/x; request GET us.golden:443/x
}

// The options of a branch that break leaves early stay those from before.
func (svc *Service) Breaks(ctx context.Context, region string, far bool) {
	options := []pub.Option{pub.GET("https://base.golden/x")}
	switch region {
	case "eu":
		if far {
			break
		}
		options = append(options, pub.POST("https://eu.golden/x"))
	default:
		options = append(options, pub.PUT("https://us.golden/x"))
	}
	svc.Request(ctx, options...) // want request GET base.golden:443/x; request POST eu.golden:443/x; request PUT us.golden:443/x
}
