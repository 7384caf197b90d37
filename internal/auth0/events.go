package auth0

import (
	"context"
	"fmt"
	"net/http"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/users/logs"
	"github.com/tidwall/gjson"

	"usher/internal/events"
	"usher/internal/limits"
)

const (
	logsPerPage = 100  // the provider's maximum
	maxLogs     = 1000 // the provider's limit for paging
)

// Events implements the interfaces of package events.
type Events struct{ client *Client }

// Events returns the access to the tenant's log.
func (c *Client) Events() Events { return Events{client: c} }

// Events returns a page of a user's history; see events.Lister. The provider numbers its
// pages from the newest event, so new events move all others. The search starts at the last
// position and skips the events that were already returned.
func (e Events) Events(ctx context.Context, id limits.UserID, from *events.Position, limit int) (events.Page, error) {
	number := 0
	if from != nil {
		number = from.Passed / logsPerPage
	}
	for ; number < maxLogs/logsPerPage; number++ {
		found, total, err := e.page(ctx, id.String(), number)
		if err != nil {
			return events.Page{}, fmt.Errorf("list events: %w", err)
		}
		if page, passed := fresh(found, from, limit); len(page) > 0 {
			return pageOf(page, from, number*logsPerPage+passed, total), nil
		}
		if total <= (number+1)*logsPerPage {
			break
		}
	}
	return events.Page{}, nil
}

// fresh returns at most limit events that were not returned yet, and the position after the
// last one in the page.
func fresh(found []events.Event, from *events.Position, limit int) (page []events.Event, passed int) {
	for i, event := range found {
		if len(page) == limit {
			break
		}
		if !from.Has(event) {
			page, passed = append(page, event), i+1
		}
	}
	return page, passed
}

func pageOf(found []events.Event, from *events.Position, passed, total int) events.Page {
	page := events.Page{Events: found}
	if passed < min(total, maxLogs) {
		page.Next = from.After(found, passed)
	}
	return page
}

// page returns one of the provider's pages, and the total number of events.
func (e Events) page(ctx context.Context, userID string, number int) (found []events.Event, total int, err error) {
	perPage, newestFirst, totals := logsPerPage, "date:-1", true
	body, err := call(ctx, func(ctx context.Context) (any, error) {
		return logs.NewClient(e.client.sdk).List(ctx, userID, &management.ListUserLogsRequestParameters{
			Page: &number, PerPage: &perPage, Sort: &newestFirst, IncludeTotals: &totals,
		})
	})
	if hasStatus(err, http.StatusNotFound) {
		return nil, 0, nil
	}
	if err == nil {
		found, total, err = e.client.eventsIn(ctx, body, number)
	}
	if err != nil {
		return nil, 0, providerProblem(err)
	}
	return found, total, nil
}

// eventsIn reads a page and the total number of events. If the total is unreadable, a full
// page means that more follow.
func (c *Client) eventsIn(ctx context.Context, body []byte, number int) (found []events.Event, total int, err error) {
	r := c.reading(ctx)
	root, items, err := r.list(body, "logs")
	if err != nil {
		return nil, 0, err
	}
	if found, err = each(items, r.event); err != nil {
		return nil, 0, err
	}
	total, known := r.count("logs.total", root.Get("total"))
	if !known {
		total = number*logsPerPage + len(items)
		if len(items) == logsPerPage {
			total++
		}
	}
	return found, total, nil
}

// event omits the provider's free text ("description", "details").
func (r *reading) event(v gjson.Result) (e events.Event, err error) {
	e.Type = events.Other
	v.ForEach(func(name, v gjson.Result) bool {
		switch name.Str {
		case "log_id":
			e.ID = r.text("log.log_id", v)
		case "type":
			e.Type = eventType(r.text("log.type", v))
		case "date":
			e.At = r.time("log.date", v)
		case "ip":
			e.IP = r.text("log.ip", v)
		case "user_agent":
			e.UserAgent = r.text("log.user_agent", v)
		case "connection":
			e.Connection = r.text("log.connection", v)
		case "client_id":
			e.Client = r.text("log.client_id", v)
		}
		return true
	})
	if e.ID == "" {
		e.ID = r.text("log._id", v.Get("_id"))
	}
	if e.ID == "" {
		return events.Event{}, errIncomplete
	}
	return e, nil
}
