package limits

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pb33f/jsonschema/v6"

	"usher/internal/httpapi"
)

// deployment is the set of URLs that the documents of these tests can narrow.
var deployment = Deployment{
	RedirectURIs: []string{"https://shop.example.com/callback", "https://intranet.example.com/callback"},
	LogoutURIs:   []string{"https://shop.example.com/", "https://intranet.example.com/"},
	ResultURLs:   []string{"https://shop.example.com/done"},
}

const whole = `{"unlisted": "refuse", "front_ends": [
	{"name": "shop", "role": {"account": "123456789012", "name": "shop-frontend"},
		"connections": ["Customers", "google-oauth2"],
		"redirect_uris": ["https://shop.example.com/callback"],
		"post_logout_redirect_uris": ["https://shop.example.com/"],
		"result_urls": ["https://shop.example.com/done"],
		"app_metadata": false},
	{"name": "intranet", "client_id": "abc123"}]}`

// one returns a document with one front-end, which has these members besides its name.
func one(members string) string {
	return `{"unlisted":"allow","front_ends":[{"name":"shop",` + members + `}]}`
}

// only marks faults that a schema cannot express.
const only = "!"

// documents maps names to documents and their faults; valid ones have none.
var documents = map[string]struct {
	text   string
	faults []string
}{
	"whole":                         {whole, nil},
	"no front-end":                  {`{"unlisted":"allow","front_ends":[]}`, nil},
	"empty lists":                   {one(`"client_id":"c","connections":[],"redirect_uris":[],"post_logout_redirect_uris":[],"result_urls":[]`), nil},
	"app_metadata allowed":          {one(`"client_id":"c","app_metadata":true`), nil},
	"one role name in two accounts": {`{"unlisted":"allow","front_ends":[{"name":"a","role":{"account":"123456789012","name":"r"}},{"name":"b","role":{"account":"123456789013","name":"r"}}]}`, nil},

	"not JSON":                        {`{"unlisted":`, []string{only + "the document is not JSON, from byte 12 on"}},
	"not UTF-8":                       {"{\"unlisted\":\"\xff\"}", []string{only + "the document is not UTF-8"}},
	"text after it":                   {whole + `{}`, []string{only + "there is text after the document"}},
	"too deep":                        {strings.Repeat("[", 12) + strings.Repeat("]", 12), []string{"nested too deeply"}},
	"a list":                          {`[]`, []string{"the document must be an object"}},
	"null":                            {`null`, []string{"the document must be an object"}},
	"empty":                           {`{}`, []string{"unlisted is missing", "front_ends is missing"}},
	"unlisted, upper case":            {`{"unlisted":"Refuse","front_ends":[]}`, []string{`unlisted must be one of ["allow" "refuse"]`}},
	"unlisted, a flag":                {`{"unlisted":true,"front_ends":[]}`, []string{"unlisted must be one of"}},
	"not a list":                      {`{"unlisted":"allow","front_ends":{}}`, []string{"front_ends must be an array"}},
	"not a front-end":                 {`{"unlisted":"allow","front_ends":["shop"]}`, []string{"front_ends[0] must be an object"}},
	"unknown, at the top":             {`{"unlisted":"allow","front_ends":[],"frontends":[]}`, []string{`"frontends" is unknown`}},
	"unknown, nested":                 {one(`"client_id":"c","Connections":["a"]`), []string{`"front_ends[0].Connections" is unknown`}},
	"unknown, in a role":              {one(`"role":{"account":"123456789012","name":"r","path":"/x/"}`), []string{`"front_ends[0].role.path" is unknown`}},
	"duplicate, at the top":           {`{"unlisted":"refuse","front_ends":[],"unlisted":"allow"}`, []string{only + `"unlisted" is given twice`}},
	"duplicate, nested":               {one(`"client_id":"c","connections":["a"],"connections":["b"]`), []string{only + `"front_ends.connections" is given twice`}},
	"duplicate, escaped":              {one(`"client_id":"c","connections":["a"],"connection\u0073":["b"]`), []string{only + `is given twice`}},
	"an unpaired surrogate":           {one(`"client_id":"c","result_urls":["\ud83d"]`), []string{only + `"front_ends.result_urls" has an unpaired surrogate`}},
	"an unpaired surrogate in a name": {one(`"client_id":"c","\ude00":[]`), []string{`has an unpaired surrogate`}},
	"no name":                         {`{"unlisted":"allow","front_ends":[{"client_id":"c"}]}`, []string{"front_ends[0].name is missing"}},
	"an empty name":                   {`{"unlisted":"allow","front_ends":[{"name":"","client_id":"c"}]}`, []string{"front_ends[0].name is not a name"}},
	"a name with a dot":               {`{"unlisted":"allow","front_ends":[{"name":"a.b","client_id":"c"}]}`, []string{"front_ends[0].name is not a name"}},
	"no identity":                     {`{"unlisted":"allow","front_ends":[{"name":"shop"}]}`, []string{"front_ends[0] has neither role nor client_id"}},
	"both":                            {one(`"client_id":"c","role":{"account":"123456789012","name":"r"}`), []string{"front_ends[0] has both role and client_id"}},
	"an ARN":                          {one(`"role":"arn:aws:iam::123456789012:role/r"`), []string{"front_ends[0].role must be an object"}},
	"half a role":                     {one(`"role":{"account":"123456789012"}`), []string{"front_ends[0].role.name is missing"}},
	"a short account":                 {one(`"role":{"account":"12345678901","name":"r"}`), []string{"front_ends[0].role.account is not an AWS account ID"}},
	"a number for an account":         {one(`"role":{"account":123456789012,"name":"r"}`), []string{"front_ends[0].role.account is not an AWS account ID"}},
	"a role with a path":              {one(`"role":{"account":"123456789012","name":"x/r"}`), []string{"front_ends[0].role.name is not the name of a role"}},
	"any role":                        {one(`"role":{"account":"123456789012","name":"*"}`), []string{"front_ends[0].role.name is not the name of a role"}},
	"no client":                       {one(`"client_id":""`), []string{"front_ends[0].client_id is not a client ID"}},
	"a client with space":             {one(`"client_id":"a b"`), []string{"front_ends[0].client_id is not a client ID"}},
	"null for a list":                 {one(`"client_id":"c","connections":null`), []string{"front_ends[0].connections must be an array"}},
	"text for a list":                 {one(`"client_id":"c","connections":"a"`), []string{"front_ends[0].connections must be an array"}},
	"not a connection":                {one(`"client_id":"c","connections":["a","-b"]`), []string{"front_ends[0].connections[1] is not the name of a connection"}},
	"a number":                        {one(`"client_id":"c","redirect_uris":[1]`), []string{"front_ends[0].redirect_uris[0] must be a string", only + "front_ends[0].redirect_uris[0] is not allowed by the deployment"}},
	"a duplicate connection":          {one(`"client_id":"c","connections":["a","a"]`), []string{"front_ends[0].connections[1] is a duplicate"}},
	"text for a flag":                 {one(`"client_id":"c","app_metadata":"no"`), []string{"front_ends[0].app_metadata must be true or false"}},
	"a foreign redirect URI":          {one(`"client_id":"c","redirect_uris":["https://shop.example.com/callback/"]`), []string{only + "front_ends[0].redirect_uris[0] is not allowed by the deployment"}},
	"a foreign logout URI":            {one(`"client_id":"c","post_logout_redirect_uris":["https://shop.example.com/callback"]`), []string{only + "front_ends[0].post_logout_redirect_uris[0] is not"}},
	"a foreign result URL":            {one(`"client_id":"c","result_urls":["https://evil.example.com/"]`), []string{only + "front_ends[0].result_urls[0] is not"}},
	"two with one name": {`{"unlisted":"allow","front_ends":[{"name":"a","client_id":"b"},{"name":"a","client_id":"c"}]}`,
		[]string{only + "front_ends[1].name is already used by another front-end"}},
	"two with one client": {`{"unlisted":"allow","front_ends":[{"name":"a","client_id":"c"},{"name":"b","client_id":"c"}]}`,
		[]string{only + "front_ends[1].client_id is already used by another front-end"}},
	"two with one role": {`{"unlisted":"allow","front_ends":[{"name":"a","role":{"account":"123456789012","name":"r"}},{"name":"b","role":{"account":"123456789012","name":"r"}}]}`,
		[]string{only + "front_ends[1].role is already used by another front-end"}},
	"many faults": {`{"front_ends":[{"name":"a b","role":{"name":"r/r"},"app_metadata":0},7],"x":1}`, []string{
		`"x" is unknown`, "unlisted is missing", "front_ends[0].name is not a name", "front_ends[0].app_metadata must be",
		"front_ends[0].role.account is missing", "front_ends[0].role.name is not the name of a role", "front_ends[1] must be an object",
	}},
}

func TestParse(t *testing.T) {
	for name, tt := range documents {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(tt.text, deployment)
			var faults []string
			if err != nil {
				faults = strings.Split(err.Error(), "\n")
			}
			if len(faults) != len(tt.faults) {
				t.Fatalf("%d faults, want %d: %v", len(faults), len(tt.faults), err)
			}
			for i, want := range tt.faults {
				if want = strings.TrimPrefix(want, only); !strings.Contains(faults[i], want) {
					t.Errorf("%q, want %q in it", faults[i], want)
				}
			}
		})
	}
	if p, err := Parse("", deployment); err != nil || p.refusesUnlisted || len(p.byRole)+len(p.byClient) > 0 {
		t.Errorf("without a document: %+v, %v", p, err)
	}
}

// The published schema accepts what the parser accepts, and refuses what it refuses, as far as a schema can.
func TestSchema(t *testing.T) {
	file, err := os.Open("../../api/front-end-limits.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("limits.json", text); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("limits.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range documents {
		if !json.Valid([]byte(tt.text)) || !utf8.ValidString(tt.text) {
			continue // not JSON
		}
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(tt.text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		refused := schema.Validate(document) != nil
		want := false
		for _, fault := range tt.faults {
			want = want || !strings.HasPrefix(fault, only)
		}
		if refused != want {
			t.Errorf("%s: the schema refuses it: %v", name, refused)
		}
	}
}

// A valid document means exactly what it says: FrontEnd finds every listed front-end and no other.
func FuzzParse(f *testing.F) {
	for _, document := range documents {
		f.Add(document.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text, deployment)
		if err != nil {
			if p.byRole != nil || p.byClient != nil || p.refusesUnlisted {
				t.Errorf("an invalid document returns %+v", p)
			}
			return
		}
		for key, f := range p.byRole {
			arn := "arn:aws:sts::" + key.account + ":assumed-role/" + key.name + "/session"
			if found, err := p.FrontEnd(httpapi.Caller{Account: key.account, ID: arn}, nil); err != nil || found.Name() != f.Name() || f.Name() == "" {
				t.Errorf("%+v: %+v, %v", key, found, err)
			}
		}
		for id, f := range p.byClient {
			if found, err := p.FrontEnd(httpapi.Caller{ID: id}, nil); err != nil || found.Name() != f.Name() || f.Name() == "" {
				t.Errorf("%q: %+v, %v", id, found, err)
			}
		}
		if _, err := p.FrontEnd(httpapi.Caller{}, nil); (err != nil) != p.refusesUnlisted {
			t.Errorf("no caller: %v", err)
		}
	})
}
