package targetapi

import (
	"context"
)

// Again tries again.
func (_c Client) Again(ctx context.Context, times int) error {
	if err := _c.Save(ctx); err != nil && times > 0 {
		return _c.Again(ctx, times-1)
	}
	return nil
}
