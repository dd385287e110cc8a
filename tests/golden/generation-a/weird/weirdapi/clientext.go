package weirdapi

import "context"

// PlainAndAck calls Plain and acknowledges it.
func (_c Client) PlainAndAck(ctx context.Context) (bool, error) {
	err := _c.Plain(ctx)
	return err == nil, err
}
