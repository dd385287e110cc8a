package targetapi

import (
	"context"
)

// Mirror asks the mirror.
func (_c Client) Mirror(ctx context.Context) error {
	return _c.ForHost("mirror.golden").Save(ctx)
}
