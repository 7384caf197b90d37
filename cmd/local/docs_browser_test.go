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

// listUsers is the operation that the tests call.
const listUsers = `.opblock-get:has([data-path="/users"])`

// response reads the response that the page shows of an operation.
func response(b *chromium.Browser, operation string) (status, body string) {
	b.Helper()
	shown := `document.querySelector('` + operation + ` .live-responses-table .response `
	return b.Read(shown + `.response-col_status')?.innerText ?? ""`), b.Read(shown + `pre')?.innerText ?? ""`)
}

// The page of the contract calls this server with the token that its dialog gets, and nothing on
// another host.
func TestTryItOut(t *testing.T) {
	addr, tenant := testkit.FreeAddr(t), testkit.FreeAddr(t)
	start(t, "-addr", addr, "-tenant-addr", tenant, "-auth", "bearer")
	token := tokenOf(t, "http://"+tenant, localReader, localAudience)
	b := chromium.Start(t)
	seen := watch(t, b)
	b.Open("http://" + addr + "/")
	b.Click(`a[href="/docs"]`)
	b.Click(listUsers + ` .opblock-summary-control`)
	b.Click(listUsers + ` .try-out__btn`)
	b.Click(listUsers + ` .execute`)
	if status, body := response(b, listUsers); !strings.HasPrefix(status, "401") {
		t.Errorf("without a token, the page shows %s: %s", status, body)
	}
	b.Click(listUsers + ` .btn-clear`)
	b.Click(`.auth-wrapper .authorize`)
	b.Do(chromedp.SendKeys(`#auth-bearer-value`, token))
	b.Click(`.auth-container:has(#auth-bearer-value) .authorize`)
	b.Click(`.auth-container:has(.auth-btn-wrapper) .btn-done`)
	b.Click(listUsers + ` .execute`)
	if status, body := response(b, listUsers); !strings.HasPrefix(status, "200") || !strings.Contains(body, "ada@example.com") {
		t.Errorf("with a token, the page shows %s: %s", status, body)
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	calls := 0
	for _, request := range seen.requests {
		method, url, _ := strings.Cut(request, " ")
		if !strings.HasPrefix(url, "http://"+addr+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page requests %s", request)
		}
		if method == "GET" && strings.HasPrefix(url, "http://"+addr+"/users") {
			calls++
		}
	}
	if calls != 2 || len(seen.errors) != 1 || !strings.Contains(seen.errors[0], "401") {
		t.Errorf("requests %q, errors %q", seen.requests, seen.errors)
	}
}
