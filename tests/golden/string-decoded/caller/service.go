package caller

import (
	"context"
	"encoding/json"

	"github.com/microbus-io/fabric/pub"

	"golden.example/caller/conf"
)

type Service struct {
	*Intermediate
	settings conf.Settings
	peers    []Peer
	Plain    Plain
}

type Peer struct{ Host string }

type Plain struct{ Host string }

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.settings = conf.Settings{Main: conf.Remote{Host: "default.golden"}}
	svc.peers = []Peer{{Host: "peer.golden"}}
	svc.Plain = Plain{Host: "plain.golden"}
	err := json.Unmarshal(nil, &svc.peers)
	if err == nil {
		err = json.NewDecoder(nil).Decode(&svc.settings)
	}
	return err
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("https://"+svc.Plain.Host+"/x"))         // want request GET plain.golden:443/x
	svc.Request(ctx, pub.GET("https://"+svc.settings.Main.Host+"/x")) // want request GET *:*>; finding wildcard-url
	svc.Request(ctx, pub.GET("https://"+svc.peers[0].Host+"/x"))      // want request GET *:*>; finding wildcard-url
}
