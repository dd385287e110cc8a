package caller

import (
	"context"
	"fmt"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) bool {
	c := targetapi.NewClient(svc)
	ok := c.Save(ctx) == nil && // want call POST target.golden:444/save
		!(c.Seal(ctx) != nil) // want call POST target.golden:666/seal
	values := map[error]error{
		otherapi.NewClient(svc).Save(ctx): nil, // want call POST other.golden:443/save
	}
	pointer := &struct{ err error }{err: otherapi.NewClient(svc).Store(ctx)} // want call PUT other.golden:444/store
	text := fmt.Sprint(c.Browse(ctx, "a"))                                   // want call GET target.golden:443/browse/{path...}
	return ok && len(values) == len(text) && pointer.err == nil
}
