package targetapi

import (
	"context"
)

// Both is of this client.
func (_c Client) Both(ctx context.Context) { _c.Save(ctx) }

// Both is of that client.
func (_c MulticastClient) Both(ctx context.Context) { _c.Seal(ctx) }
