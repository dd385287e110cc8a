// upstream: widens a closed set of hosts to any host.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

// Unknown regions never get as far as the call.
func (svc *Service) Returns(ctx context.Context, region string) error {
	var host string
	switch region {
	case "eu":
		host = "eu.golden"
	case "us":
		host = "us.golden"
	default:
		return nil
	}
	return targetapi.NewClient(svc).ForHost(host).Seal(ctx) // want call POST eu.golden:666/seal; call POST us.golden:666/seal
}

// What break leaves behind is the empty host, which is no override.
func (svc *Service) Breaks(ctx context.Context, region string, far bool) error {
	var host string
	switch region {
	case "eu":
		if far {
			break
		}
		host = "eu.golden"
	default:
		host = "us.golden"
	}
	return targetapi.NewClient(svc).ForHost(host).Save(ctx) // want call POST target.golden:444/save; call POST eu.golden:444/save; call POST us.golden:444/save
}

// Whatever host was, each branch sets it anew.
func (svc *Service) Sets(ctx context.Context, host string, far bool, distance int) error {
	if far {
		host = "far.golden"
	} else if distance > 10 {
		host = "away.golden"
	} else {
		select {
		case <-ctx.Done():
			host = "late.golden"
		default:
			host = "near.golden"
		}
	}
	return targetapi.NewClient(svc).ForHost(host).Save(ctx) // want call POST far.golden:444/save; call POST away.golden:444/save; call POST late.golden:444/save; call POST near.golden:444/save
}

// One branch sets nothing, and another falls through to one that does.
func (svc *Service) Skips(ctx context.Context, region string) error {
	var host string
	switch region {
	case "eu":
		fallthrough
	case "us":
		host = "us.golden"
	case "":
	default:
		host = "any.golden"
	}
	return targetapi.NewClient(svc).ForHost(host).Save(ctx) // want call POST target.golden:444/save; call POST us.golden:444/save; call POST any.golden:444/save
}
