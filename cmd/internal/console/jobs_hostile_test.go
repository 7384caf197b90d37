package console_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// csvOf writes rows as CSV.
func csvOf(t *testing.T, rows ...[]string) string {
	t.Helper()
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Each text is the name of a file, a value, a name in metadata and a ref, and comes back in the problems of
// the results: the pages have the same elements as for harmless texts.
func TestHostileFiles(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	pages := func(text string) (all []map[string]int, job page) {
		ref := text
		if len(ref) > 100 {
			ref = strings.ToValidUTF8(ref[:60], "") // Usher refuses longer ones before it says anything about them
		}
		rows := [][]string{{"ref", "email", "connection", "metadata." + strings.ReplaceAll(text, ".", "")}, {ref, text, text, text}}
		preview := b.upload("user-creations", text, csvOf(t, rows...))
		job = b.ended(b.start(preview))
		failed := b.get(strings.TrimPrefix(job.url, w.url) + "?status=failed")
		bad := b.upload("user-creations", text, csvOf(t, []string{text}, []string{"x"}))
		for _, p := range []page{preview, job, failed, bad, b.get("/jobs")} {
			all = append(all, tags(t, p.body))
		}
		return all, job
	}
	want, _ := pages("harmless")
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			again := *w
			again.T = t
			b.world = &again
			b.post("/sign-out", nil)
			b.signIn(adminEmail) // the list of files is that of one file again
			got, job := pages(text)
			for i := range want[:4] {
				if !maps.Equal(got[i], want[i]) {
					t.Errorf("page %d has other elements: %v, not %v", i, got[i], want[i])
				}
			}
			if got[4]["script"] != 1 || got[4]["img"] != want[4]["img"] || got[4]["form"] != want[4]["form"] {
				t.Errorf("the list has other elements: %v", got[4])
			}
			down := b.get(strings.TrimPrefix(job.url, w.url) + "/lines?status=failed")
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(down.body, "\ufeff"))).ReadAll()
			if err != nil || len(rows) != 2 || rows[1][1] != text && rows[1][1] != "'"+text {
				t.Errorf("%v %q", err, rows)
			}
		})
	}
}

// Each text as a path, a query or a form of the pages about jobs.
func TestHostileJobRequests(t *testing.T) {
	w := newWorld(t)
	b := w.staff(adminEmail)
	job := b.startJob("user-creations")
	for name, text := range hostile {
		quoted := url.QueryEscape(text)
		for _, p := range []page{
			b.get("/jobs?cursor=" + quoted), b.get(job + "?status=" + quoted + "&cursor=" + quoted), b.get(job + "/lines?status=" + quoted),
			b.get("/jobs/" + url.PathEscape(text)), b.get("/files/" + url.PathEscape(text)), b.get("/new-job/" + url.PathEscape(text)),
			b.post("/exports", url.Values{"key": {b.get("/new-job/user-exports").key("/exports")}, "search": {text}, "user_id": {text}}),
			b.upload("user-imports", "x.csv", "email\nx\n", "connection", text, text, text), b.upload(text, text, text),
		} {
			if p.status >= 500 || tags(t, p.body)["script"] != 1 {
				t.Errorf("%s: %s: %d %s", name, p.url, p.status, p.body)
			}
		}
	}
}

// A file is accepted only from a form of the session.
func TestUploadAttacks(t *testing.T) {
	w := newWorld(t)
	b, evil := w.staff(adminEmail), w.staff(adminEmail)
	file := func(csrf string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + csrf + "\r\n--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nuser-updates\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nid\nx\n\r\n"
	}
	token := "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + b.csrf + "\r\n"
	csrfLast := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nid\nx\n\r\n" + token + "--x--\r\n"
	field := "--x\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n\r\n"
	tests := map[string]struct {
		body   string
		change func(r *http.Request)
		want   int
	}{
		"the form":              {file(b.csrf) + "--x--\r\n", nil, http.StatusOK},
		"no token":              {strings.Replace(file(""), `"csrf"`, `"other"`, 1) + "--x--\r\n", nil, http.StatusForbidden},
		"another session's":     {file(evil.csrf) + "--x--\r\n", nil, http.StatusForbidden},
		"a token with more":     {file(b.csrf+"A") + "--x--\r\n", nil, http.StatusForbidden},
		"the token twice":       {token + file(b.csrf) + "--x--\r\n", nil, http.StatusForbidden},
		"the token after it":    {csrfLast, nil, http.StatusForbidden},
		"the token in a query":  {file("") + "--x--\r\n", func(r *http.Request) { r.URL.RawQuery = "csrf=" + b.csrf }, http.StatusForbidden},
		"another site":          {file(b.csrf) + "--x--\r\n", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		"no session":            {file(b.csrf) + "--x--\r\n", func(r *http.Request) { r.Header.Set("Cookie", "console=x") }, http.StatusUnauthorized},
		"no end":                {file(b.csrf), nil, http.StatusBadRequest},
		"no form":               {"id\nx\n", nil, http.StatusBadRequest},
		"no file":               {token + "--x--\r\n", nil, http.StatusBadRequest},
		"many fields":           {strings.Repeat(field, 30) + file(b.csrf) + "--x--\r\n", nil, http.StatusBadRequest},
		"another type":          {"csrf=" + b.csrf, func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, http.StatusBadRequest},
		"an export with a file": {strings.Replace(file(b.csrf), "user-updates", "user-exports", 1) + "--x--\r\n", nil, http.StatusForbidden},
		"a file of 33 MB":       {strings.Replace(file(b.csrf), "id\nx\n", strings.Repeat("id\n", 11_000_000), 1) + "--x--\r\n", nil, http.StatusRequestEntityTooLarge},
		"a file without length": {file(b.csrf) + "--x--\r\n", func(r *http.Request) { r.ContentLength = -1 }, http.StatusRequestEntityTooLarge},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			sender, ask := b, b.request("POST", w.url+"/files", nil)
			ask.Body, ask.ContentLength = io.NopCloser(strings.NewReader(tt.body)), int64(len(tt.body))
			ask.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			if tt.change != nil {
				tt.change(ask)
			}
			if ask.Header.Get("Cookie") != "" {
				sender = w.newBrowser()
			}
			got := sender.send(ask)
			if got.status != tt.want {
				t.Errorf("%d, want %d: %s", got.status, tt.want, got.body)
			}
			if held := strings.HasPrefix(got.url, w.url+"/files/"); held != (tt.want == http.StatusOK) {
				t.Errorf("the file is at %s", got.url)
			}
		})
	}
}
