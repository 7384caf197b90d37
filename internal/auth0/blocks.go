package auth0

import (
	"context"
	"fmt"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/userblocks"

	"usher/internal/blocks"
	"usher/internal/limits"
	"usher/internal/problem"
)

// Blocks implements the interfaces of package blocks.
type Blocks struct{ client *Client }

// Blocks returns the access to users' blocks.
func (c *Client) Blocks() Blocks { return Blocks{client: c} }

// Block blocks a user; see blocks.Blocker. It blocks before it ends the sessions, so that
// the user cannot begin a new one.
func (b Blocks) Block(ctx context.Context, id limits.UserID) (sessionsEnded bool, err error) {
	if err := b.set(ctx, id.String(), true); err != nil {
		return false, fmt.Errorf("block user: %w", err)
	}
	ended, err := b.client.endAccess(ctx, id.String())
	if err != nil {
		return false, fmt.Errorf("block user: %w", partlyDone(err,
			[]problem.Field{{Field: "blocked", Detail: "was set"}},
			[]problem.Field{{Field: "sessions", Detail: "may not have ended"}}))
	}
	return ended, nil
}

// Unblock removes an administrator's block; see blocks.Unblocker.
func (b Blocks) Unblock(ctx context.Context, id limits.UserID) error {
	if err := b.set(ctx, id.String(), false); err != nil {
		return fmt.Errorf("unblock user: %w", err)
	}
	return nil
}

func (b Blocks) set(ctx context.Context, userID string, blocked bool) error {
	_, err := b.client.change(ctx, userID, map[string]any{"blocked": blocked})
	return userProblem(err)
}

// LoginBlocks returns a user's login blocks; see blocks.Lister. The list is empty if the
// tenant's brute-force protection is off.
func (b Blocks) LoginBlocks(ctx context.Context, id limits.UserID) ([]blocks.LoginBlock, error) {
	inForce := true
	body, err := call(ctx, func(ctx context.Context) (any, error) {
		return userblocks.NewClient(b.client.sdk).List(ctx, id.String(), &management.ListUserBlocksRequestParameters{ConsiderBruteForceEnablement: &inForce})
	})
	if err != nil {
		return nil, fmt.Errorf("list login blocks: %w", userProblem(err))
	}
	r := b.client.reading(ctx)
	_, items, err := r.list(body, "blocked_for")
	if err != nil {
		return nil, fmt.Errorf("list login blocks: %w", providerProblem(err))
	}
	list := make([]blocks.LoginBlock, len(items))
	for i, item := range items {
		list[i] = blocks.LoginBlock{
			Identifier: r.text("block.identifier", item.Get("identifier")),
			IP:         r.text("block.ip", item.Get("ip")),
			Connection: r.text("block.connection", item.Get("connection")),
		}
	}
	return list, nil
}

// LiftLoginBlocks removes a user's login blocks; see blocks.Lifter.
func (b Blocks) LiftLoginBlocks(ctx context.Context, id limits.UserID) error {
	_, err := call(ctx, func(ctx context.Context) (any, error) {
		return nil, userblocks.NewClient(b.client.sdk).Delete(ctx, id.String())
	})
	if err != nil {
		return fmt.Errorf("lift login blocks: %w", userProblem(err))
	}
	return nil
}
