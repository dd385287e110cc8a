// Ask is for others to call.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Ask(ctx context.Context, options ...pub.Option) {
	targetapi.NewClient(svc).WithOptions(options...).Save(ctx) // want call POST target.golden:444/save; finding unfollowed-options
}
