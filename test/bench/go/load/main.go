// load sends server dry-run creations of one object and prints their latencies as JSON.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	url := flag.String("url", "", "collection that is posted to, with its query")
	token := flag.String("token", "", "bearer token")
	ca := flag.String("ca", "", "file with the authority of the API server")
	body := flag.String("body", "", "file with the object; NAME in it is replaced by a number")
	count := flag.Int("n", 1000, "requests")
	clients := flag.Int("c", 1, "requests at once")
	flag.Parse()

	object, err := os.ReadFile(*body)
	check(err)
	authority, err := os.ReadFile(*ca)
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: *clients,
	}}

	latencies := make([]time.Duration, *count)
	codes := map[string]int{}
	var lock sync.Mutex
	var next atomic.Int64
	var done sync.WaitGroup
	for range *clients {
		done.Go(func() {
			for {
				index := int(next.Add(1)) - 1
				if index >= *count {
					return
				}
				named := bytes.ReplaceAll(object, []byte("NAME"), fmt.Appendf(nil, "n%d", index))
				request, err := http.NewRequest(http.MethodPost, *url, bytes.NewReader(named))
				check(err)
				request.Header.Set("Authorization", "Bearer "+*token)
				request.Header.Set("Content-Type", "application/json")
				started := time.Now()
				answer, err := client.Do(request)
				check(err)
				_, err = io.Copy(io.Discard, answer.Body)
				check(err)
				answer.Body.Close()
				latencies[index] = time.Since(started)
				lock.Lock()
				codes[fmt.Sprint(answer.StatusCode)]++
				lock.Unlock()
			}
		})
	}
	done.Wait()
	sort.Slice(latencies, func(a, b int) bool { return latencies[a] < latencies[b] })
	quantile := func(q float64) float64 {
		return float64(latencies[int(q*float64(*count-1))].Microseconds()) / 1000
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{"p50": quantile(0.5), "p99": quantile(0.99), "codes": codes}))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
