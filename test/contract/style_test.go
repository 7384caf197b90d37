package contract

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// banned are words and turns that plain English does without.
var banned = regexp.MustCompile(`(?i)\b(anew|rightly|thereby|whence|of\s+its\s+own|by\s+itself|mend(s|ed|ing)?|whoever|such\s+as\s+do)\b`)

// lineBreak is one inside a comment, which does not end a phrase.
var lineBreak = regexp.MustCompile(`\n\s*(//|#)?\s*`)

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
		joined := lineBreak.ReplaceAll(text, []byte(" "))
		for _, at := range banned.FindAllIndex(joined, -1) {
			t.Errorf("%s: …%s…", name, joined[max(0, at[0]-40):min(len(joined), at[1]+20)])
		}
		if bytes.Contains(text, []byte("\u00a0")) {
			t.Errorf("%s has a no-break space", name)
		}
	}
	if read < 500 {
		t.Errorf("only %d files were read", read)
	}
}

// isData is true for this file, which has the words, and for what people do not read.
func isData(name string) bool {
	switch filepath.Ext(name) {
	case ".json", ".sum", ".png", ".txt", ".pem":
		return true
	}
	return name == "test/contract/style_test.go" || strings.Contains(name, "/testdata/") || strings.Contains(name, "/swagger-ui/swagger-ui")
}
