// upstream: misses subscriptions outside intermediate.go, and routes that are no definition's fields
package caller

import (
	"context"
	"fmt"
	"net/http"

	"github.com/microbus-io/fabric/sub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

const version = "v2"

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.Subscribe("Literal", svc.serve, sub.At("GET", "//literal.golden/x"))                 // want route GET literal.golden:443/x
	svc.Subscribe("Constant", svc.serve, sub.At(http.MethodPut, ":443/"+version+"/x"))       // want route PUT caller.golden:443/v2/x
	svc.Subscribe("Foreign", svc.serve, sub.At(targetapi.Save.Method, targetapi.Save.Route)) // want route POST caller.golden:444/save
	svc.Subscribe("Host", svc.serve, sub.At("ANY", "//"+targetapi.Hostname+":444/y"))        // want route ANY target.golden:444/y
	for _, name := range []string{"a", "b"} {
		svc.Subscribe(name, svc.serve, sub.At("GET", fmt.Sprintf(":443/%s", name))) // want route GET caller.golden:443/a; route GET caller.golden:443/b
	}
	at := sub.At("POST", ":666/seal")
	svc.Subscribe("Seal", svc.serve, at) // want route POST caller.golden:666/seal
	options := []sub.Option{sub.At("GET", ":443/spread"), sub.Web()}
	svc.Subscribe("Spread", svc.serve, options...) // want route GET caller.golden:443/spread
	svc.mount("/one")
	svc.mount("/two")
	return nil
}

func (svc *Service) mount(path string, more ...sub.Option) {
	svc.Subscribe(path, svc.serve, append(more, sub.At("GET", ":443"+path))...) // want route GET caller.golden:443/one; route GET caller.golden:443/two
}

func (svc *Service) serve(w http.ResponseWriter, r *http.Request) error { return nil }
