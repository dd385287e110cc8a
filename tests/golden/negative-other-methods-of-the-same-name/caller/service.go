package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}
type store struct{}

func (store) Save(ctx context.Context) error                      { return nil }
func (store) Load(ctx context.Context, id string) (string, error) { return "", nil }
func (store) Request(ctx context.Context, url string) error       { return nil }
func (store) Publish(ctx context.Context, topic string) error     { return nil }
func (store) GET(ctx context.Context, url string) error           { return nil }
func (store) Subscribe(topic string, handler func()) error        { return nil }
func (store) ForHost(host string) store                           { return store{} }

func (svc *Service) Run(ctx context.Context) {
	var s store
	s.Save(ctx)
	s.Load(ctx, "1")
	s.Request(ctx, "https://nothing.golden/x")
	s.Publish(ctx, "topic")
	s.GET(ctx, "https://nothing.golden/x")
	s.Subscribe("topic", func() {})
	s.ForHost("nothing.golden").Save(ctx)
}
