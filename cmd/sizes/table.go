package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// small is the size in bytes below which modules share one row.
const small = 10_000

// table prints one column for each binary, and the largest modules first.
func table(out io.Writer, files []string) error {
	rows := map[string][]int{}
	for i, file := range files {
		bytes, err := modules(file)
		if err != nil {
			return err
		}
		for module, n := range bytes {
			if rows[module] == nil {
				rows[module] = make([]int, len(files))
			}
			rows[module][i] = n
		}
	}
	sum, others := make([]int, len(files)), make([]int, len(files))
	for module, counts := range rows {
		for i, n := range counts {
			sum[i] += n
			if slices.Max(counts) < small {
				others[i] += n
			}
		}
		if slices.Max(counts) < small {
			delete(rows, module)
		}
	}
	fmt.Fprint(out, "| kB |")
	for _, file := range files {
		fmt.Fprintf(out, " %s |", filepath.Base(file))
	}
	fmt.Fprintf(out, "\n|---|%s\n", strings.Repeat("--:|", len(files)))
	for _, module := range slices.SortedFunc(maps.Keys(rows), func(a, b string) int {
		return cmp.Or(cmp.Compare(slices.Max(rows[b]), slices.Max(rows[a])), cmp.Compare(a, b))
	}) {
		printRow(out, module, rows[module])
	}
	printRow(out, "smaller modules", others)
	printRow(out, "**sum**", sum)
	return nil
}

func printRow(out io.Writer, name string, counts []int) {
	fmt.Fprintf(out, "| %s |", name)
	for _, n := range counts {
		fmt.Fprintf(out, " %d |", (n+500)/1000)
	}
	fmt.Fprintln(out)
}
