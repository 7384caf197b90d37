package contract

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// banned are words and turns that plain English does without.
var banned = []string{
	"anew", "rightly", "thereby", "whence", "of its own", "by itself", "mend", "mends", "mended", "mending", "whoever", "such as do",
}

// Everything that people read is free of these words: docs, comments, texts, test names.
func TestPlainEnglish(t *testing.T) {
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z")
	list.Dir = root(t)
	files, err := list.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	read := 0
	for name := range strings.SplitSeq(strings.TrimSuffix(string(files), "\x00"), "\x00") {
		if isData(name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root(t), name))
		if os.IsNotExist(err) { // deleted, and not yet committed
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		read++
		for _, found := range bannedIn(string(text)) {
			t.Errorf("%s: …%s…", name, found)
		}
		if bytes.Contains(text, []byte("\u00a0")) {
			t.Errorf("%s has a no-break space", name)
		}
	}
	if read < 500 {
		t.Errorf("only %d files were read", read)
	}
}

func TestBannedPhrasesAreFound(t *testing.T) {
	for text, want := range map[string]int{
		"Start anew.": 1, "Anew, anew": 2, "It has rules of\n\t// its own.": 1, "by\n#   itself": 1, "by  itself, mended": 2, "such as\n\n// do": 1,
		"renew amends mender thereby_x": 0, "of its owner, whoever's": 1, "// by\n//itself": 1,
	} {
		if got := bannedIn(text); len(got) != want {
			t.Errorf("%q: %q, want %d", text, got, want)
		}
	}
}

// bannedIn returns the banned phrases of a text, each with the words around it. The sign of a
// comment at the beginning of a line does not end a phrase.
func bannedIn(text string) []string {
	var words []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		line = strings.TrimPrefix(strings.TrimPrefix(line, "//"), "#")
		words = append(words, strings.Fields(line)...)
	}
	lower := strings.ToLower(strings.Join(words, " "))
	var found []string
	for _, phrase := range banned {
		for from := 0; ; {
			at := strings.Index(lower[from:], phrase)
			if at < 0 {
				break
			}
			start, end := from+at, from+at+len(phrase)
			if (start == 0 || !inWord(lower[start-1])) && (end == len(lower) || !inWord(lower[end])) {
				found = append(found, lower[max(0, start-40):min(len(lower), end+20)])
			}
			from = end
		}
	}
	return found
}

func inWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_'
}

// isData is true for this file, which has the words, and for what people do not read.
func isData(name string) bool {
	switch filepath.Ext(name) {
	case ".json", ".sum", ".png", ".txt", ".pem":
		return true
	}
	return name == "test/contract/style_test.go" || strings.Contains(name, "/testdata/") || strings.Contains(name, "/swagger-ui/swagger-ui")
}
