// Command go calls Usher from Go, signed by AWS's own signer. The address is in
// USHER_URL; the region and the credentials come from wherever AWS's own tools
// take them: the environment, a profile, the role of the machine.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
)

// usher is what a caller needs to know.
type usher struct {
	base   string // no slash at its end
	aws    aws.Config
	signer *v4.Signer
	http   *http.Client
}

// call signs one request, sends it, and decodes the answer's JSON. The path is
// escaped already.
func (u usher) call(ctx context.Context, method, path string, body []byte, answer any) error {
	r, err := http.NewRequestWithContext(ctx, method, u.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	credentials, err := u.aws.Credentials.Retrieve(ctx) // each time: a role's are renewed
	if err != nil {
		return err
	}
	hash := sha256.Sum256(body)
	if err := u.signer.SignHTTP(ctx, credentials, r, hex.EncodeToString(hash[:]), "execute-api", u.aws.Region, time.Now()); err != nil {
		return err
	}
	resp, err := u.http.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		var problem struct {
			Code      string `json:"code"`
			RequestID string `json:"request_id"`
		}
		_ = json.NewDecoder(resp.Body).Decode(&problem) // what is between here and Usher may answer otherwise
		return fmt.Errorf("%s %s: %s %q (request %q)", method, r.URL.EscapedPath(), resp.Status, problem.Code, problem.RequestID)
	}
	return json.NewDecoder(resp.Body).Decode(answer)
}

type user struct {
	Email string `json:"email"`
}

func run(ctx context.Context, email string) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	if os.Getenv("USHER_URL") == "" || cfg.Region == "" {
		return errors.New("set USHER_URL to Usher's address, and AWS_REGION to its region")
	}
	u := usher{strings.TrimSuffix(os.Getenv("USHER_URL"), "/"), cfg, v4.NewSigner(), &http.Client{
		Timeout: 10 * time.Second,
		// GET /login is for the browser to follow, and no other host may have the
		// session token.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}

	var found struct{ Users []user }
	query := url.Values{"limit": {"1"}, "email": {"ada@example.com"}}
	if err := u.call(ctx, "GET", "/users?"+query.Encode(), nil, &found); err != nil {
		return err
	}
	fmt.Println("found", found.Users[0].Email)

	var one user
	if err := u.call(ctx, "GET", "/users/"+url.PathEscape("auth0|65e19a100000000000000002"), nil, &one); err != nil { // | is %7C in a path
		return err
	}
	fmt.Println("got", one.Email)

	body, err := json.Marshal(map[string]string{"email": email, "password": "Str0ng-Enough"})
	if err != nil {
		return err
	}
	var created user
	if err := u.call(ctx, "POST", "/users", body, &created); err != nil {
		return err
	}
	fmt.Println("created", created.Email)
	return nil
}

func main() {
	email := "go@example.com"
	if len(os.Args) > 1 {
		email = os.Args[1]
	}
	if err := run(context.Background(), email); err != nil {
		log.Fatal(err)
	}
}
