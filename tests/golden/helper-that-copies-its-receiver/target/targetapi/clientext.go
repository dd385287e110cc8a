package targetapi

import (
	"context"
)

// Copy works on a copy.
func (_c Client) Copy(ctx context.Context) error {
	d := _c
	return d.Save(ctx)
}
