package inprocess_test

import (
	"os"
	"strings"
	"testing"

	"usher/bench/internal/inprocess"
	"usher/bench/internal/provider"
	"usher/bench/internal/target"
)

func startProvider(tb testing.TB) *provider.Provider {
	tb.Helper()
	page, err := os.ReadFile("../../../internal/auth0/testdata/users-50.json")
	if err != nil {
		tb.Fatal(err)
	}
	p, err := provider.Start(tb.TempDir(), page)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.Close)
	return p
}

// BenchmarkHandler is for profiles: go test -run '^$' -bench Handler/get -cpuprofile cpu.out ./bench/internal/inprocess
func BenchmarkHandler(b *testing.B) {
	p := startProvider(b)
	for _, op := range target.Operations {
		b.Run(strings.ReplaceAll(op.Name, " ", "-"), func(b *testing.B) {
			f, err := inprocess.New(b.Context(), p, op)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				f.Serve(b.Context())
			}
		})
	}
}
