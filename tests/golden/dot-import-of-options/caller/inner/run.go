package inner

import (
	"context"

	"github.com/microbus-io/fabric/service"

	. "github.com/microbus-io/fabric/pub"

	. "golden.example/target/targetapi"
)

func Run(ctx context.Context, svc service.Publisher) error {
	if _, err := svc.Request(ctx, GET("https://other.golden/things/1")); err != nil { // want request GET other.golden:443/things/1
		return err
	}
	_, err := svc.Request(ctx, Method("PUT"), URL("https://"+Hostname+"/put")) // want request PUT target.golden:443/put
	return err
}
