// upstream: misses clients in package variables.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return target.Save(ctx) // want call POST target.golden:444/save
}
