package targetapi

import "context"

// LoadAndSave is a helper that people write beside the generated client.
func (_c Client) LoadAndSave(ctx context.Context, id string) error {
	if _, err := _c.Load(ctx, id); err != nil {
		return err
	}
	return _c.Save(ctx)
}
