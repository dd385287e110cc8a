package shared

import "context"

type loader interface {
	Load(ctx context.Context, id string) (string, error)
}

func Record(l loader) {
	l.Load(context.Background(), "1") // want call GET target.golden:443/load/{id}
}
