// Alertmanager's API v2 with its silences and alerts in memory, and without the pages and notifications of the whole program:
// it listens on the address of its argument, and writes where that is.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"

	v2 "github.com/prometheus/alertmanager/api/v2"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/labelset"
	"github.com/prometheus/alertmanager/provider/mem"
	"github.com/prometheus/alertmanager/silence"
)

// As long as Alertmanager keeps silences that have ended, unless it is told otherwise.
const retention = 120 * time.Hour

func main() {
	if err := serve(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(address string) error {
	log := slog.New(slog.NewTextHandler(os.Stdout, nil))
	registry := prometheus.NewRegistry()
	silences, err := silence.New(silence.Options{
		Retention:     retention,
		Logging:       true,
		Logger:        log,
		Metrics:       registry,
		EventRecorder: eventrecorder.NopRecorder(),
	})
	if err != nil {
		return err
	}
	alerts, err := mem.NewAlerts(context.Background(), time.Minute, 0, nil, log, eventrecorder.NopRecorder(), registry, nil)
	if err != nil {
		return err
	}
	api, err := v2.NewAPI(alerts, noGroups, silences, nil, log, registry)
	if err != nil {
		return err
	}
	quiet, err := config.Load("route: {receiver: nobody}\nreceivers: [{name: nobody}]")
	if err != nil {
		return err
	}
	silencer := silence.NewSilencer(silences, log, eventrecorder.NopRecorder())
	api.Update(quiet, func(ctx context.Context, labels labelset.LabelSet) { silencer.Mutes(ctx, labels) })
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	return http.Serve(listener, api.Handler)
}

func noGroups(context.Context, func(*dispatch.Route) bool, dispatch.AlertFilter) (dispatch.AlertGroups, map[model.Fingerprint][]string, error) {
	return nil, nil, nil
}
