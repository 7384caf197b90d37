package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestOwnerOf(t *testing.T) {
	names := []string{"usher", "github.com/aws/aws-sdk-go-v2", "github.com/aws/aws-sdk-go-v2/service/secretsmanager", "gopkg.in/yaml.v3"}
	for symbol, want := range map[string]string{
		"main.main":                             "usher",
		"usher/internal/x.f":                    "usher",
		"usherette.f":                           standard,
		"net/http.(*Client).Do":                 standard,
		"github.com/aws/aws-sdk-go-v2/aws.init": "github.com/aws/aws-sdk-go-v2",
		"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types.(*X).Error":     "github.com/aws/aws-sdk-go-v2/service/secretsmanager",
		"gopkg.in/yaml%2ev3.(*Node).Decode":                                        "gopkg.in/yaml.v3",
		"slices.Sort[go.shape.[]usher/internal/x.T,go.shape.struct { a.b/c int }]": standard,
		"go:itab.*usher/internal/x.T,io.Writer":                                    "usher",
		"type:.eq.usher/internal/x.T":                                              "usher",
		"go:func.*":                                                                stackMaps,
	} {
		if got := ownerOf(symbol, names); got != want {
			t.Errorf("%s belongs to %q, want %q", symbol, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-w", "-o", file, ".")
	build.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	bytesOf, err := modules(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for owner, n := range bytesOf {
		if n <= 0 {
			t.Errorf("%s takes %d bytes", owner, n)
		}
		sum += n
	}
	if bytesOf[standard] < 500_000 || bytesOf["usher"] == 0 || sum > int(info.Size()) || sum < int(info.Size())/2 {
		t.Errorf("%v of %d bytes", bytesOf, info.Size())
	}
	var out bytes.Buffer
	if err := table(&out, []string{file, file}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	kB := (sum + 500) / 1000
	if lines[0] != "| kB | program | program |" || lines[len(lines)-1] != fmt.Sprintf("| **sum** | %d | %d |", kB, kB) {
		t.Errorf("%s", out.String())
	}
}

func TestABinaryWithoutSymbols(t *testing.T) {
	file := filepath.Join(t.TempDir(), "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", file, ".")
	build.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := table(&bytes.Buffer{}, []string{file}); err == nil {
		t.Error("there are sizes without symbols")
	}
}
