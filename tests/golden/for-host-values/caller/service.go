// upstream: misses hosts of hooks and triggers, and widens those of clients that are no literals.
package caller

import (
	"context"
	"fmt"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	peer string
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.peer = "peer.golden"
	hook := otherapi.NewHook(svc).ForHost(pick(true))
	hook.OnStored(svc.OnStored) // want hook POST x.golden:417/on-stored; hook POST y.golden:417/on-stored
	return nil
}

func (svc *Service) OnStored(ctx context.Context) error {
	targetapi.NewMulticastTrigger(svc).ForHost(otherapi.Hostname).OnSaved(ctx) // want event POST other.golden:417/on-saved
	return nil
}

func (svc *Service) Run(ctx context.Context, tenant int, given string) {
	for _, host := range []string{"a.golden", "b.golden"} {
		targetapi.NewClient(svc).ForHost(host).Save(ctx) // want call POST a.golden:444/save; call POST b.golden:444/save
	}
	targetapi.NewClient(svc).ForHost(fmt.Sprintf("t%d.golden", 1)).Save(ctx) // want call POST t1.golden:444/save
	client := targetapi.NewClient(svc).ForHost(pick(false))
	client.Save(ctx) // want call POST x.golden:444/save; call POST y.golden:444/save
	var host string
	if tenant > 0 {
		host = "tenant.golden"
	}
	targetapi.NewClient(svc).ForHost(host).Save(ctx)                              // want call POST tenant.golden:444/save; call POST target.golden:444/save
	targetapi.NewClient(svc).ForHost(svc.peer).Save(ctx)                          // want call POST peer.golden:444/save; call POST target.golden:444/save
	targetapi.NewClient(svc).ForHost(fmt.Sprintf("t%d.golden", tenant)).Save(ctx) // want call POST *:444/save; finding wildcard-host
	targetapi.NewClient(svc).ForHost(given).Seal(ctx)                             // want call POST *:666/seal; finding wildcard-host
}

func pick(first bool) string {
	if first {
		return "x.golden"
	}
	return "y.golden"
}
