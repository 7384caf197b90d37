package auth0

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/users/logs"

	"usher/internal/events"
)

const (
	logsPerPage = 100  // the most that the provider gives
	maxLogs     = 1000 // as far as it pages
)

// Events is the tenant's log, as the events package needs it.
type Events struct{ client *Client }

// Events returns the tenant's log.
func (c *Client) Events() Events { return Events{client: c} }

// Events lists a user's history; see events.Lister. The provider counts its
// pages from the newest event, and new ones move all others on: so the walk
// looks where the next event was, and passes over those it has answered.
func (e Events) Events(ctx context.Context, userID string, from *events.Position, limit int) (events.Page, error) {
	number := 0
	if from != nil {
		number = from.Passed / logsPerPage
	}
	for ; number < maxLogs/logsPerPage; number++ {
		found, total, err := e.page(ctx, userID, number)
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

// fresh are those events that were not answered yet, as many as are asked for,
// and how far into the page they reach.
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

// page is one of the provider's pages, and how many events there are in all.
func (e Events) page(ctx context.Context, userID string, number int) (found []events.Event, total int, err error) {
	perPage, newestFirst, totals := logsPerPage, "date:-1", true
	answer, err := logs.NewClient(e.client.sdk).List(ctx, userID, &management.ListUserLogsRequestParameters{
		Page: &number, PerPage: &perPage, Sort: &newestFirst, IncludeTotals: &totals,
	})
	if hasStatus(err, http.StatusNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, providerProblem(err)
	}
	for _, line := range answer.Results {
		event, err := eventFrom(line)
		if err != nil {
			return nil, 0, providerProblem(err)
		}
		found = append(found, event)
	}
	return found, int(answer.Response.GetTotal()), nil
}

// eventFrom leaves out the provider's sentences ("description", "details").
func eventFrom(line *management.Log) (events.Event, error) {
	at, err := time.Parse(time.RFC3339, line.Date.GetString())
	if err != nil {
		return events.Event{}, fmt.Errorf("event %q has no date", bounded(line.GetLogID()))
	}
	return events.Event{
		ID:         line.GetLogID(),
		Type:       eventType(line.GetType()),
		At:         at.UTC(),
		IP:         line.GetIP(),
		UserAgent:  line.GetUserAgent(),
		Connection: line.GetConnection(),
		Client:     line.GetClientID(),
	}, nil
}
