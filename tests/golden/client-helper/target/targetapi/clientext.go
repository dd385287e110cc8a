package targetapi

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

// LoadAndSave is what a hand-written helper looks like.
func (_c Client) LoadAndSave(ctx context.Context) error {
	if _, err := _c.Load(ctx, "1"); err != nil {
		return err
	}
	return _c.again(ctx)
}

func (_c Client) again(ctx context.Context) error {
	d := _c.ForHost("again.golden")
	if err := d.Save(ctx); err != nil {
		return d.again(ctx)
	}
	return nil
}

func (_c MulticastClient) Raw(ctx context.Context) error {
	_c.svc.Publish(ctx, pub.POST("https://raw.golden:444/raw"))
	return nil
}

func (_c Client) Fresh(ctx context.Context) error {
	return NewClient(_c.svc).Seal(ctx)
}
