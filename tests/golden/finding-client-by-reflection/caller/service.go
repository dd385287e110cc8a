// upstream: misses what reflection calls.
package caller

import (
	"context"
	"reflect"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, name string) {
	reflect.ValueOf(targetapi.NewClient(svc)).MethodByName(name).Call(nil) // want finding unfollowed-client
}
