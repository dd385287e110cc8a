package weirdapi

import "context"

// PlainAndAck is a hand-written helper of the client, which ends in Plain.
func (_c Client) PlainAndAck(ctx context.Context) (err error) {
	return _c.Plain(ctx)
}
