package depotapi

import (
	"context"

	"github.com/microbus-io/fabric/service"
)

type Client struct{ svc service.Publisher }

func NewClient(caller service.Publisher) Client { return Client{svc: caller} }

func (_c Client) Fetch(ctx context.Context) error { return nil }
