//go:build chromium

package main

import (
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"usher/test/testkit"
	"usher/test/testkit/chromium"
)

// traffic is what a page requests, and its errors.
type traffic struct {
	mu       sync.Mutex
	requests []string
	errors   []string
}

func watch(t *testing.T, b *chromium.Browser) *traffic {
	t.Helper()
	seen := &traffic{}
	err := chromedp.Listen(b.Context, func(ev any) {
		seen.mu.Lock()
		defer seen.mu.Unlock()
		switch ev := ev.(type) {
		case *network.EventRequestWillBeSent:
			seen.requests = append(seen.requests, ev.Request.Method+" "+ev.Request.URL)
		case *log.EventEntryAdded:
			if ev.Entry.Level == log.EntryLevelError {
				seen.errors = append(seen.errors, ev.Entry.Text+" "+ev.Entry.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// The page of the contract calls this server, and nothing on another host.
func TestTryItOut(t *testing.T) {
	addr := testkit.FreeAddr(t)
	start(t, "-addr", addr, "-tenant-addr", testkit.FreeAddr(t))
	b := chromium.Start(t)
	seen := watch(t, b)
	const operation = `.opblock-get:has([data-path="/users"])`
	b.Open("http://" + addr + "/")
	b.Click(`a[href="/docs"]`)
	b.Click(operation + ` .opblock-summary-control`)
	b.Click(operation + ` .try-out__btn`)
	b.Click(operation + ` .execute`)
	status := b.Read(`document.querySelector('` + operation + ` .live-responses-table .response .response-col_status')?.innerText ?? ""`)
	body := b.Read(`document.querySelector('` + operation + ` .live-responses-table .microlight, ` + operation + ` .live-responses-table pre')?.innerText ?? ""`)
	if !strings.HasPrefix(status, "200") || !strings.Contains(body, "ada@example.com") {
		t.Errorf("the page shows %s: %s", status, body)
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	called := false
	for _, request := range seen.requests {
		_, url, _ := strings.Cut(request, " ")
		if !strings.HasPrefix(url, "http://"+addr+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page requests %s", request)
		}
		called = called || strings.HasPrefix(request, "GET http://"+addr+"/users")
	}
	if !called || len(seen.errors) > 0 {
		t.Errorf("requests %q, errors %q", seen.requests, seen.errors)
	}
}
