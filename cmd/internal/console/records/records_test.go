package records_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/cmd/internal/console/policy"
	"usher/cmd/internal/console/records"
)

// sent returns the records of a file as they are sent, or what is wrong with it.
func sent(text string, kind records.Kind, self *records.Self) ([]string, string) {
	f, err := records.Open([]byte(text), kind)
	if err != nil {
		return nil, err.Error()
	}
	if faults := f.Check(self).Faults; len(faults) > 0 {
		return nil, faults[0].Error()
	}
	var all []string
	for part := range f.Parts() {
		all = append(all, strings.Split(strings.TrimSpace(string(part.Lines)), "\n")...)
	}
	return all, ""
}

func TestRead(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"commas":            {"email,name\na@b.c,Ann\n", []string{`{"email":"a@b.c","name":"Ann"}`}},
		"semicolons":        {"email;name\r\na@b.c;\"Ann;B, C\"\r\n", []string{`{"email":"a@b.c","name":"Ann;B, C"}`}},
		"quoted semicolons": {"\"email\";\"name\"\n\"a@b.c\";\"Ann\"", []string{`{"email":"a@b.c","name":"Ann"}`}},
		"one column":        {"email\na;b\n", []string{`{"email":"a;b"}`}},
		"a byte order mark": {"\ufeffemail\na@b.c", []string{`{"email":"a@b.c"}`}},
		"line breaks":       {"name,email\n\"a\r\nb\",a@b.c\n", []string{`{"email":"a@b.c","name":"a\r\nb"}`}},
		"empty lines":       {"\nemail,name\n\n,\na@b.c,\n\n", []string{`{"email":"a@b.c"}`}},
		"spaced names":      {" email , name \na@b.c,<&>\n", []string{`{"email":"a@b.c","name":"<&>"}`}},
		"nested members":    {"email,metadata.a.b,metadata.a.c\nx,1,true\n", []string{`{"email":"x","metadata":{"a":{"b":"1","c":"true"}}}`}},
		"JSON":              {"email,metadata.n:json,app_metadata:json\nx,1.50,\"{\"\"a\"\":[null]}\"\n", []string{`{"app_metadata":{"a":[null]},"email":"x","metadata":{"n":1.50}}`}},
		"booleans":          {"email,email_verified,verify_email\nx,TRUE, false\n", []string{`{"email":"x","email_verified":true,"verify_email":false}`}},
		"a problem":         {"email,problem\nx,\"=no, no\"\n", []string{`{"email":"x"}`}},
		"apostrophes":       {"email,name\n'+x,''=y\n", []string{`{"email":"+x","name":"'=y"}`}},
		"NDJSON":            {"\n {\"email\" : 1.50}\r\n\n{\"email\":\"b\",\"problem\":{}}", []string{`{"email" : 1.50}`, `{"email":"b"}`}},
	}
	for name, tt := range tests {
		if got, fault := sent(tt.text, records.Creations, nil); fault != "" || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q %s, want %q", name, got, fault, tt.want)
		}
	}
}

func manyMembers(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `,"a%d":1`, i)
	}
	return text.String()
}

func TestFaults(t *testing.T) {
	self := &records.Self{ID: "auth0|me", Email: "me@example.com"}
	tests := map[string]struct {
		kind records.Kind
		text string
		want string
	}{
		"nothing":                {records.Creations, " \n", "The file is empty."},
		"only a header":          {records.Creations, "email\n", "The file has no records."},
		"UTF-16":                 {records.Creations, "\xff\xfee\x00m\x00", "in UTF-16"},
		"NUL":                    {records.Creations, "email\na\x00b", "in UTF-16"},
		"Latin-1":                {records.Creations, "email,name\na,\xe4\n", "Line 2: The file is not in UTF-8"},
		"an array":               {records.Creations, "[{}]", "The file is a JSON array."},
		"an unknown column":      {records.Deletions, "id,mail\nx,y\n", `Line 1: The column "mail" is unknown. The names are id, email, ref.`},
		"an empty level":         {records.Creations, "email,metadata..a\nx,y\n", `The column "metadata..a" is unknown`},
		"no level":               {records.Creations, "email,metadata.\nx,y\n", `The column "metadata." is unknown`},
		"another case":           {records.Creations, "Email\nx\n", `The column "Email" is unknown`},
		"a column twice":         {records.Creations, "email,name,email\nx,y,z\n", `The columns "email" and "email" give the same member.`},
		"a level twice":          {records.Creations, "metadata.a.b,metadata.a\nx,y\n", "give the same member"},
		"two problems":           {records.Creations, "email,problem,problem\nx,y,z\n", "give the same member"},
		"a column without name":  {records.Creations, "email,,name\nx,y,z\n", "Line 1: Column 2 has no name."},
		"many columns":           {records.Creations, "email" + strings.Repeat(",metadata.a", 500) + "\nx\n", "Line 1: There are 501 columns."},
		"many levels":            {records.Creations, "email,metadata" + strings.Repeat(".a", 1_000_000) + "\nx,y\n", "The name of column 2 has more than 500 bytes."},
		"metadata as text":       {records.Creations, "metadata\nx\n", "must be metadata:json."},
		"too few fields":         {records.Creations, "email,name\na,b\n\n\"c\nd\"\n", "Line 4: There are 1 fields, but the first line has 2."},
		"too many fields":        {records.Creations, "email,name\na,b,c\n", "Line 2: There are 3 fields"},
		"an open quotation mark": {records.Creations, "email,name\na,b\n\"x,y\n", "Line 3: A quotation mark is missing"},
		"a bare quotation mark":  {records.Creations, "email,name\na,b\"c\n", "Line 2: A field contains a quotation mark."},
		"no boolean":             {records.Creations, "email,email_verified\na,yes\n", "Line 2: email_verified must be true or false."},
		"no JSON":                {records.Creations, "email,metadata.a:json\na,{\n", "Line 2: metadata.a:json is not JSON."},
		"a link":                 {records.Creations, "email,invite\na,link\n", "only by mail"},
		"a link in JSON":         {records.Creations, `{"email":"a","invite":"lin\u006b"}`, "only by mail"},
		"a link's lifetime":      {records.Creations, `{"email":"a","ttl":60}`, `The member "ttl" is unknown.`},
		"a line that is no JSON": {records.Creations, "{\"email\":\"a\"}\n{\n", "Line 2: The line is not one JSON object."},
		"two objects":            {records.Creations, "{} {}", "The line is not one JSON object."},
		"a comma at the end":     {records.Creations, `{"email":"a",}`, "The line is not one JSON object."},
		"an open object":         {records.Creations, `{"email":"a"`, "The line is not one JSON object."},
		"text after an object":   {records.Creations, `{"email":"a"}x`, "The line is not one JSON object."},
		"null":                   {records.Creations, "{}\nnull", "Line 2: The line is not one JSON object."},
		"a member twice":         {records.Creations, `{"email":"a","email":"b"}`, `Line 1: The line has the member "email" twice.`},
		"many members":           {records.Creations, `{"email":"a"` + manyMembers(501) + `}`, "Line 1: The line has more than 500 members."},
		"no name":                {records.Creations, `{"email":"a","":"b"}`, `Line 1: The member "" is unknown.`},
		"another member":         {records.Updates, `{"id":"a","set":{"x":1},"name":"b"}`, `Line 1: The member "name" is unknown.`},
		"dots in a member":       {records.Updates, `{"id":"a","metadata.a":1}`, `The member "metadata.a" is unknown.`},
		"a large record":         {records.Updates, `{"id":"a","metadata":{"a":"` + strings.Repeat("x", 4_000_000) + `"}}`, "larger than a job"},
		"many records":           {records.Deletions, strings.Repeat("{\"id\":\"a\"}\n", 100_001), "Line 100001: There are more than 100,000"},
		"oneself by ID":          {records.Updates, "id,set.name\nauth0|me,x\n", "Line 2: The record is about your own account."},
		"oneself by address":     {records.Deletions, `{"email":"ME@example.com"}`, "about your own account"},
		"without permission":     {records.Imports.For(policy.Groups{policy.Import: true}), "email,app_metadata.plan\nx,y\n", `"app_metadata.plan" is unknown`},
		"JSON without one":       {records.Imports.For(policy.Groups{policy.Import: true}), `{"email":"x","mfa_factors":[]}`, `"mfa_factors" is unknown`},
	}
	for name, tt := range tests {
		if got, fault := sent(tt.text, tt.kind, self); !strings.Contains(fault, tt.want) {
			t.Errorf("%s: %.100q %.300s, want %q", name, got, fault, tt.want)
		}
	}
}

func TestSummary(t *testing.T) {
	f, err := records.Open([]byte("email,metadata.a,app_metadata.b,blocked,password_hash\nx,,,,secret\ny,1,,,\n"+strings.Repeat("z,,,,\n", 10_000)), records.Imports)
	if err != nil {
		t.Fatal(err)
	}
	got := f.Check(nil)
	if got.Records != 10_002 || got.Parts != 2 || len(got.Sample) != 5 || got.Sample[0] != `{"email":"x","password_hash":"(hidden)"}` {
		t.Errorf("%+v", got)
	}
	if !slices.Equal(got.Needs.List(), []policy.Group{policy.Metadata}) {
		t.Errorf("needs %v", got.Needs.List())
	}
	faulty, err := records.Open([]byte("email,email_verified\n"+strings.Repeat("x,y\n", 30)), records.Creations)
	if err != nil {
		t.Fatal(err)
	}
	if got := faulty.Check(nil); len(got.Faults) != 20 || got.More != 10 {
		t.Errorf("%d faults and %d more", len(got.Faults), got.More)
	}
}

// The summary counts the parts that Parts makes, and each fits a job.
func TestParts(t *testing.T) {
	var text strings.Builder
	for i := range 10_007 {
		name := "x"
		if i > 10_001 {
			name = strings.Repeat("x", 900_000)
		}
		fmt.Fprintf(&text, "{\"email\":\"%d\",\"name\":\"%s\"}\n", i, name)
	}
	f, err := records.Open([]byte(text.String()), records.Creations)
	if err != nil {
		t.Fatal(err)
	}
	parts, next := 0, 0
	var all bytes.Buffer
	for part := range f.Parts() {
		if len(part.Lines) > records.MaxPartBytes || part.Records > records.MaxPartRecords || part.First != next || bytes.Count(part.Lines, []byte("\n")) != part.Records {
			t.Errorf("%d records from %d, %d bytes", part.Records, part.First, len(part.Lines))
		}
		parts, next = parts+1, next+part.Records
		_, _ = all.Write(part.Lines)
	}
	if got := f.Check(nil); got.Parts != parts || parts != 3 || all.String() != text.String() {
		t.Errorf("%d parts, %d in the summary", parts, got.Parts)
	}
}

// FuzzCSV reads any file as CSV, and its failed lines as an upload: the records are the same, no cell begins
// a formula, and nothing panics.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{
		"email,name\na,b\n", "email;metadata.a;problem\n'=1;\"x\r\n;y\";z\n", "\ufeffemail\n''@\n\n\"\"\n", "email,metadata:json\n+,\"{\"\"-\"\":1}\"\n",
		"metadata.=a,email\n\t=,\r\n", "{\"email\":\"a\",\"problem\":1}\n{\"metadata\":{\"\\u2028\":1.0}}", "email,name\n＝1,\"a,-1\"\n",
		"email,name\r\n\"\r\r\n\",\"a\r\n\"\"\rb\n\"\r\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		before, fault := sent(text, records.Creations, nil)
		if fault != "" {
			return
		}
		file, err := records.Open([]byte(text), records.Creations)
		if err != nil {
			t.Fatal(err)
		}
		reasons := map[int]string{}
		for i := range before {
			reasons[i] = "=no"
		}
		var down bytes.Buffer
		if err := file.WriteFailed(&down, reasons); err != nil {
			t.Fatal(err)
		}
		after, fault := sent(down.String(), records.Creations, nil)
		if !file.IsCSV() {
			before, after = compacted(before), compacted(after)
		}
		if fault != "" || !slices.Equal(before, after) {
			t.Fatalf("%q becomes %q: %s\n%q", before, after, fault, down.String())
		}
		if file.IsCSV() {
			checkCells(t, down.String())
		}
	})
}

// compacted writes the members of records in one form.
func compacted(all []string) []string {
	out := slices.Clone(all)
	for i, text := range all {
		var members map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &members) != nil {
			continue
		}
		if one, err := json.Marshal(members); err == nil {
			out[i] = string(one)
		}
	}
	return out
}

// checkCells fails if a cell begins a formula.
func checkCells(t *testing.T, text string) {
	t.Helper()
	quoted := false
	for i := range len(text) {
		if text[i] != '"' {
			continue
		}
		if !quoted && i+1 < len(text) && strings.ContainsRune("=+-@\t\r", rune(text[i+1])) && (i == 0 || strings.ContainsRune(",;\n", rune(text[i-1]))) {
			t.Fatalf("a cell begins with %q", text[i+1])
		}
		quoted = !quoted
	}
}
