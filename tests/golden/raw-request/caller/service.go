// upstream: misses shorthands, parenthesised options and the host of a computed URL.
package caller

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

// redis is not the bus.
var redis broker

type broker struct{}

func (broker) Publish(ctx context.Context, channel, message string) {}

const base = "https://base.golden:444"

var shared = []pub.Option{pub.GET("https://shared.golden/x")}

func (svc *Service) Run(ctx context.Context, url string, id string) {
	svc.Request(ctx, pub.GET("https://one.golden/some/path?q=1"))            // want request GET one.golden:443/some/path
	svc.Request(ctx, pub.Method("patch"), pub.URL("http://two.golden/p"))    // want request PATCH two.golden:80/p
	svc.Publish(ctx, pub.POST("https://three.golden:666/mint"), pub.Body(1)) // want request POST three.golden:666/mint
	svc.Request(ctx, pub.PUT(base+"/items"))                                 // want request PUT base.golden:444/items
	svc.Request(ctx, pub.DELETE(url))                                        // want request DELETE *:*>; finding wildcard-url
	svc.Request(ctx, pub.URL("https://five.golden"))                         // want request ANY five.golden:443; finding wildcard-method
	svc.Request(ctx, (pub.GET("https://six.golden/")))                       // want request GET six.golden:443/
	svc.GET(ctx, "https://seven.golden/short")                               // want request GET seven.golden:443/short
	svc.POST(ctx, url, nil)                                                  // want request POST *:*>; finding wildcard-url
	(&http.Client{}).Get(url)
	redis.Publish(ctx, "channel", "message")
}
