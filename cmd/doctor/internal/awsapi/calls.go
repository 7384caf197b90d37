package awsapi

import (
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Query calls an action of a query API and reads the XML of the response into out.
func (c *Client) Query(ctx context.Context, s Service, action string, parameters url.Values, out any) error {
	form := url.Values{"Action": {action}, "Version": {s.version}}
	for name, values := range parameters {
		form[name] = values
	}
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
	resp, err := c.send(ctx, s, http.MethodPost, "/", header, []byte(form.Encode()))
	if err != nil {
		return err
	}
	return readXML(s, resp.status, resp.body, out)
}

func readXML(s Service, status int, body []byte, out any) error {
	if status != http.StatusOK {
		var refused struct {
			EC2   string `xml:"Errors>Error>Code"`
			Other string `xml:"Error>Code"`
		}
		_ = xml.Unmarshal(body, &refused) // a proxy's response has no code
		return &Error{Service: s.Name, Status: status, Code: cmp.Or(refused.EC2, refused.Other)}
	}
	if err := xml.Unmarshal(body, out); err != nil {
		return fmt.Errorf("read the answer of %s: %w", s.Name, err)
	}
	return nil
}

// Get reads the JSON at a path into out.
func (c *Client) Get(ctx context.Context, s Service, path string, out any) error {
	resp, err := c.send(ctx, s, http.MethodGet, path, map[string]string{"Accept": "application/json"}, nil)
	if err != nil {
		return err
	}
	return readJSON(s, resp, out)
}

// Post calls a target of a JSON API, such as "secretsmanager.DescribeSecret".
func (c *Client) Post(ctx context.Context, s Service, target string, in, out any) error {
	request, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("ask %s: %w", s.Name, err)
	}
	header := map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
	resp, err := c.send(ctx, s, http.MethodPost, "/", header, request)
	if err != nil {
		return err
	}
	return readJSON(s, resp, out)
}

// readJSON reads a response. The code of an error is in a header or in the body, with a namespace
// or an address around it.
func readJSON(s Service, resp response, out any) error {
	if resp.status != http.StatusOK {
		var refused struct {
			Type string `json:"__type"`
		}
		_ = json.Unmarshal(resp.body, &refused) // a proxy's response has no code
		code, _, _ := strings.Cut(cmp.Or(resp.errorType, refused.Type), ":")
		return &Error{Service: s.Name, Status: resp.status, Code: code[strings.LastIndex(code, "#")+1:]}
	}
	if err := json.Unmarshal(resp.body, out); err != nil {
		return fmt.Errorf("read the answer of %s: it is not the expected JSON", s.Name) // err may quote a secret
	}
	return nil
}
