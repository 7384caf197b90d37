// Command sizes prints, as a Markdown table, how many bytes each module takes in built functions.
// They must have symbols, which the deployed ones do not.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := table(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sizes:", err)
		os.Exit(1)
	}
}
