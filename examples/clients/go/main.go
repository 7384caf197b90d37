// Command usher-client creates a user, changes it and deletes it, with a client that
// oapi-codegen has generated.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"reflect"

	"example.com/usher-client/usher"
)

const password = "Str0ng-Enough"

func run(ctx context.Context) error {
	client, err := newClient(ctx)
	if err != nil {
		return err
	}
	steps := 0
	passed := func(what string) {
		steps++
		fmt.Printf("%d. %s\n", steps, what)
	}
	email := "go-" + rand.Text() + "@example.com"
	body := usher.NewUser{Email: ptr(email), Password: ptr(password)}

	// With the same key, a repeated request creates no second user.
	params := &usher.CreateUserParams{IdempotencyKey: ptr(rand.Text())}
	created, err := client.CreateUserWithResponse(ctx, params, body)
	if err != nil {
		return err
	}
	if created.JSON201 == nil {
		return fmt.Errorf("create: %s %s", created.Status(), created.Body)
	}
	user := created.JSON201
	passed("created a user")
	repeated, err := client.CreateUserWithResponse(ctx, params, body)
	if err != nil {
		return err
	}
	if repeated.JSON201 == nil || repeated.JSON201.Id != user.Id {
		return fmt.Errorf("repeat: %s %s", repeated.Status(), repeated.Body)
	}
	passed("repeated the request, and got the same user")

	if err := listAll(ctx, client, user.Id); err != nil {
		return err
	}
	passed("listed all pages")
	if err := patchMetadata(ctx, client, user.Id); err != nil {
		return err
	}
	passed("patched metadata")

	again, err := client.CreateUserWithResponse(ctx, nil, body)
	if err != nil {
		return err
	}
	if p := again.ApplicationproblemJSON409; p == nil || p.Code != usher.UserExistsProblemCodeUserExists {
		return fmt.Errorf("the same address again: %s %s", again.Status(), again.Body)
	}
	passed("409: the address is taken")

	weak, err := client.CreateUserWithResponse(ctx, nil, usher.NewUser{Email: ptr("weak-" + email), Password: ptr("a")})
	if err != nil {
		return err
	}
	if p := weak.ApplicationproblemJSON422; p == nil || p.Code != usher.CreationRefusedProblemCodePasswordTooWeak {
		return fmt.Errorf("a weak password: %s %s", weak.Status(), weak.Body)
	}
	passed("422: the password is too weak")

	deleted, err := client.DeleteUserWithResponse(ctx, user.Id, nil)
	if err != nil {
		return err
	}
	if deleted.StatusCode() != 204 {
		return fmt.Errorf("delete: %s %s", deleted.Status(), deleted.Body)
	}
	passed("deleted the user")
	fmt.Println(steps, "steps passed")
	return nil
}

// listAll fails unless the user is in the list, which has several pages.
func listAll(ctx context.Context, client *usher.ClientWithResponses, id string) error {
	seen := map[string]bool{}
	params := &usher.ListUsersParams{Limit: ptr(2)}
	for pages := 1; ; pages++ {
		list, err := client.ListUsersWithResponse(ctx, params)
		if err != nil {
			return err
		}
		if list.JSON200 == nil {
			return fmt.Errorf("list: %s %s", list.Status(), list.Body)
		}
		for _, user := range list.JSON200.Users {
			if seen[user.Id] {
				return fmt.Errorf("list: %s is on two pages", user.Id)
			}
			seen[user.Id] = true
		}
		if list.JSON200.Next == nil {
			if pages == 1 || !seen[id] {
				return fmt.Errorf("list: %d pages without %s", pages, id)
			}
			return nil
		}
		params.Cursor = list.JSON200.Next
	}
}

// patchMetadata sets two members, and removes one of them by null.
func patchMetadata(ctx context.Context, client *usher.ClientWithResponses, id string) error {
	var metadata *usher.Metadata
	for _, patch := range []usher.UpdateMetadataJSONRequestBody{{"theme": "dark", "language": "de"}, {"theme": nil}} {
		patched, err := client.UpdateMetadataWithResponse(ctx, id, nil, patch)
		if err != nil {
			return err
		}
		if metadata = patched.JSON200; metadata == nil {
			return fmt.Errorf("patch: %s %s", patched.Status(), patched.Body)
		}
	}
	if want := (usher.Metadata{"language": "de"}); !reflect.DeepEqual(*metadata, want) {
		return fmt.Errorf("patch: got %v, want %v", *metadata, want)
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
