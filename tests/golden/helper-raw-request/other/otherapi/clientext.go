package otherapi

import (
	"context"

	"github.com/microbus-io/fabric/httpx"
	"github.com/microbus-io/fabric/pub"
)

// Poll is written by hand.
func (_c Client) Poll(ctx context.Context) error {
	_, err := _c.svc.Request(ctx, pub.GET(httpx.JoinHostAndPath(_c.host, "/poll")))
	return err
}

// Fixed is written by hand.
func (_c Client) Fixed(ctx context.Context) error {
	opts := []pub.Option{pub.POST("https://fixed.golden/x")}
	_, err := _c.svc.Request(ctx, opts...)
	return err
}

// Elsewhere is written by hand.
func (_c Client) Elsewhere(ctx context.Context, host string) error {
	_, err := _c.svc.Request(ctx, pub.GET("https://"+host+"/y"))
	return err
}
